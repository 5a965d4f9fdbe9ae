"""Who may say to have read a message, and who may call about it: row security alone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed.models import Call, Confirmation, Post
from tests import factories
from tests.cast import Cast
from tests.circles import GROUP_5, LEADERS, TEACHERS
from tests.visibility.acting import changing, in_the_name_of, me, putting, taking_out, who_may


def confirmed(post: Post) -> Callable[[Viewer], Confirmation]:
    told = {"school_id": post.school_id, "way": "app"}
    return lambda viewer: Confirmation(**told, post=post, person_id=me(viewer))


def called(post: Post, student_id: UUID) -> Callable[[Viewer], Call]:
    ids = {"school_id": post.school_id, "card_id": post.card_id, "student_id": student_id}
    return lambda viewer: Call(
        **ids, post=post, family=uuid4(), caller_id=me(viewer), claimed_at=clock.now()
    )


def test_who_may_say_to_have_read_it(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    assert who_may(cast, putting(confirmed(post))) == GROUP_5
    gone = cast.post("group_5", by="teacher", withdrawn_at=clock.now())
    assert who_may(cast, putting(confirmed(gone))) == {"teacher"}


def test_nobody_says_it_in_the_name_of_another(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    act = in_the_name_of(cast.viewer("co_parent"), putting(confirmed(post)))
    assert who_may(cast, act) == {"co_parent"}


def test_what_was_confirmed_stays_so(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    row = factories.confirmation(post, cast.id("mother"))
    assert who_may(cast, changing(row, way="mail")) == set()
    assert who_may(cast, taking_out(row)) == set()


def test_staff_of_the_post_who_know_the_family_call_it(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    assert who_may(cast, putting(called(post, cast.id("sam")))) == TEACHERS | LEADERS
    act = in_the_name_of(cast.viewer("teacher"), putting(called(post, cast.id("sam"))))
    assert who_may(cast, act) == {"teacher"}


def test_of_a_message_to_the_school_a_teacher_calls_about_own_pupils_only(cast: Cast) -> None:
    post = cast.post("wilgenhoek", by="principal")
    noor = who_may(cast, putting(called(post, cast.id("noor"))))
    assert noor == LEADERS | {"aide"}


def test_a_call_is_ended_by_its_people_and_released_by_its_caller(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    call = factories.call(post, cast.id("sam"), cast.id("teacher"))
    assert who_may(cast, changing(call, ended_at=clock.now())) == TEACHERS | LEADERS
    assert who_may(cast, changing(call, family=uuid4())) == set()  # whom it was about stays
    assert who_may(cast, taking_out(call)) == {"teacher"}
