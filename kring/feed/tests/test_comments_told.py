"""Who hears of a comment: the writer, once until she looked; and who asked, when staff answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.clock import SCHOOL_TIME
from kring.base.visibility import Viewer, seen_by
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.models import Comment, Post
from kring.notifications.bell import bell_of
from kring.notifications.letters import entitled
from kring.notifications.models import Delivery, Notification, Preference
from kring.notifications.tests.conftest import Server, send_all, server  # noqa: F401
from kring.schools.models import WorkingHours
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

VERB = "comment.said"
type SignIn = Callable[[str], Client]


def say(cast: Cast, post: Post, by: str, **fields: object) -> Comment:
    """A comment, and the dispatch that follows, as the worker runs it."""
    comment = factories.comment(post, cast.id(by), byline=getattr(cast, by).name, **fields)
    again(comment)
    return comment


def again(comment: Comment) -> None:
    about = {"school_id": comment.school_id, "subject_id": comment.pk}
    with unlocked():
        event = Event.objects.filter(verb=VERB, subject_id=comment.pk).first()
    event = event or factories.made(Event(verb=VERB, actor_id=comment.author_id, **about))
    dispatch(school_id=str(comment.school_id), event_id=str(event.pk))


def told(cast: Cast, post: Post) -> list[str]:
    with unlocked():
        found = Notification.objects.filter(verb=VERB, about_id=post.card_id, read_at=None)
        return sorted(filter(None, (cast.key(one.person_id) for one in found)))


def mailed(cast: Cast) -> list[str]:
    with unlocked():
        people = Delivery.objects.filter(notification__verb=VERB).values_list("person", flat=True)
        return sorted(filter(None, map(cast.key, people)))


def count(cast: Cast, key: str) -> int:
    viewer = cast.viewer(key)
    with seen_by(viewer):
        return bell_of(viewer).count


@pytest.fixture
def post(cast: Cast) -> Post:
    return cast.post("group_5", by="teacher")


def test_the_writer_hears_of_a_comment_and_no_family_does(cast: Cast, post: Post) -> None:
    say(cast, post, "mother")
    say(cast, post, "co_parent")
    assert told(cast, post) == ["teacher"]
    assert mailed(cast) == ["teacher"]


def test_twenty_comments_are_one_mail_until_she_looked(
    cast: Cast,
    post: Post,
    sign_in: SignIn,
    server: Server,  # noqa: F811
) -> None:
    for _ in range(20):
        say(cast, post, "mother")
    send_all()
    assert len(server.taken) == 1
    assert "20 nieuwe reacties" in sign_in("teacher").get(reverse("notifications:list")).text
    sign_in("teacher").get(reverse("feed:post", args=[post.pk]))
    assert count(cast, "teacher") == 0
    say(cast, post, "co_parent")
    send_all()
    assert len(server.taken) == 2
    assert count(cast, "teacher") == 1
    assert "Joris van der Meulen reageerde" in (
        sign_in("teacher").get(reverse("notifications:list")).text
    )


def test_a_dispatch_that_runs_twice_tells_nobody_twice(
    cast: Cast, post: Post, sign_in: SignIn
) -> None:
    comment = say(cast, post, "mother")
    again(comment)
    assert mailed(cast) == ["teacher"]
    sign_in("teacher").get(reverse("feed:post", args=[post.pk]))
    again(comment)
    assert told(cast, post) == []
    assert mailed(cast) == ["teacher"]


def test_the_mail_says_that_there_is_something_and_not_what(
    cast: Cast,
    post: Post,
    server: Server,  # noqa: F811
) -> None:
    say(cast, post, "mother", text="Sam heeft koorts.")
    send_all()
    (mail,) = server.taken
    body = mail.get_body(("plain",))
    assert body
    text = f"{mail['Subject']} {body.get_content()}"
    assert "koorts" not in text
    assert "Sam" not in text
    assert "Fatima" not in text
    assert f"/posts/{post.pk}/#comments" in text
    assert "comments" in mail["List-Unsubscribe"] or mail["List-Unsubscribe-Post"]


def test_who_read_it_before_the_mail_went_gets_none(
    cast: Cast,
    post: Post,
    sign_in: SignIn,
    server: Server,  # noqa: F811
) -> None:
    say(cast, post, "mother")
    sign_in("teacher").get(reverse("feed:post", args=[post.pk]))
    send_all()
    assert server.taken == []


def gone(cast: Cast, comment: Comment) -> None:
    with unlocked():
        comment.delete()


def hidden(cast: Cast, comment: Comment) -> None:
    cast.change(comment, hidden_at=clock.now(), hidden_by_id=cast.id("duo_teacher"))


def with_its_message(cast: Cast, comment: Comment) -> None:
    cast.change(comment.post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))


@pytest.mark.parametrize("happens", [gone, hidden, with_its_message])
def test_of_a_comment_that_is_gone_nobody_is_told(
    cast: Cast,
    post: Post,
    sign_in: SignIn,
    server: Server,  # noqa: F811
    happens: Callable[[Cast, Comment], None],
) -> None:
    comment = say(cast, post, "mother")
    assert count(cast, "teacher") == 1
    happens(cast, comment)
    assert count(cast, "teacher") == 0
    assert str(post.pk) not in sign_in("teacher").get(reverse("notifications:list")).text
    assert may_know(cast, post) == set()
    send_all()
    assert server.taken == []


@pytest.mark.parametrize("happens", [gone, hidden, with_its_message])
def test_what_was_gone_before_the_dispatch_is_not_told(
    cast: Cast, post: Post, happens: Callable[[Cast, Comment], None]
) -> None:
    comment = factories.comment(post, cast.id("mother"))
    event = Event(verb=VERB, school_id=comment.school_id, subject_id=comment.pk)
    factories.made(event)
    happens(cast, comment)
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    assert told(cast, post) == []


def may_know(cast: Cast, post: Post) -> set[str | None]:
    with unlocked():
        notification = Notification.objects.filter(verb=VERB, about_id=post.card_id).get()
    with seen_by(Viewer.service(post.school_id)):
        return {cast.key(one.pk) for one in entitled[VERB](notification)}


def test_a_push_goes_to_who_did_not_read_it_yet(cast: Cast, post: Post, sign_in: SignIn) -> None:
    say(cast, post, "mother")
    assert may_know(cast, post) == {"teacher"}
    sign_in("teacher").get(reverse("feed:post", args=[post.pk]))
    assert may_know(cast, post) == set()


def test_a_writer_who_left_the_school_is_not_told(cast: Cast, post: Post) -> None:
    with unlocked():
        cast.teacher.employments.update(ends_on=clock.today() - timedelta(days=1))
        cast.teacher.assignments.update(ends_on=clock.today() - timedelta(days=1))
    say(cast, post, "mother")
    assert told(cast, post) == []


def test_her_own_comment_tells_the_writer_nothing(cast: Cast, post: Post) -> None:
    say(cast, post, "teacher")
    assert told(cast, post) == []


def test_who_asked_something_finds_the_answer_of_staff_in_the_app_only(
    cast: Cast, post: Post, sign_in: SignIn
) -> None:
    factories.push_device(cast.id("mother"))
    factories.comment(post, cast.id("mother"), text="Hoe laat?")
    say(cast, post, "teacher", text="Om drie uur.")
    assert told(cast, post) == ["mother"]
    assert mailed(cast) == []
    shown = sign_in("mother").get(reverse("notifications:list")).text
    assert "Sanne Verhoeven antwoordde" in shown
    sign_in("mother").get(reverse("feed:post", args=[post.pk]))
    assert count(cast, "mother") == 0


def test_thanks_of_other_families_ring_nowhere(cast: Cast, post: Post) -> None:
    factories.comment(post, cast.id("mother"))
    for key in ("co_parent", "english_mother", "teacher_parent"):
        say(cast, post, key)
    assert told(cast, post) == ["teacher"]


def test_who_may_not_see_it_any_more_is_not_told_of_an_answer(cast: Cast, post: Post) -> None:
    factories.comment(post, cast.id("mother"))
    with unlocked():
        cast.mother.guardianships.update(access="withheld")
    say(cast, post, "teacher")
    assert told(cast, post) == []


def test_siblings_of_a_broadcast_are_one_message(cast: Cast, sign_in: SignIn) -> None:
    """Of somebody who works at both: once, whichever of the two is commented on."""
    job = {"user_id": cast.id("principal"), "school_id": cast.id("vijver"), "role": "principal"}
    factories.made(
        cast.principal.employments.model(starts_on=clock.today() - timedelta(days=9), **job)
    )
    at_school = cast.post("wilgenhoek", by="principal")
    at_bso = cast.post("vijver", by="principal", card_id=at_school.card_id)
    say(cast, at_school, "mother")
    say(cast, at_bso, "mother")
    assert told(cast, at_school) == ["principal"]
    assert mailed(cast) == ["principal"]
    shown = sign_in("principal").get(reverse("notifications:list")).text
    assert "2 nieuwe reacties" in shown
    sign_in("principal").get(reverse("feed:post", args=[at_bso.pk]))
    assert count(cast, "principal") == 0
    say(cast, at_bso, "mother")
    assert mailed(cast) == ["principal", "principal"]


def test_a_comment_waits_for_working_hours(
    cast: Cast,
    post: Post,
    server: Server,  # noqa: F811
) -> None:
    """Also of who works one day a week, and longer than news is tried for else."""
    tomorrow = clock.now().astimezone(SCHOOL_TIME).isoweekday() % 7 + 1
    hours = {"starts_at": time(8), "ends_at": time(16, 30), "weekday": tomorrow}
    row = factories.made(
        WorkingHours(school_id=cast.id("wilgenhoek"), person=cast.teacher, **hours)
    )
    say(cast, post, "mother")
    send_all()
    assert server.taken == []
    with unlocked():
        row.delete()  # as if the moment had come
        delivery = Delivery.objects.get(notification__verb=VERB)
    assert delivery.due_at > clock.now()
    cast.change(delivery, created_at=clock.now() - timedelta(days=6), due_at=clock.now())
    send_all()
    assert server.reached == [cast.teacher.email]


def test_who_stopped_mails_of_comments_finds_them_in_the_app(cast: Cast, post: Post) -> None:
    off = {"kind": "comments", "channel": "email", "wanted": False}
    factories.made(Preference(person=cast.teacher, **off))
    say(cast, post, "mother")
    assert mailed(cast) == []
    assert count(cast, "teacher") == 1


def test_ids_say_in_which_order_comments_came() -> None:
    ids = [Comment().pk for _ in range(3)]
    assert {one.version for one in ids} == {7}
    assert ids == sorted(ids)
