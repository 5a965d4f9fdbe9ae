"""The list in the app and its bell: what one was told, as far as one may see it now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed.models import Post
from kring.notifications import letters, listing
from kring.notifications.bell import LOOKED_AT, MOST, bell_of
from kring.notifications.models import Notification
from kring.notifications.standing import KEPT_IN_SIGHT, standings
from kring.notifications.tests.conftest import tell
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

LIST = "notifications:list"
NOT_LISTED = {"digest.weekly", "digest.daily"}  # what is in them stands in the list itself
type SignIn = Callable[[str], Client]


def count(cast: Cast, key: str) -> int:
    viewer = cast.viewer(key)
    with seen_by(viewer):
        return bell_of(viewer).count


def page(client: Client, **query: str) -> str:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200
    return response.content.decode()


def told(post: Post, cast: Cast, key: str = "mother", **fields: Any) -> Notification:
    found = factories.notification(post, cast.id(key))
    cast.change(found, **fields)
    return found


def test_the_newest_stands_on_top_under_its_day(cast: Cast, sign_in: SignIn) -> None:
    now = clock.now()
    for days, byline in ((0, "Juf van nu"), (1, "Juf van gisteren"), (9, "Juf van toen")):
        post = cast.post("group_5", by="teacher", byline=byline)
        told(post, cast, created_at=now - timedelta(days=days))
    shown = page(sign_in("mother"))
    places = [shown.index(word) for word in ("Vandaag", "van nu", "Gisteren", "van gisteren")]
    assert places == sorted(places)
    assert shown.index("van gisteren") < shown.index("van toen")


def test_a_line_says_who_wrote_to_whom_and_how_it_begins(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher", text="Morgen <b>naar</b> het bos. " + "x" * 200)
    tell(post)
    shown = page(sign_in("mother"))
    assert "Juf Sanne" in shown
    assert "groep 5 · Morgen &lt;b&gt;naar&lt;/b&gt; het bos." in shown
    assert "x" * 100 not in shown
    assert reverse("feed:post", args=[post.pk]) in shown


def test_urgent_looks_urgent(cast: Cast, sign_in: SignIn) -> None:
    tell(cast.post("group_5", by="teacher", is_urgent=True))
    assert "Spoedbericht van Juf Sanne" in page(sign_in("mother"))


def test_who_was_told_nothing_reads_where_messages_are(cast: Cast, sign_in: SignIn) -> None:
    shown = page(sign_in("mother"))
    assert "Nog niets te melden" in shown
    assert reverse("feed:feed") in shown
    assert reverse("notifications:settings") in shown


# ── what may no longer be seen is not there, and does not count ──────────────
def withdrawn(cast: Cast, post: Post) -> None:
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))


def left_by_the_family(cast: Cast, _post: Post) -> None:
    with unlocked():
        cast.mother.guardianships.update(ends_at=clock.now() - timedelta(seconds=1))


def withheld(cast: Cast, _post: Post) -> None:
    with unlocked():
        cast.mother.guardianships.update(access="withheld")


def readdressed(cast: Cast, post: Post) -> None:
    cast.change(post, group_ids=[cast.id("group_6")])


@pytest.mark.parametrize("happens", [withdrawn, left_by_the_family, withheld, readdressed])
def test_what_may_not_be_seen_any_more_is_gone_this_second(
    cast: Cast, sign_in: SignIn, happens: Callable[[Cast, Post], None]
) -> None:
    post = cast.post("group_5", by="teacher")
    notification = told(post, cast)
    mother = sign_in("mother")
    assert count(cast, "mother") == 1
    assert str(post.pk) in page(mother)
    happens(cast, post)
    assert count(cast, "mother") == 0
    assert str(post.pk) not in page(mother)
    assert mother.get(reverse("notifications:open", args=[notification.pk])).status_code == 404


def test_a_sibling_that_one_may_see_stands_in_for_the_other(cast: Cast, sign_in: SignIn) -> None:
    at_school = cast.post("wilgenhoek", by="principal")
    at_bso = cast.post("vijver", by="aftercare", card_id=at_school.card_id)
    notification = told(at_school, cast)
    withdrawn(cast, at_school)
    mother = sign_in("mother")
    assert count(cast, "mother") == 1
    assert reverse("feed:post", args=[at_bso.pk]) in page(mother)
    opened = mother.get(reverse("notifications:open", args=[notification.pk]))
    assert opened.headers["Location"] == reverse("feed:post", args=[at_bso.pk])


def test_nobody_finds_what_another_was_told(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    notification = told(post, cast)
    for key in ("co_parent", "teacher", "principal", "operator"):
        assert str(post.pk) not in page(sign_in(key))
        assert count(cast, key) == 0
        opened = sign_in(key).get(reverse("notifications:open", args=[notification.pk]))
        assert opened.status_code == 404


def test_what_nobody_knows_to_say_is_not_listed_nor_counted(cast: Cast, sign_in: SignIn) -> None:
    told(cast.post("group_5", by="teacher"), cast, verb="thing.forgotten")
    assert count(cast, "mother") == 0
    assert "Nog niets te melden" in page(sign_in("mother"))


def test_what_is_older_than_the_last_weeks_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    told(post, cast, created_at=clock.now() - KEPT_IN_SIGHT - timedelta(hours=1))
    assert count(cast, "mother") == 0
    assert str(post.pk) not in page(sign_in("mother"))


def test_whatever_is_told_has_a_line_and_is_counted() -> None:
    """An app that tells of something says in the list what it says in the mail."""
    assert set(letters.writers) - NOT_LISTED <= set(letters.liners)
    assert set(letters.entitled) <= set(letters.liners)  # a push leads to a line
    assert set(letters.liners) <= set(standings)


# ── reading ──────────────────────────────────────────────────────────────────
def test_opening_the_way_changes_nothing_and_leads_on(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    notification = told(post, cast)
    for _ in range(2):
        answer = sign_in("mother").get(reverse("notifications:open", args=[notification.pk]))
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("feed:post", args=[post.pk])
    assert count(cast, "mother") == 1


def test_reading_the_message_reads_what_was_told_of_it(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    notification = told(post, cast)
    sign_in("mother").get(reverse("feed:post", args=[post.pk]))
    assert count(cast, "mother") == 0
    with unlocked():
        notification.refresh_from_db()
    assert notification.read_at


def test_passing_by_in_the_feed_reads_it_too(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    told(post, cast)
    told(post, cast, "co_parent")
    sign_in("mother").post(reverse("feed:readings"), {"post": post.pk})
    assert count(cast, "mother") == 0
    assert count(cast, "co_parent") == 1


def test_who_read_it_before_she_was_told_is_told_nothing_new(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    sign_in("mother").get(reverse("feed:post", args=[post.pk]))
    tell(post)
    assert count(cast, "mother") == 0
    shown = page(sign_in("mother"))
    assert str(post.pk) in shown
    assert "unread" not in shown


def test_looking_at_the_headers_alone_reads_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    told(post, cast)
    sign_in("mother").head(reverse("feed:post", args=[post.pk]))
    assert count(cast, "mother") == 1


def test_all_read_is_what_stood_there_and_not_what_came_since(cast: Cast, sign_in: SignIn) -> None:
    mother, then = sign_in("mother"), clock.now() - timedelta(seconds=30)
    told(cast.post("group_5", by="teacher"), cast, created_at=then - timedelta(minutes=1))
    told(cast.post("group_5", by="teacher"), cast)
    told(cast.post("group_5", by="teacher"), cast, "co_parent", created_at=then)
    done = mother.post(reverse("notifications:readings"), {"until": then.isoformat()})
    assert done.status_code == 303
    assert (count(cast, "mother"), count(cast, "co_parent")) == (1, 1)


@pytest.mark.parametrize(
    "until", ["", "gisteren", "2026-99-99T00:00", "2026-11-20T10:00", "\x00", "9" * 5000]
)
def test_all_read_takes_nonsense_for_now(cast: Cast, sign_in: SignIn, until: str) -> None:
    told(cast.post("group_5", by="teacher"), cast)
    with unlocked():
        Notification.objects.update(created_at=clock.now() - timedelta(minutes=1))
    done = sign_in("mother").post(reverse("notifications:readings"), {"until": until})
    assert done.status_code == 303
    assert count(cast, "mother") == 0


def test_all_read_tells_the_school_nothing(cast: Cast, sign_in: SignIn) -> None:
    """Who passed by the bell has not read the message: the school would take it for reached."""
    post = cast.post("group_5", by="teacher")
    told(post, cast)
    sign_in("mother").post(reverse("notifications:readings"))
    with unlocked():
        assert not post.readings.exists()


# ── pages ────────────────────────────────────────────────────────────────────
def test_there_are_fifty_on_a_page_and_then_the_older(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SIZE", 3)
    mother, seen = sign_in("mother"), []
    posts = [cast.post("group_5", by="teacher") for _ in range(8)]
    for hours, post in enumerate(posts):
        told(post, cast, created_at=clock.now() - timedelta(hours=hours))
    withdrawn(cast, posts[1])  # in between, and of no page
    address: str | None = reverse(LIST)
    while address:
        response = mother.get(address)
        shown = response.context["page"]
        seen.append([one.line.path for one in shown.told])
        address = shown.older_url
    assert [len(one) for one in seen] == [3, 3, 1]
    standing = [posts[0], *posts[2:]]
    assert [path for one in seen for path in one] == [
        reverse("feed:post", args=[one.pk]) for one in standing
    ]


@pytest.mark.parametrize("before", ["", "x", "%00", "AAAA", "é", "A" * 3000, "_" * 32])
def test_a_cursor_that_is_none_of_ours_is_a_page(cast: Cast, sign_in: SignIn, before: str) -> None:
    told(cast.post("group_5", by="teacher"), cast)
    assert page(sign_in("mother"), before=before)


def test_the_list_asks_as_often_for_thirty_as_for_three(cast: Cast, sign_in: SignIn) -> None:
    mother, asked = sign_in("mother"), []
    page(mother)  # notes once that the device was used
    for more in (3, 27):
        for _ in range(more):
            post = cast.post("group_5", by="teacher")
            tell(post)
        with CaptureQueriesContext(connection) as queries:
            page(mother)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# ── the bell ─────────────────────────────────────────────────────────────────
def test_the_bell_says_how_many_and_never_shouts(cast: Cast, sign_in: SignIn) -> None:
    mother = sign_in("mother")
    assert 'aria-label="Meldingen"' in page(mother)
    for number in range(1, MOST + 3):
        told(cast.post("group_5", by="teacher"), cast)
        said = f"{MOST}+" if number > MOST else str(number)
        if number in {1, MOST, MOST + 1, MOST + 2}:
            assert f'aria-label="Meldingen: {said} nieuw"' in page(mother)
    assert count(cast, "mother") == MOST + 1  # it looks no further


def test_the_bell_costs_the_same_for_who_never_looks(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    rows = [
        Notification(
            school_id=post.school_id,
            person_id=cast.id("mother"),
            event_id=uuid4(),
            verb="post.published",
            about_id=uuid4(),  # of what is gone
            subject_id=uuid4(),
        )
        for _ in range(LOOKED_AT * 2)
    ]
    with unlocked():
        Notification.objects.bulk_create(rows)
    viewer = cast.viewer("mother")
    with seen_by(viewer), CaptureQueriesContext(connection) as queries:
        assert bell_of(viewer).count == 0
    assert len(queries) == 1


@pytest.mark.parametrize("address", ["/account/sign-in/", "/demo/", "/nowhere/"])
def test_who_is_nobody_has_no_bell(cast: Cast, address: str) -> None:
    assert "Meldingen" not in Client().get(address).content.decode()


def test_a_page_outside_the_lock_shows_the_bell_and_counts_nothing(
    cast: Cast, sign_in: SignIn
) -> None:
    told(cast.post("group_5", by="teacher"), cast)
    shown = sign_in("mother").get(reverse("accounts:profile")).content.decode()
    assert 'aria-label="Meldingen"' in shown


def test_who_is_signed_out_signs_in_and_comes_there(cast: Cast) -> None:
    notification = told(cast.post("group_5", by="teacher"), cast)
    address = reverse("notifications:open", args=[notification.pk])
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?next={address}")
