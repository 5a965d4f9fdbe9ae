"""Rouw, tried on every way out: what was on its way, what waits, other homes, other schools."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry, Event
from kring.feed.models import Post
from kring.joining import invitations
from kring.joining.homes import homes_of, mourning_among, tallies, to_invite
from kring.joining.jobs import invite_many, send_invitation, take_up_the_left
from kring.joining.models import Invitation
from kring.joining.posting import addressed
from kring.notifications.answering import answer
from kring.notifications.digest import DAILY, WEEKLY
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery, Notification, Reply
from kring.notifications.telling import notify
from kring.notifications.tests.conftest import (
    Server,
    deliveries,
    let_time_pass,
    send_all,
    tell,
    waiting,
)
from kring.schools.models import (
    Guardianship,
    Household,
    Mourning,
    Student,
    in_mourning,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

BUSY = "451 Try again later"
HOUR = timedelta(hours=1)


def begin(cast: Cast, around: Student | Household, who: str = "principal") -> Mourning:
    by = cast.viewer(who)
    with seen_by(by):
        return Mourning.begin(around, by=by)


def end(cast: Cast, mourning: Mourning) -> bool:
    by = cast.viewer("administrator")
    with seen_by(by):
        return mourning.end(by=by)


def home_of(cast: Cast, key: str) -> Household:
    with unlocked():
        return Household.objects.get(pk=cast.id(f"home of {key} wilgenhoek"))


def people(*found: User) -> set[UUID]:
    return {one.pk for one in found}


def mourning_of(cast: Cast, *asked: User) -> set[UUID]:
    """Those of them who mourn, as a job of the school asks."""
    with seen_by(Viewer.service(cast.id("wilgenhoek"))):
        return set(in_mourning(people(*asked)))


# ── whom it covers ───────────────────────────────────────────────────────────
def test_around_a_child_it_covers_both_homes(cast: Cast) -> None:
    begin(cast, cast.sam)
    asked = (cast.mother, cast.co_parent, cast.informed_father, cast.teacher)
    assert mourning_of(cast, *asked) == people(cast.mother, cast.co_parent)


def test_around_one_home_the_other_goes_on(cast: Cast, server: Server) -> None:
    begin(cast, home_of(cast, "mother"))
    tell(cast.post("sam", by="teacher"))
    send_all()
    assert cast.co_parent.email in server.reached
    assert cast.mother.email not in server.reached


def test_it_holds_on_when_the_child_is_written_out(cast: Cast, server: Server) -> None:
    begin(cast, cast.sam)
    with unlocked():
        Guardianship.objects.filter(student=cast.sam).update(ends_at=clock.now())
    tell(cast.post("group_2", by="aide"))  # of her other child
    send_all()
    assert cast.mother.email not in server.reached


def test_a_tie_that_was_over_before_does_not_count(cast: Cast) -> None:
    with unlocked():
        ties = Guardianship.objects.filter(student=cast.sam, guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - HOUR)
    begin(cast, cast.sam)
    assert mourning_of(cast, cast.co_parent) == set()


def test_who_is_added_later_is_covered(cast: Cast) -> None:
    begin(cast, cast.sam)
    aunt = factories.person("Tante")
    factories.guarded(cast.sam, aunt.pk)
    assert mourning_of(cast, aunt) == {aunt.pk}


def test_a_neighbour_who_fetches_hears_of_her_own_children_and_a_grandmother_nothing(
    cast: Cast,
) -> None:
    factories.guarded(cast.sam, cast.id("teacher_parent"), access="pick_up")
    begin(cast, cast.sam)
    asked = (cast.teacher_parent, cast.grandmother)
    assert mourning_of(cast, *asked) == people(cast.grandmother)


# ── who may ask it ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("principal", True),
        ("administrator", True),
        ("teacher", True),  # of the child: who calls its family is told not to
        ("aftercare", True),
        ("teacher_parent", False),  # of another group
        ("co_parent", False),
        ("mother", False),
        ("principal_elsewhere", False),
    ],
)
def test_only_who_may_call_the_family_is_told(cast: Cast, who: str, *, told: bool) -> None:
    begin(cast, cast.sam)
    with seen_by(cast.viewer(who)):
        assert in_mourning([cast.id("mother")]) == ({cast.id("mother")} if told else set())


def test_outside_a_block_nobody_is_told(cast: Cast) -> None:
    begin(cast, cast.sam)
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_in_mourning(%s)", [[cast.id("mother")]])
        assert cursor.fetchall() == []


def test_only_a_job_at_work_learns_who_was_answered(cast: Cast) -> None:
    factories.reply(cast.id("wilgenhoek"), cast.id("mother"))
    since = clock.now() - HOUR
    said = []
    for viewer in (cast.viewer("principal"), Viewer.service(cast.id("wilgenhoek"))):
        with seen_by(viewer), connection.cursor() as cursor:
            cursor.execute("SELECT kring_answered_since(%s, %s)", [cast.id("mother"), since])
            said.append(cursor.fetchone())
    assert said == [(True,), (False,)]  # "answered" lets nobody answer her


# ── notifications ────────────────────────────────────────────────────────────
@pytest.fixture
def post(cast: Cast) -> Post:
    """A post of a minute ago whose mails wait."""
    made = cast.post("group_5", by="teacher")
    tell(made)
    return made


def of(cast: Cast, post: Post, key: str) -> set[tuple[str, str]]:
    with unlocked():
        rows = Delivery.objects.filter(notification__about_id=post.card_id, person=cast.id(key))
        return set(rows.values_list("channel", "state"))


def test_what_was_queued_a_minute_ago_does_not_leave(cast: Cast, server: Server) -> None:
    for key in ("mother", "co_parent"):
        factories.push_device(cast.id(key))
    tell(post := cast.post("group_5", by="teacher"))
    assert of(cast, post, "mother") == {("email", "queued"), ("push", "queued")}
    begin(cast, cast.sam)
    with as_worker():
        send_all()
    for key in ("mother", "co_parent"):
        assert of(cast, post, key) == {("email", "skipped"), ("push", "skipped")}
        assert getattr(cast, key).email not in server.reached
    assert cast.informed_father.email in server.reached


@pytest.mark.parametrize("urgent", [False, True])
def test_what_comes_now_makes_no_mail_and_stands_in_kring(
    cast: Cast,
    server: Server,
    urgent: bool,  # noqa: FBT001
) -> None:
    begin(cast, cast.sam)
    came = cast.post("group_5", by="teacher", is_urgent=urgent)
    tell(came)
    send_all()
    assert cast.mother.email not in server.reached
    assert cast.informed_father.email in server.reached
    assert of(cast, came, "mother") == set()
    with unlocked():
        mine = Notification.objects.filter(about_id=came.card_id, person=cast.mother)
        assert mine.count() == 1


def test_a_retry_does_not_go(cast: Cast, post: Post, server: Server) -> None:
    server.answers[cast.mother.email] = [BUSY]
    send_all()
    assert deliveries(post)
    begin(cast, cast.sam)
    let_time_pass()
    send_all()
    assert cast.mother.email not in server.reached
    assert ("email", "skipped") in of(cast, post, "mother")


def test_what_was_parked_or_waited_for_the_morning_does_not_go(
    cast: Cast, post: Post, server: Server
) -> None:
    with unlocked():
        mine = Delivery.objects.filter(person=cast.mother, channel="email")
        mine.update(state=Delivery.State.DEAD, due_at=clock.now() + HOUR)
    begin(cast, cast.sam)
    with unlocked():  # the operator lets it go again; the night is over
        mine.all().update(state=Delivery.State.QUEUED, due_at=clock.now() - HOUR)
    send_all()
    assert cast.mother.email not in server.reached


def test_a_mail_that_is_about_to_go_is_stopped_between_two_others(
    cast: Cast, post: Post, server: Server
) -> None:
    """Fifty are claimed together; who begins to mourn meanwhile is asked about when they were."""
    begin(cast, cast.sam)
    with unlocked():
        Delivery.objects.filter(person=cast.mother).update(state=Delivery.State.SENDING)
    send_all()
    assert cast.mother.email not in server.reached


def test_no_other_school_of_the_person_reaches_her_or_learns_why(
    cast: Cast, server: Server
) -> None:
    begin(cast, cast.sam)
    tell(cast.post("vijver", by="aftercare"))
    send_all()
    assert cast.mother.email not in server.reached
    for who in ("aftercare", "principal_elsewhere", "teacher", "mother", "counselor"):
        with seen_by(viewer := cast.viewer(who)):
            assert not Mourning.objects.visible_to(viewer).exists()
            assert not Mourning.objects.unscoped("the second lock alone").exists()


@pytest.mark.parametrize("verb", [WEEKLY, DAILY])
def test_no_newsletter_goes(cast: Cast, server: Server, verb: str) -> None:
    begin(cast, cast.sam)
    told = {"verb": verb, "school_id": cast.id("wilgenhoek"), "subject_id": uuid4()}
    event = factories.made(Event(**told))
    with seen_by(Viewer.service(cast.id("wilgenhoek"))):
        both = User.objects.filter(pk__in=people(cast.mother, cast.informed_father))
        notify(event, to=both, about_id=event.subject_id, kind=Kind.DIGEST)
    with unlocked():
        mails = Delivery.objects.filter(notification__verb=verb)
        assert {one.person_id for one in mails} == people(cast.informed_father)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_kind_goes_and_who_teaches_too_hears_of_no_work(cast: Cast, kind: Kind) -> None:
    begin(cast, cast.bram)  # the child of a teacher
    subject = {"school_id": cast.id("wilgenhoek"), "subject_id": uuid4()}
    event = factories.made(Event(verb="post.published", **subject))
    with seen_by(Viewer.service(cast.id("wilgenhoek"))):
        everybody = User.objects.filter(pk__in=people(cast.teacher_parent, cast.principal))
        notify(event, to=everybody, about_id=event.subject_id, kind=kind, urgent=True)
    with unlocked():
        mails = Delivery.objects.filter(notification__event_id=event.pk)
        assert {one.person_id for one in mails} == people(cast.principal)


def test_no_answer_to_a_reply(cast: Cast, server: Server) -> None:
    here = {"school_id": cast.id("wilgenhoek")}
    replies = [
        factories.made(Reply(person_id=one, **here)) for one in people(cast.mother, cast.principal)
    ]
    begin(cast, cast.sam)
    for reply in replies:
        answer(school_id=str(reply.school_id), reply=str(reply.pk))
    assert server.reached == [cast.principal.email]


def test_codes_for_signing_in_go_on(cast: Cast) -> None:
    begin(cast, cast.sam)
    Client().post(reverse("account_login"), {"email": cast.mother.email})
    assert [str(one) for one in mail.outbox[0].to] == [cast.mother.email]


def test_she_reads_everything_in_kring(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    post = cast.post("group_5", by="teacher")
    begin(cast, cast.sam)
    assert sign_in("mother").get(f"/posts/{post.pk}/").status_code == 200


# ── coming in ────────────────────────────────────────────────────────────────
@pytest.fixture
def card(cast: Cast) -> Guardianship:
    """A mother whom the school knows of, who has no account."""
    child = factories.student(cast.id("wilgenhoek"), "Puck")
    factories.enrolled(child, cast.id("group_5"))
    return factories.waiting_card(child)


def invite(cast: Cast, card: Guardianship) -> Invitation:
    with seen_by(by := cast.viewer("administrator")):
        person = User.objects.visible_to(by).get(pk=card.guardian_id)
        told: dict[str, Any] = {"kind": "guardian", "email": card.email, "by": by}
        return invitations.invite(person, school_id=card.school_id, **told)


def stands(invitation: Invitation) -> Invitation:
    with unlocked():
        return Invitation.objects.get(pk=invitation.pk)


def send() -> None:
    for arguments in waiting(send_invitation):
        send_invitation(**arguments)


def child_of(card: Guardianship) -> Student:
    with unlocked():
        return Student.objects.get(pk=card.student_id)


def test_an_invitation_of_a_minute_ago_is_taken_back(
    cast: Cast, card: Guardianship, server: Server
) -> None:
    made = invite(cast, card)
    mourning = begin(cast, child_of(card))
    send()
    assert server.taken == []
    assert stands(made).revoked_at
    assert stands(made).sent_at is None
    end(cast, mourning)
    with as_worker():
        take_up_the_left(0)
    send()
    assert server.taken == []  # what was held back stays unsent


def test_a_whole_group_is_invited_without_them(
    cast: Cast, card: Guardianship, server: Server, sign_in: Callable[[str], Client]
) -> None:
    begin(cast, child_of(card))
    school = str(card.school_id)
    told = {"school": school, "group": None, "person": str(cast.id("administrator"))}
    invite_many(school_id=school, fetchers=True, **told)
    send()
    assert card.email not in server.reached
    with unlocked():
        assert not Invitation.objects.filter(person=card.guardian_id).exists()


@pytest.mark.parametrize("chosen", [False, True])
def test_the_office_hears_that_a_family_is_left_out(
    cast: Cast,
    card: Guardianship,
    sign_in: Callable[[str], Client],
    chosen: bool,  # noqa: FBT001
) -> None:
    begin(cast, child_of(card))
    data: dict[str, Any] = {"whom": "all", "group": cast.id("group_5")}
    if chosen:
        data = {"whom": "chosen", "homes": [f"{card.student_id}:"]}
    address = reverse("inviting:invitations", args=[card.school_id])
    page = sign_in("administrator").post(address, data, follow=True)
    [said, *_rest] = [str(one) for one in page.context["messages"]]
    assert "1" in said
    assert "Puck" not in said
    with unlocked():
        assert not Invitation.objects.filter(person=card.guardian_id).exists()


def test_sending_one_again_by_hand_is_refused_with_a_word(
    cast: Cast, card: Guardianship, server: Server, sign_in: Callable[[str], Client]
) -> None:
    made = invite(cast, card)
    send()
    begin(cast, child_of(card))
    address = reverse("inviting:sending", args=[card.school_id, made.pk])
    assert sign_in("administrator").post(address).status_code == 303
    send()
    assert len(server.taken) == 1
    assert stands(made).serial == made.serial


def test_a_batch_of_letters_leaves_them_out_and_one_by_hand_is_made(
    cast: Cast, card: Guardianship
) -> None:
    begin(cast, child_of(card))
    with seen_by(viewer := cast.viewer("administrator")):
        homes = homes_of(viewer, card.school_id)
        mine = [one for one in homes if one.student_id == card.student_id]
        assert mourning_among(homes) == 1
        assert not [one for one in addressed(homes, fetchers=True) if one.home in mine]
        assert len(addressed(mine, by_hand=True)) == 1
        assert to_invite(mine, fetchers=True, anew=True) == []
        [tally] = [one for one in tallies(homes) if one.group_id == cast.id("group_5")]
        begun = (tally.to_invite, tally.letters)
    with unlocked():
        Mourning.objects.update(ended_at=clock.now())
    with seen_by(viewer):
        [tally] = [
            one
            for one in tallies(homes_of(viewer, card.school_id))
            if one.group_id == cast.id("group_5")
        ]
        assert (tally.to_invite, tally.letters) == (begun[0] + 1, begun[1] + 1)


def test_letters_of_a_group_come_without_theirs(
    cast: Cast, card: Guardianship, sign_in: Callable[[str], Client]
) -> None:
    begin(cast, child_of(card))
    address = reverse("inviting:letters", args=[card.school_id])
    office = sign_in("administrator")
    alone = {"whom": "chosen", "homes": [f"{card.student_id}:"]}
    assert office.post(address, alone)["Content-Type"] == "application/pdf"  # by hand
    two = {"whom": "chosen", "homes": [f"{card.student_id}:", f"{uuid4()}:"]}
    page = office.post(address, two, follow=True)
    assert len(page.context["messages"]) == 1  # left out, and nothing else to say


def test_a_child_without_known_parents_gets_no_letter_either(cast: Cast) -> None:
    child = factories.student(cast.id("wilgenhoek"), "Storm")
    factories.enrolled(child, cast.id("group_5"))
    begin(cast, child)
    with seen_by(viewer := cast.viewer("administrator")):
        homes = [one for one in homes_of(viewer, child.school_id) if one.student_id == child.pk]
        assert addressed(homes) == []


def test_a_colleague_who_mourns_is_invited_to_work(cast: Cast, server: Server) -> None:
    person = factories.person("Puck", email=None)
    factories.guarded(cast.sam, person.pk)
    begin(cast, cast.sam)
    with seen_by(by := cast.viewer("administrator")):
        told: dict[str, Any] = {"kind": "staff", "email": "puck@kring.example", "by": by}
        invitations.invite(person, school_id=cast.id("wilgenhoek"), **told)
    send()
    assert server.reached == ["puck@kring.example"]


# ── beginning and ending ─────────────────────────────────────────────────────
def test_twice_is_once_and_the_trail_says_who(cast: Cast) -> None:
    first, again = begin(cast, cast.sam), begin(cast, cast.sam, "administrator")
    assert first.pk == again.pk
    assert end(cast, first)
    assert not end(cast, first)
    with unlocked():
        lines = AuditEntry.objects.filter(student_id=cast.sam.pk).order_by("created_at", "pk")
        assert [one.verb for one in lines if "mourning" in one.verb] == [
            "mourning.begun",
            "mourning.ended",
        ]
    assert begin(cast, cast.sam).pk != first.pk


def test_what_else_goes_wrong_is_not_hidden(cast: Cast) -> None:
    elsewhere = Student(school_id=cast.id("wilgenhoek"), pk=uuid4())
    with pytest.raises(IntegrityError):
        begin(cast, elsewhere)


def test_after_the_end_new_messages_go_and_held_ones_do_not(
    cast: Cast, post: Post, server: Server
) -> None:
    mourning = begin(cast, cast.sam)
    send_all()
    end(cast, mourning)
    let_time_pass()
    send_all()
    assert cast.mother.email not in server.reached
    tell(cast.post("group_5", by="teacher"))
    send_all()
    assert cast.mother.email in server.reached


def test_a_home_goes_on_mourning_for_its_other_child(cast: Cast) -> None:
    around_sam, around_home = begin(cast, cast.sam), begin(cast, home_of(cast, "mother"))
    end(cast, around_sam)
    assert mourning_of(cast, cast.mother, cast.co_parent) == people(cast.mother)
    end(cast, around_home)
    assert mourning_of(cast, cast.mother) == set()


@pytest.mark.parametrize("who", ["teacher", "counselor", "mother", "principal_elsewhere"])
def test_nobody_else_begins_or_ends_it(cast: Cast, who: str) -> None:
    standing = begin(cast, cast.noor)
    by = cast.viewer(who)
    with pytest.raises(Exception, match="row-level security"), seen_by(by):
        Mourning.begin(cast.sam, by=by)
    with seen_by(by):
        assert not standing.end(by=by)
