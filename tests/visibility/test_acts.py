"""Who may do what, through row security alone: no verb, no view, no form stands before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Unclaimed, Viewer, seen_by
from kring.events.models import AuditEntry, Event
from kring.feed.models import Comment, Like, Post, PostFile, PostPhoto, PostRevision, Reading
from kring.media.models import Asset, Portrait
from kring.notifications.models import Notification
from kring.schools.models import (
    ClosedDay,
    Employment,
    Enrollment,
    Group,
    Guardianship,
    Household,
    Policy,
    StaffProposal,
    Student,
    WorkingHours,
)
from tests import factories
from tests.cast import Cast
from tests.circles import (
    AROUND,
    GROUP_5,
    LEADERS,
    NOBODY,
    OFFICE,
    STAFF,
    TAKE_PART,
    TEACHERS,
    Circle,
)
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.acting import (
    Act,
    changing,
    in_the_name_of,
    may,
    me,
    putting,
    taking_out,
    who_may,
    written,
)
from tests.visibility.looking import by_model

# ── writing ──────────────────────────────────────────────────────────────────
MAY_WRITE = {
    ("group_5",): TEACHERS | OFFICE,
    ("group_2",): {"aide"} | OFFICE,
    ("group_6",): {"teacher_next_door"} | OFFICE,
    ("group_2", "group_5"): {"aide"} | OFFICE,
    ("group_5", "group_6"): OFFICE,
    ("wilgenhoek",): OFFICE,
    ("staff of wilgenhoek",): STAFF,
    ("sam",): TEACHERS | OFFICE,
    ("sam", "noor"): {"aide"} | OFFICE,
    ("yara",): OFFICE,  # who is no pupil yet
    ("bso",): {"aftercare"},
    ("vijver",): {"aftercare"},
    ("staff of vijver",): {"aftercare"},
    ("group_elsewhere",): {"principal_elsewhere"},
    ("kompas",): {"principal_elsewhere"},
}


@pytest.mark.parametrize(
    ("to", "who"), MAY_WRITE.items(), ids=[" and ".join(to) for to in MAY_WRITE]
)
def test_who_may_write_to_whom(cast: Cast, to: tuple[str, ...], who: set[str]) -> None:
    assert who_may(cast, written(cast, *to)) == who


@pytest.mark.parametrize("forger", ["duo_teacher", "principal", "mother", "aftercare"])
def test_nobody_writes_in_the_name_of_somebody_else(cast: Cast, forger: str) -> None:
    assert not may(cast.viewer(forger), written(cast, "group_5", author="teacher"))
    assert not may(cast.viewer(forger), written(cast, "wilgenhoek", author="administrator"))


CHANGE = {
    "post to group 5": {"teacher"} | OFFICE,
    "post to groups 5 and 6": OFFICE,
    "post to the school": OFFICE,
    "post to a group of the BSO": {"aftercare"},
    "post to a group elsewhere": {"principal_elsewhere"},
    "post that is not out yet": {"teacher"},
    "post by a substitute of yesterday": OFFICE,
    "post by a substitute of today": {"substitute_today"} | OFFICE,
}


def test_who_may_change_a_post(cast: Cast) -> None:
    posts = scene.posts(cast)
    assert {name: who_may(cast, changing(posts[name], text="Anders.")) for name in CHANGE} == CHANGE


@pytest.mark.parametrize(
    "forged",
    [
        {"author_id": "duo_teacher"},
        {"school_id": "kompas"},
        {"group_ids": ["group_6"]},
        {"group_ids": [], "whole_school": True},
        {"group_ids": [], "student_ids": ["sam"]},
        {"published_at": None},
        {"like_count": 100},
    ],
    ids=str,
)
def test_what_was_sent_to_whom_stays_as_it_was(cast: Cast, forged: dict[str, object]) -> None:
    post = cast.post("group_5", by="teacher")
    fields = {
        name: [cast.id(one) for one in value]
        if isinstance(value, list)
        else cast.id(value)
        if isinstance(value, str)
        else value or clock.now()
        for name, value in forged.items()
    }
    assert who_may(cast, changing(post, **fields)) == NOBODY


def test_nobody_takes_out_a_post(cast: Cast) -> None:
    assert who_may(cast, taking_out(cast.post("group_5", by="teacher"))) == NOBODY


def test_withdrawing_needs_the_service_block_of_the_verb(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    principal = cast.viewer("principal")
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": principal.user_id}
    assert not may(principal, changing(post, **gone))  # it would leave her own sight
    with seen_by(principal):
        assert Post.objects.changeable_by(principal).get(pk=post.pk).withdraw(by=principal)
        assert not Post.objects.filter(pk=post.pk).exists()
        assert not post.withdraw(by=principal)  # gone already


@pytest.mark.parametrize("key", ["mother", "duo_teacher", "teacher_next_door", "counselor"])
def test_the_verb_withdraws_nothing_for_who_may_not_change_it(cast: Cast, key: str) -> None:
    post, viewer = cast.post("group_5", by="teacher"), cast.viewer(key)
    with seen_by(viewer):
        assert not post.withdraw(by=viewer)
    assert may(cast.viewer("teacher"), changing(post, text="Het staat er nog."))


# ── liking, reading, commenting ──────────────────────────────────────────────
def liked(post: Post) -> Callable[[Viewer], Like]:
    return lambda viewer: Like(school_id=post.school_id, post=post, user_id=me(viewer))


def read(post: Post) -> Callable[[Viewer], Reading]:
    return lambda viewer: Reading(school_id=post.school_id, post=post, user_id=me(viewer))


def said(post: Post) -> Callable[[Viewer], Comment]:
    words: dict[str, Any] = {"byline": "Iemand", "text": "Leuk.", "school_id": post.school_id}
    return lambda viewer: Comment(**words, post=post, author_id=me(viewer), key=uuid4())


def test_who_may_like_read_and_comment(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    assert who_may(cast, putting(liked(post))) == TAKE_PART
    assert who_may(cast, putting(said(post))) == TAKE_PART
    assert who_may(cast, putting(read(post))) == GROUP_5


@pytest.mark.parametrize("name", ["post that is not out yet", "withdrawn post"])
def test_nobody_likes_or_comments_what_is_not_out(cast: Cast, name: str) -> None:
    post = scene.posts(cast)[name]
    assert who_may(cast, putting(liked(post))) == NOBODY
    assert who_may(cast, putting(said(post))) == NOBODY
    assert who_may(cast, putting(read(post))) == {"teacher"}


def test_nobody_comments_where_it_is_off(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher", allows_comments=False)
    assert who_may(cast, putting(said(post))) == NOBODY
    assert who_may(cast, putting(liked(post))) == TAKE_PART


def test_nobody_likes_reads_or_comments_for_somebody_else(cast: Cast) -> None:
    post, other = cast.post("group_5", by="teacher"), cast.viewer("english_mother")
    for make in (liked(post), said(post), read(post)):
        assert who_may(cast, in_the_name_of(other, putting(make))) == {"english_mother"}


def test_one_takes_back_ones_own_like_only(cast: Cast) -> None:
    like = factories.like(cast.post("group_5", by="teacher"), cast.id("mother"))
    assert who_may(cast, taking_out(like)) == {"mother"}
    assert who_may(cast, changing(like, created_at=clock.now())) == NOBODY


def test_staff_hide_a_comment_and_its_writer_takes_it_away(cast: Cast) -> None:
    comment = factories.comment(cast.post("group_5", by="teacher"), cast.id("mother"))
    assert who_may(cast, changing(comment, hidden_at=clock.now())) == TEACHERS | LEADERS
    assert who_may(cast, taking_out(comment)) == {"mother"}
    assert who_may(cast, changing(comment, text="Nooit zo gezegd.")) == NOBODY


def test_a_reading_stays(cast: Cast) -> None:
    reading = factories.reading(cast.post("group_5", by="teacher"), cast.id("mother"))
    assert who_may(cast, taking_out(reading)) == NOBODY
    assert who_may(cast, changing(reading, created_at=clock.now())) == NOBODY


# ── what hangs on a post ─────────────────────────────────────────────────────
def test_a_former_text_is_added_by_staff_and_stays(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")

    def former(viewer: Viewer) -> PostRevision:
        school: dict[str, Any] = {"school_id": post.school_id, "post": post}
        return PostRevision(**school, text="Was.", edited_by_id=me(viewer))

    assert who_may(cast, putting(former)) == {"teacher"} | OFFICE
    kept = factories.revision(post, cast.id("teacher"))
    assert who_may(cast, changing(kept, text="Nooit zo gezegd.")) == NOBODY
    assert who_may(cast, taking_out(kept)) == NOBODY


def test_staff_hang_their_own_photos(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    asset = factories.asset(post.school_id, cast.id("teacher"))
    size: dict[str, Any] = {"position": 0, "width": 4, "height": 3, "placeholder": "data:,"}

    def hung(_viewer: Viewer) -> PostPhoto:
        return PostPhoto(school_id=post.school_id, post=post, asset=asset, **size)

    assert who_may(cast, putting(hung)) == {"teacher"}
    assert who_may(cast, taking_out(factories.photo(post))) == {"teacher"} | OFFICE


def test_staff_attach_their_own_documents(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    asset = factories.document(post.school_id, cast.id("teacher"))
    told: dict[str, Any] = {"position": 0, "name": "lunch.pdf", "extension": "pdf", "bytes": 1}

    def attached(_viewer: Viewer) -> PostFile:
        return PostFile(school_id=post.school_id, post=post, asset=asset, **told)

    assert who_may(cast, putting(attached)) == {"teacher"}
    hung = factories.paper(post)
    assert who_may(cast, changing(hung, name="anders.pdf")) == NOBODY
    assert who_may(cast, taking_out(hung)) == {"teacher"} | OFFICE


def test_staff_upload_photos_of_their_own(cast: Cast) -> None:
    size: dict[str, Any] = {"width": 4, "height": 3, "placeholder": "data:,", "bytes": 1}

    def taken(viewer: Viewer) -> Asset:
        by = viewer.user_id or cast.id("teacher")
        return Asset(school_id=cast.id("wilgenhoek"), uploaded_by_id=by, **size)

    assert who_may(cast, putting(taken)) == STAFF
    assert who_may(cast, taking_out(factories.asset(cast.id("wilgenhoek"), cast.id("aide")))) == {
        "aide"
    }


# ── the machine's own ────────────────────────────────────────────────────────
def test_what_one_did_is_noted_in_ones_own_name_and_school(cast: Cast) -> None:
    noted: dict[str, Any] = {
        "school_id": cast.id("wilgenhoek"),
        "subject_id": uuid4(),
        "verb": "x",
    }

    def event(viewer: Viewer) -> Event:
        return Event(actor_id=viewer.user_id, **noted)

    def entry(viewer: Viewer) -> AuditEntry:
        return AuditEntry(actor_id=viewer.user_id, **noted)

    aide = cast.viewer("aide")
    for make in (event, entry):
        assert who_may(cast, putting(make)) == AROUND
        assert who_may(cast, in_the_name_of(aide, putting(make))) == {"aide"}


def test_the_trail_stays(cast: Cast) -> None:
    entry = factories.audit_entry(cast.post("group_5", by="teacher"))
    assert who_may(cast, changing(entry, verb="nothing.happened")) == NOBODY
    assert who_may(cast, taking_out(entry)) == NOBODY


def test_one_marks_ones_own_notification_and_puts_in_none(cast: Cast) -> None:
    told = factories.notification(cast.post("group_5", by="teacher"), cast.id("mother"))
    assert who_may(cast, changing(told, read_at=clock.now())) == {"mother"}
    assert who_may(cast, changing(told, verb="post.published")) == NOBODY
    assert who_may(cast, taking_out(told)) == NOBODY

    def forged(viewer: Viewer) -> Notification:
        ids: dict[str, Any] = {"event_id": uuid4(), "about_id": uuid4(), "subject_id": uuid4()}
        return Notification(school_id=told.school_id, person_id=me(viewer), verb="x", **ids)

    assert who_may(cast, putting(forged)) == NOBODY


# ── the school's own rows ────────────────────────────────────────────────────
KEEPER = frozenset({"administrator"})
# What the office changes, and who of it.
MAY_CHANGE: dict[str, tuple[str, object, Circle]] = {
    "school": ("about", "Bel ons gerust.", OFFICE),
    "school year": ("ends_on", date(2030, 7, 31), OFFICE),
    "group": ("color", 7, OFFICE),
    "Sam": ("first_name", "Samuel", KEEPER),
    "Sam in group 5": ("grade", 5, KEEPER),
    "tie of co_parent with sam": ("relation", "guardian", KEEPER),
    "home of co_parent": ("city", "Utrecht", KEEPER),
    "employment of teacher": ("called", "juf", OFFICE),
    "lessons of teacher": ("weekdays", [1], OFFICE),
    "proposed colleague": ("was_accepted", True, OFFICE),
    "invitation of who waits": ("serial", 2, OFFICE),
    "koppelcode of Lina": ("places", 1, OFFICE),
    "closed day": ("name", "Studiemiddag", OFFICE),
    "import": ("done", 1, KEEPER),
    "name card of who waits": ("first_name", "Wachter", KEEPER),
    "name card of mother": ("first_name", "Fatma", KEEPER | {"mother"}),
    "name card of teacher": ("language", "en", KEEPER | {"teacher"}),
    "name card of operator": ("language", "en", frozenset({"operator"})),
    "home of mother": ("source_id", "H1", KEEPER),
}
NEVER_CHANGED = ("board", "policy", "Sam at school is Sam at the BSO")


def test_the_office_changes_its_own_school_and_nobody_elses(cast: Cast) -> None:
    things = {**scene.school(cast), **scene.people(cast), **scene.office(cast)}
    for name, (field, value, who) in MAY_CHANGE.items():
        assert who_may(cast, changing(things[name], **{field: value})) == who, name
    for name in (*NEVER_CHANGED, "BSO", "imported row", "use of the koppelcode of Lina"):
        assert who_may(cast, changing(things[name], created_at=clock.now())) == NOBODY, name
    elsewhere = {"group of the BSO": "color", "Sam in a group of the BSO": "grade"}
    for name, field in elsewhere.items():
        assert who_may(cast, changing(things[name], **{field: 3})) == NOBODY, name
    elsewhere_too = changing(things["employment of principal_elsewhere"], called="Bea")
    assert who_may(cast, elsewhere_too) == {"principal_elsewhere"}


def test_what_says_whose_a_row_is_never_changes(cast: Cast) -> None:
    for row, field in ((cast.sam, "school_id"), (cast.wilgenhoek, "name"), (cast.mother, "email")):
        assert who_may(cast, changing(row, **{field: getattr(row, field)})) == NOBODY


def test_rows_of_the_school_are_taken_out_by_nobody_but_its_office(cast: Cast) -> None:
    things = {**scene.school(cast), **scene.people(cast), **scene.office(cast)}
    of_a_kind = {model: kinds[0] for model, kinds in by_model(things.values()).items()}
    empty = factories.made(
        Group(school=cast.wilgenhoek, year_id=cast.group_5.year_id, name="groep 9")
    )
    assert who_may(cast, taking_out(empty)) == OFFICE
    assert who_may(cast, taking_out(things["Sam in group 5"])) == KEEPER
    assert who_may(cast, taking_out(things["photo of the mother"])) == {"mother"}
    assert who_may(cast, taking_out(things["closed day"])) == OFFICE
    assert who_may(cast, taking_out(things["hours of the teacher"])) == OFFICE | {"teacher"}
    listed = {ClosedDay, Group, Enrollment, Portrait, WorkingHours}
    of_a_kind = {model: row for model, row in of_a_kind.items() if model not in listed}
    for row in of_a_kind.values():
        assert who_may(cast, taking_out(row)) == NOBODY, row


def test_the_office_enters_children_homes_and_ties(cast: Cast) -> None:
    here = {"school_id": cast.id("wilgenhoek")}
    names: dict[str, Any] = {"first_name": "Puck", "last_name": "Nieuw"}
    assert who_may(cast, putting(lambda _viewer: Student(**here | names))) == KEEPER
    assert who_may(cast, putting(lambda _viewer: Household(**here))) == KEEPER
    tie = {"student": cast.sam, "guardian": cast.operator, "starts_at": clock.now()}
    assert who_may(cast, putting(lambda _viewer: Guardianship(**here | tie))) == KEEPER
    stay = {"student": cast.sam, "group": cast.group_6, "starts_on": clock.today()}
    assert who_may(cast, putting(lambda _viewer: Enrollment(**here | stay))) == KEEPER


def test_who_leads_a_school_arranges_its_groups_and_its_staff(cast: Cast) -> None:
    here: dict[str, Any] = {"school_id": cast.id("wilgenhoek")}
    job = {"user": cast.operator, "role": "aide", "starts_on": clock.today()}
    assert who_may(cast, putting(lambda _viewer: Employment(**here | job))) == OFFICE
    assert who_may(cast, putting(lambda _viewer: Policy(version=9, **here))) == OFFICE
    proposed = {"source_id": "LK9", "first_name": "Kim", "last_name": "Vries"}
    assert who_may(cast, putting(lambda _viewer: StaffProposal(**here | proposed))) == OFFICE


def test_the_office_enters_a_person_who_cannot_sign_in(cast: Cast) -> None:
    def card(**fields: Any) -> Act:
        return putting(lambda _viewer: User(first_name="N", last_name="N", **fields))

    assert who_may(cast, card()) == OFFICE | {"principal_elsewhere"}
    assert who_may(cast, card(email="nieuw@kring.example")) == NOBODY
    assert who_may(cast, card(username="nieuw")) == NOBODY
    assert who_may(cast, card(joined_at=clock.now())) == NOBODY


def test_a_school_that_somebody_left_changes_no_name_of_theirs(cast: Cast) -> None:
    renamed = changing(cast.ex_guardian, first_name="Anders")
    assert who_may(cast, renamed) == {"ex_guardian"}
    gone = changing(cast.substitute_yesterday, first_name="Anders")
    assert who_may(cast, gone) == {"substitute_yesterday"}
    assert who_may(cast, changing(cast.substitute_today, first_name="Anders")) == {
        "administrator",
        "substitute_today",
    }


def test_nobody_is_asked_the_way_back_of_a_card_that_is_not_there_yet(cast: Cast) -> None:
    """The rule for putting in a card has no thing to ask."""
    with unlocked():
        assert not User.objects.filter(Unclaimed().people(cast.mother)).exists()
