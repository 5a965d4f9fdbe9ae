"""However much a page shows, it asks the database as often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client

from kring.feed.models import Post
from tests import factories
from tests.cast import Cast, let_in
from tests.database import Urls

FEED, POST, FAMILIES = "/", "/posts/{post}/", "/posts/{post}/families/"
# BEGIN and COMMIT come beside. Each begins with session, person, viewer and the second lock; a
# feed then needs posts, their groups and photos, and where one's own children are; every page the
# bell, every card what the agenda hangs on cards, with the five days beside the feed in the same
# query, and a post that is opened marks what one was told of it. What is urgent stands on top
# without a query of its own.
ASKED = {
    ("mother", FEED): 11,  # one of them for the documents
    ("teacher", FEED): 13,  # none of those children, but who of the families has read it
    ("principal", FEED): 13,
    ("mother", POST): 16,
    ("teacher", POST): 18,
    ("teacher", FAMILIES): 18,
}


def posts_of_group_5(cast: Cast, count: int, *, ago: timedelta) -> list[Post]:
    """Posts with a photo, a document, a comment, a like and a reading each."""
    posts = [
        cast.post("group_5", by="teacher", ago=ago + timedelta(minutes=number))
        for number in range(count)
    ]
    for post in posts:
        talked_about(cast, post)
        factories.photo(post)
        factories.paper(post)
        cast.change(post, has_files=True)
        factories.like(post, cast.id("mother"))
        factories.reading(post, cast.id("co_parent"))
    return posts


def talked_about(cast: Cast, post: Post, times: int = 1) -> None:
    for _ in range(times):
        factories.comment(post, cast.id("english_mother"))


def queries(client: Client, address: str) -> int:
    asked = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert client.get(address).status_code == 200
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in asked)


def test_a_page_asks_as_often_for_thirty_posts_as_for_three(own_database: Urls) -> None:
    cast = Cast()
    first, *_ = posts_of_group_5(cast, 3, ago=timedelta(minutes=1))
    browsers = {}
    for key in {key for key, _page in ASKED}:
        browsers[key] = Client()
        let_in(browsers[key], getattr(cast, key))
        browsers[key].get("/")  # leaves the cookies of who was here before

    def asked() -> dict[tuple[str, str], int]:
        return {
            (key, page): queries(browsers[key], page.format(post=first.pk)) for key, page in ASKED
        }

    few = asked()
    posts_of_group_5(cast, 27, ago=timedelta(minutes=5))
    talked_about(cast, first, times=27)
    for guardian in ("english_mother", "teacher_parent", "informed_father"):
        factories.reading(first, cast.id(guardian))
    assert asked() == few
    assert few == ASKED


def test_urgent_messages_cost_a_page_no_query_but_for_who_confirmed(own_database: Urls) -> None:
    cast = Cast()
    posts_of_group_5(cast, 3, ago=timedelta(minutes=1))
    mother, teacher = Client(), Client()
    for key, browser in (("mother", mother), ("teacher", teacher)):
        let_in(browser, getattr(cast, key))
        browser.get("/")
    before = queries(mother, FEED), queries(teacher, FEED)
    for _ in range(5):
        post = cast.post("group_5", by="principal", is_urgent=True, asks_reading=True)
        factories.confirmation(post, cast.id("co_parent"))
    assert (queries(mother, FEED), queries(teacher, FEED)) == (before[0], before[1] + 1)
