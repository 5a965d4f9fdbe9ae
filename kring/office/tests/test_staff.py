"""Colleagues come, get other roles and groups, and go."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.test import Client

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining.models import Invitation
from kring.office.tests.arranging import (
    SignIn,
    address,
    all_of,
    employed,
    roles_of,
    trail_of,
)
from kring.schools.models import Employment, Group, StaffProposal, TeachingAssignment
from tests import factories
from tests.cast import Cast

NEW = {
    "first_name": "Wilhelmina",
    "infix": "van der",
    "last_name": "Bergh-van Ooijen",
    "email": "wilhelmina@kring.example",
    "roles": ["teacher"],
    "called": "juf Mina",
}


def named(first_name: str) -> list[User]:
    return all_of(User.objects.filter(first_name=first_name))


# ── the list ─────────────────────────────────────────────────────────────────
def test_the_list_shows_who_works_here_and_who_left(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").get(address(cast, "staff"))
    assert "Sanne Verhoeven" in page.text
    assert "juf Sanne" in page.text
    assert "Thijs de Graaf" in page.text  # the substitute of today
    assert "Lotte Visser" not in page.text  # of yesterday
    assert "Bea Timmer" not in page.text  # elsewhere
    former = sign_in("principal").get(address(cast, "staff"), {"show": "former"})
    assert "Lotte Visser" in former.text
    assert "Sanne Verhoeven" not in former.text


@pytest.mark.parametrize("query", ["Verhoeven", "verhoven", "sanne groep 5", "juf sanne"])
def test_searching_forgives(cast: Cast, sign_in: SignIn, query: str) -> None:
    page = sign_in("principal").get(address(cast, "staff"), {"query": query})
    assert "Sanne Verhoeven" in page.text
    assert "Corrie Jansma" not in page.text


def test_the_list_of_staff_goes_along_as_a_file(cast: Cast, sign_in: SignIn) -> None:
    employed(cast, factories.person("+Plus").pk, "teacher", ends_on=date(2099, 7, 31))
    principal = sign_in("principal")
    assert address(cast, "staff_export") in principal.get(address(cast, "staff")).text
    text = principal.post(address(cast, "staff_export")).content.decode("utf-8-sig")
    _head, *lines = text.strip("\r\n").split("\r\n")
    [plus] = [line for line in lines if "Plus" in line]
    assert plus.startswith("'+Plus Nieuw;Leerkracht;;01-")
    assert ";31-07-2099;" in plus
    [line] = all_of(AuditEntry.objects.filter(verb="staff.exported"))
    assert (line.actor_id, line.fields) == (cast.id("principal"), [f"count {len(lines)}"])
    left = principal.post(address(cast, "staff_export"), {"show": "former"})
    assert "Plus" not in left.text


def test_htmx_gets_the_list_alone(cast: Cast, sign_in: SignIn) -> None:
    headers = {"HX-Request": "true"}
    page = sign_in("principal").get(address(cast, "staff"), {"query": "niemand"}, headers=headers)
    assert "<html" not in page.text
    assert "Corrie Jansma" not in page.text


# ── somebody new ─────────────────────────────────────────────────────────────
def test_a_colleague_is_invited_with_roles_and_groups(cast: Cast, sign_in: SignIn) -> None:
    form = {**NEW, "groups": [cast.id("group_5"), cast.id("group_2")]}
    answer = sign_in("administrator").post(address(cast, "new_colleague"), form)
    assert answer.status_code == 303
    [card] = named("Wilhelmina")
    assert (card.email, card.joined_at, card.name) == (
        None,
        None,
        "Wilhelmina van der Bergh-van Ooijen",
    )
    assert roles_of(card.pk) == {"teacher"}
    lessons = all_of(TeachingAssignment.objects.filter(user=card))
    assert {one.group_id for one in lessons} == {cast.id("group_5"), cast.id("group_2")}
    [sent] = all_of(Invitation.objects.filter(person=card))
    assert (sent.email, sent.kind) == ("wilhelmina@kring.example", "staff")
    assert trail_of(card.pk) == [
        "employment.began",
        "assignment.began",
        "assignment.began",
        "invitation.sent",
    ]
    assert mail.outbox == []  # the worker sends


def test_a_substitute_needs_no_role_but_a_last_day(cast: Cast, sign_in: SignIn) -> None:
    form = {**NEW, "roles": [], "groups": [cast.id("group_5")], "kind": "substitute"}
    page = sign_in("principal").post(address(cast, "new_colleague"), form)
    assert page.status_code == 422
    assert named("Wilhelmina") == []
    yesterday = clock.today() - timedelta(days=1)
    page = sign_in("principal").post(address(cast, "new_colleague"), form | {"ends_on": yesterday})
    assert page.status_code == 422
    page = sign_in("principal").post(
        address(cast, "new_colleague"), form | {"ends_on": clock.today()}
    )
    assert page.status_code == 303
    [card] = named("Wilhelmina")
    [lesson] = all_of(TeachingAssignment.objects.filter(user=card))
    assert (lesson.kind, lesson.ends_on) == ("substitute", clock.today())


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"email": "geen adres"}, "geen adres"),
        ({"roles": []}, "wilhelmina@kring.example"),
        ({"roles": ["headmaster"]}, "wilhelmina@kring.example"),
        ({"roles": ["aftercare"]}, "wilhelmina@kring.example"),  # only at an after-school care
        ({"first_name": "\x00"}, "wilhelmina@kring.example"),
        ({"last_name": ""}, "wilhelmina@kring.example"),
        ({"groups": ["no group"]}, "wilhelmina@kring.example"),
        ({"kind": "queen"}, "wilhelmina@kring.example"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, wrong: dict[str, Any], kept: str
) -> None:
    page = sign_in("principal").post(address(cast, "new_colleague"), NEW | wrong)
    assert page.status_code == 422
    assert kept in page.text
    assert named("Wilhelmina") == []


def test_a_group_of_another_school_is_not_known_here(cast: Cast, sign_in: SignIn) -> None:
    for group in ("group_elsewhere", "bso"):
        form = NEW | {"groups": [cast.id(group)]}
        assert sign_in("principal").post(address(cast, "new_colleague"), form).status_code == 422
    assert named("Wilhelmina") == []


@pytest.mark.parametrize("role", ["principal", "administrator"])
def test_the_great_rights_are_asked_once_more(cast: Cast, sign_in: SignIn, role: str) -> None:
    form = NEW | {"roles": [role]}
    page = sign_in("administrator").post(address(cast, "new_colleague"), form)
    assert page.status_code == 422
    assert 'name="sure"' in page.text
    assert named("Wilhelmina") == []
    page = sign_in("administrator").post(address(cast, "new_colleague"), form | {"sure": "on"})
    assert page.status_code == 303
    [card] = named("Wilhelmina")
    assert roles_of(card.pk) == {role}


def test_an_invitation_goes_out_again_to_who_has_no_account(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    principal.post(address(cast, "new_colleague"), NEW)
    [card] = named("Wilhelmina")
    page = principal.get(address(cast, "staff_invitation", card.pk))
    assert "wilhelmina@kring.example" in page.text
    again = {"email": "mina@kring.example"}
    assert principal.post(address(cast, "staff_invitation", card.pk), again).status_code == 303
    mails = {one.email: one for one in all_of(Invitation.objects.filter(person=card))}
    assert mails["wilhelmina@kring.example"].revoked_at  # what went astray opens nothing
    assert mails["mina@kring.example"].revoked_at is None
    bad = principal.post(address(cast, "staff_invitation", card.pk), {"email": "x"})
    assert bad.status_code == 422
    assert principal.get(address(cast, "staff_invitation", "teacher")).status_code == 404


# ── proposals of an import ───────────────────────────────────────────────────
def proposal(cast: Cast, last_name: str, **fields: Any) -> StaffProposal:
    known = {"school_id": cast.id("wilgenhoek"), "source_id": str(uuid4()), "first_name": "Kim"}
    return factories.made(StaffProposal(**known | {"last_name": last_name} | fields))


def answers(row: StaffProposal, **given: Any) -> dict[str, Any]:
    return {f"{row.pk}-{name}": value for name, value in given.items()}


def test_proposals_are_settled_together(cast: Cast, sign_in: SignIn) -> None:
    yes = proposal(cast, "Ja", email="kim@kring.example", group_ids=[cast.id("group_5")])
    no, later = proposal(cast, "Nee"), proposal(cast, "Later")
    form = answers(
        yes,
        answer="yes",
        roles=["teacher"],
        groups=[cast.id("group_5")],
        email="kim@kring.example",
    )
    form |= answers(no, answer="no") | answers(later, answer="later")
    principal = sign_in("principal")
    assert "Ja" in principal.get(address(cast, "proposals")).text
    assert principal.post(address(cast, "proposals"), form).status_code == 303
    [card] = named("Kim")
    assert roles_of(card.pk) == {"teacher"}
    [role] = all_of(Employment.objects.filter(user=card))
    assert role.source_id == yes.source_id  # so that the next import knows this person
    assert all_of(Invitation.objects.filter(person=card))
    standing = {one.last_name: one for one in all_of(StaffProposal.objects.all())}
    assert (standing["Ja"].was_accepted, standing["Nee"].was_accepted) == (True, False)
    assert standing["Nee"].settled_at
    assert not standing["Later"].settled_at


def test_a_role_of_a_file_gives_nothing_by_itself(cast: Cast, sign_in: SignIn) -> None:
    row = proposal(cast, "Ja", roles=["principal"])
    without = answers(row, answer="yes", roles=[])
    page = sign_in("principal").post(address(cast, "proposals"), without)
    assert page.status_code == 422
    great = answers(row, answer="yes", roles=["principal"])
    page = sign_in("principal").post(address(cast, "proposals"), great)
    assert page.status_code == 422
    assert f"{row.pk}-sure" in page.text
    assert named("Kim") == []
    page = sign_in("principal").post(address(cast, "proposals"), great | answers(row, sure="on"))
    assert page.status_code == 303
    [card] = named("Kim")
    assert roles_of(card.pk) == {"principal"}
    assert not all_of(Invitation.objects.filter(person=card))  # no address, no mail


def test_yes_is_filled_in_for_all_but_those_who_would_lead(cast: Cast, sign_in: SignIn) -> None:
    plain = proposal(cast, "Ja", roles=["teacher"])
    leader = proposal(cast, "Baas", roles=["principal"])
    nothing = proposal(cast, "Niets", roles=[])
    page = sign_in("principal").get(address(cast, "proposals"), {"answer": "yes"})
    chosen = {row.pk: says_yes(page.text, row) for row in (plain, leader, nothing)}
    assert chosen == {plain.pk: True, leader.pk: False, nothing.pk: False}
    assert f'name="{leader.pk}-sure"' in page.text  # asked before it goes wrong
    assert f'name="{plain.pk}-sure"' not in page.text
    assert not says_yes(sign_in("principal").get(address(cast, "proposals")).text, plain)


def says_yes(page: str, row: StaffProposal) -> bool:
    field = re.search(rf'<input[^>]*name="{row.pk}-answer"[^>]*value="yes"[^>]*>', page)
    assert field
    return "checked" in field[0]


def test_a_teaching_assistant_helps_in_the_group_and_a_supervisor_stands_in_none(
    cast: Cast, sign_in: SignIn, viewer: Any
) -> None:
    groups = {"group_ids": [cast.id("group_5")]}
    aide = proposal(cast, "Hulp", roles=["aide"], **groups)
    coach = proposal(cast, "Begeleider", roles=["counselor"], **groups)
    text = sign_in("principal").get(address(cast, "proposals")).text
    for row, ticked in ((aide, True), (coach, False)):
        box = re.search(rf'<input[^>]*name="{row.pk}-groups"[^>]*{cast.id("group_5")}[^>]*>', text)
        assert box
        assert ("checked" in box[0]) is ticked
    by = viewer("principal")
    with seen_by(by):
        card = aide.accept(["aide"], [Group.objects.get(pk=cast.id("group_5"))], by=by)
    assert card
    [lesson] = all_of(TeachingAssignment.objects.filter(user=card))
    assert lesson.kind == TeachingAssignment.Kind.AIDE


def test_a_proposal_is_settled_once(cast: Cast, viewer: Any) -> None:
    row, by = proposal(cast, "Ja"), viewer("principal")
    with seen_by(by):
        assert row.accept(["teacher"], [], by=by)
        assert row.accept(["teacher"], [], by=by) is None
        assert not row.decline(by=by)
    assert len(named("Kim")) == 1


def test_a_proposal_of_another_school_is_nobodys_business(cast: Cast, sign_in: SignIn) -> None:
    row = proposal(cast, "Elders", school_id=cast.id("kompas"))
    principal = sign_in("principal")
    assert "Elders" not in principal.get(address(cast, "proposals")).text
    form = answers(row, answer="yes", roles=["teacher"])
    principal.post(address(cast, "proposals"), form)
    assert named("Kim") == []


def test_the_same_role_twice_is_one(cast: Cast, viewer: Any) -> None:
    by = viewer("principal")
    told: dict[str, Any] = {"school_id": cast.id("wilgenhoek"), "by": by}
    with seen_by(by):
        assert not Employment.begin(cast.id("teacher"), role="teacher", **told)
        with pytest.raises(IntegrityError):
            Employment.begin(cast.id("teacher"), role=None, **told)  # type: ignore[arg-type]
    assert trail_of(cast.id("teacher")) == []


def test_the_list_says_how_far_somebody_is(cast: Cast, sign_in: SignIn) -> None:
    principal, page = sign_in("principal"), address(cast, "staff")
    card = factories.person("Trudy")
    employed(cast, card.pk, "teacher")

    def said() -> str:
        [one] = principal.get(page, {"query": "trudy"}).context["colleagues"]
        return str(one.connection)

    before = said()
    principal.post(address(cast, "staff_invitation", card.pk), {"email": "t@kring.example"})
    invited = said()
    [sent] = all_of(Invitation.objects.filter(person=card))
    cast.change(sent, expires_at=clock.now() - timedelta(days=1))
    late = said()
    cast.change(sent, failed_at=clock.now())
    bounced = said()
    assert len({before, invited, late, bounced}) == 4


# ── roles and groups ─────────────────────────────────────────────────────────
def test_roles_and_the_name_for_children_change(cast: Cast, sign_in: SignIn) -> None:
    page = address(cast, "colleague", "aide")
    form = {"roles": ["aide", "teacher"], "called": "meester Noud"}
    assert sign_in("principal").post(page, form).status_code == 303
    assert roles_of(cast.id("aide")) == {"aide", "teacher"}
    held = all_of(Employment.objects.filter(user=cast.id("aide")))
    assert {one.called for one in held} == {"meester Noud"}
    assert sign_in("principal").post(page, form | {"roles": ["teacher"]}).status_code == 303
    assert roles_of(cast.id("aide")) == {"teacher"}
    assert trail_of(cast.id("aide")) == [
        "employment.began",
        "employment.changed",
        "employment.ended",
    ]
    assert sign_in("principal").post(page, {"roles": []}).status_code == 422


def test_the_page_shows_what_is_held_now(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").get(address(cast, "colleague", "counselor"))
    assert page.context["form"]["roles"].value() == ["counselor"]
    assert page.text.count(" checked") == 1


def test_who_left_can_come_back(cast: Cast, sign_in: SignIn) -> None:
    page = address(cast, "colleague", "substitute_yesterday")
    assert sign_in("principal").post(page, {"roles": ["teacher"]}).status_code == 303
    assert roles_of(cast.id("substitute_yesterday")) == {"teacher"}


def test_somebody_who_never_worked_here_is_no_colleague(cast: Cast, sign_in: SignIn) -> None:
    for key in ("mother", "principal_elsewhere"):
        for page in ("colleague", "new_assignment", "staff_leaving", "staff_invitation"):
            assert sign_in("principal").get(address(cast, page, key)).status_code == 404
        form = {"roles": ["teacher"]}
        answer = sign_in("principal").post(address(cast, "colleague", key), form)
        assert answer.status_code == 404
        assert roles_of(cast.id(key)) <= {"principal"}


def test_an_administrator_makes_herself_principal_not_unnoticed(
    cast: Cast, sign_in: SignIn
) -> None:
    page = address(cast, "colleague", "administrator")
    form = {"roles": ["administrator", "principal"]}
    answer = sign_in("administrator").post(page, form)
    assert answer.status_code == 422
    assert sign_in("administrator").post(page, form | {"sure": "on"}).status_code == 303
    assert trail_of(cast.id("administrator")) == ["employment.began"]


def test_the_office_corrects_a_name(cast: Cast, sign_in: SignIn) -> None:
    page = address(cast, "colleague_name", "teacher")
    right = {"first_name": "Sanna", "infix": "", "last_name": "Verhoeven"}
    administrator = sign_in("administrator")
    for _twice in range(2):
        assert administrator.post(page, right).status_code == 303
    assert cast.teacher.name == "Sanna Verhoeven"
    assert cast.teacher.email == "teacher@kring.example"
    assert trail_of(cast.id("teacher")) == ["person.renamed"]
    assert administrator.post(page, right | {"last_name": ""}).status_code == 422
    assert "Sanna" in administrator.get(page).text
    former = address(cast, "colleague_name", "substitute_yesterday")
    assert administrator.get(former).status_code == 404


def test_a_group_is_given_changed_and_ended(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    form = {"group": cast.id("group_6"), "kind": "teacher", "weekdays": ["1", "2"]}
    given = address(cast, "new_assignment", "teacher")
    assert principal.post(given, form).status_code == 303
    assert principal.post(given, form).status_code == 422  # twice
    lessons = TeachingAssignment.objects.filter(user=cast.id("teacher"), group=cast.id("group_6"))
    [lesson] = all_of(lessons)
    assert lesson.weekdays == [1, 2]
    one = address(cast, "assignment", "teacher", lesson.pk)
    assert principal.post(one, {"kind": "substitute"}).status_code == 422
    until = clock.today() + timedelta(days=7)
    changed = {"kind": "substitute", "weekdays": ["5"], "ends_on": until}
    assert principal.post(one, changed).status_code == 303
    assert principal.post(one, changed).status_code == 303  # the same again notes nothing
    past = changed | {"ends_on": clock.today() - timedelta(days=1)}
    assert principal.post(one, past).status_code == 422
    end = address(cast, "assignment_end", "teacher", lesson.pk)
    assert principal.post(end).status_code == 303
    assert principal.post(end).status_code == 404
    [lesson] = all_of(lessons)
    assert lesson.ends_on == clock.today() - timedelta(days=1)
    assert cast.id("group_6") not in cast.viewer("teacher").taught_group_ids
    assert trail_of(cast.id("teacher")) == [
        "assignment.began",
        "assignment.changed",
        "assignment.ended",
    ]


def test_an_assignment_of_somebody_else_or_elsewhere_is_not_there(
    cast: Cast, sign_in: SignIn
) -> None:
    [lesson] = all_of(TeachingAssignment.objects.filter(user=cast.id("teacher")))
    principal = sign_in("principal")
    assert principal.get(address(cast, "assignment", "aide", lesson.pk)).status_code == 404
    assert principal.post(address(cast, "assignment_end", "aide", lesson.pk)).status_code == 404
    elsewhere = {"group": cast.id("group_elsewhere"), "kind": "teacher"}
    answer = principal.post(address(cast, "new_assignment", "teacher"), elsewhere)
    assert answer.status_code == 422


def queries(client: Client, url: str) -> int:
    asked = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert client.get(url).status_code == 200
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in asked)


@pytest.mark.parametrize("page", ["staff", "start", "groups", "proposals"])
def test_a_page_asks_as_often_for_many_colleagues(cast: Cast, sign_in: SignIn, page: str) -> None:
    principal = sign_in("principal")
    principal.get(address(cast, page))
    few = queries(principal, address(cast, page))
    for number in range(30):
        somebody = factories.person(f"Juf {number}")
        employed(cast, somebody.pk, "teacher")
        proposal(cast, f"Nieuw {number}")
    many = queries(principal, address(cast, page))
    assert many == few
    beside = 2  # a test stands in a transaction: what was set is read before, and set again
    assert many - beside == {"start": 24, "staff": 11, "groups": 10, "proposals": 8}[page]
