"""Two accounts of one person become one, at one school."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining import merging
from kring.joining.tests.coming_in import Home, home
from kring.schools.models import Employment, Guardianship, Household, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.database import Urls
from tests.faults.at_once import gate
from tests.unlocked import unlocked

DAY = timedelta(days=1)

type SignIn = Callable[[str], Client]


@pytest.fixture
def puck(cast: Cast) -> Home:
    return home(cast)


@pytest.fixture
def second(puck: Home, cast: Cast) -> User:
    """The other account of the mother, with a child of its own."""
    names = {"first_name": cast.mother.first_name, "last_name": cast.mother.last_name}
    person = factories.person(**names, email="fatima2@kring.example", joined_at=clock.now())
    with unlocked():
        Guardianship.objects.filter(pk=puck.mother.pk).update(guardian=person)
    return person


def address(cast: Cast, one: User, other: User, school: str = "wilgenhoek") -> str:
    return reverse("inviting:merge", args=[cast.id(school), one.pk, other.pk])


def test_the_office_sees_what_moves_and_moves_it(
    puck: Home, second: User, cast: Cast, sign_in: SignIn
) -> None:
    here, page = sign_in("administrator"), address(cast, second, cast.mother)
    assert "Puck Jansen" in here.get(page).content.decode()
    assert puck.guardian(puck.mother) == second
    assert here.post(page).status_code == 302
    assert puck.guardian(puck.mother) == cast.mother
    with unlocked():
        assert User.objects.get(pk=second.pk).signed_out_at  # no school knows it any more
        lines = AuditEntry.objects.filter(person_id=cast.mother.pk).values_list("verb", flat=True)
        assert {"account.merged", "guardianship.merged"} <= set(lines)
    assert here.get(page).status_code == 404  # it has nothing here any more


def test_an_account_that_another_school_knows_stays_signed_in(
    puck: Home, second: User, cast: Cast, sign_in: SignIn
) -> None:
    elsewhere = home(cast, school="kompas", group="group_elsewhere")
    factories.guarded(elsewhere.child, second.pk)
    sign_in("administrator").post(address(cast, second, cast.mother))
    assert puck.guardian(puck.mother) == cast.mother
    with unlocked():
        assert User.objects.get(pk=second.pk).signed_out_at is None
    assert elsewhere.places()["Fatima"] == "other in_care"


def test_only_the_keepers_of_the_books_and_only_at_their_school(
    puck: Home, second: User, cast: Cast, sign_in: SignIn
) -> None:
    for key in ("principal", "teacher", "mother", "principal_elsewhere"):
        assert sign_in(key).post(address(cast, second, cast.mother)).status_code == 404, key
    here = sign_in("administrator")
    assert here.post(address(cast, second, cast.mother, "vijver")).status_code == 404
    assert here.post(address(cast, second, cast.guardian_elsewhere)).status_code == 404
    assert here.post(address(cast, second, second)).status_code == 404
    card = puck.guardian(puck.father)  # nobody can sign in with it
    assert here.post(address(cast, second, card)).status_code == 404
    assert puck.guardian(puck.mother) == second


def test_what_contradicts_is_refused_by_name(
    puck: Home, second: User, cast: Cast, sign_in: SignIn
) -> None:
    factories.guarded(puck.child, cast.mother.pk, access="withheld")
    here, page = sign_in("administrator"), address(cast, second, cast.mother)
    assert here.get(page).status_code == 200
    answer = here.post(page)
    assert answer.status_code == 409
    assert "Puck Jansen" in answer.content.decode()
    assert puck.guardian(puck.mother) == second


@pytest.mark.parametrize("said", [{"relation": "father"}, {"access": "informed"}])
def test_a_mother_is_not_the_father(
    puck: Home, second: User, cast: Cast, said: dict[str, str]
) -> None:
    factories.guarded(puck.child, cast.mother.pk, **said)
    assert not merged(cast, second, cast.mother)


def test_nor_is_who_lives_in_another_home(puck: Home, second: User, cast: Cast) -> None:
    other = factories.made(Household(school_id=puck.child.school_id))
    factories.guarded(puck.child, cast.mother.pk, relation="mother", household=other)
    assert not merged(cast, second, cast.mother)


def test_what_both_have_stays_once(puck: Home, second: User, cast: Cast) -> None:
    own = factories.guarded(puck.child, cast.mother.pk, relation="mother")
    assert merged(cast, second, cast.mother)
    with unlocked():
        standing = Guardianship.objects.filter(student=puck.child, ends_at=None)
        assert own in standing
        assert puck.mother not in standing


def test_ties_one_after_the_other_both_move(puck: Home, second: User, cast: Cast) -> None:
    before = puck.mother.starts_at
    former = {"starts_at": before - DAY, "ends_at": before}
    factories.guarded(puck.child, cast.mother.pk, access="informed", **former)
    assert merged(cast, second, cast.mother)
    assert puck.guardian(puck.mother) == cast.mother


def test_roles_and_lessons_go_along(second: User, cast: Cast) -> None:
    school = {"school_id": cast.id("wilgenhoek"), "user": second, "starts_on": clock.today()}
    factories.made(Employment(role="teacher", **school))
    factories.made(Employment(role="counselor", **school))
    factories.made(TeachingAssignment(group=cast.group_6, **school))
    assert merged(cast, second, cast.teacher)
    with unlocked():
        roles = Employment.objects.filter(user=cast.teacher, ends_on=None)
        assert sorted(one.role for one in roles) == ["counselor", "teacher"]
        assert TeachingAssignment.objects.filter(user=cast.teacher, group=cast.group_6).exists()
        assert not Employment.objects.filter(user=second, ends_on=None).exists()


def test_where_there_is_nothing_to_move_nothing_happens(cast: Cast) -> None:
    assert not merged(cast, cast.ex_guardian, cast.mother)


def test_a_waiting_card_merges_into_an_account(puck: Home, cast: Cast) -> None:
    assert merged(cast, puck.guardian(puck.mother), cast.mother)
    assert puck.guardian(puck.mother) == cast.mother


def test_sessions_of_who_is_tied_stay(cast: Cast) -> None:
    assert not merging.close_if_untied(cast.mother)
    assert not UserSession.objects.filter(user=cast.mother).exists()


def merged(cast: Cast, one: User, other: User) -> bool:
    viewer = cast.viewer("administrator")
    with seen_by(viewer):
        return merging.merge(one, other, cast.wilgenhoek, viewer)


# ── what no merge does ───────────────────────────────────────────────────────
def refused(cast: Cast, one: User, other: User, here: Client) -> str:
    answer = here.post(address(cast, one, other))
    assert answer.status_code == 409
    return answer.content.decode()


def work(cast: Cast, person: User, role: str) -> None:
    school = {"school_id": cast.id("wilgenhoek"), "user": person, "starts_on": clock.today()}
    factories.made(Employment(role=role, **school))


def test_people_of_two_names_are_not_merged_unless_they_have_one_address(
    puck: Home, cast: Cast, sign_in: SignIn
) -> None:
    here, card = sign_in("administrator"), puck.guardian(puck.mother)
    assert here.post(address(cast, card, cast.mother)).status_code == 404
    cast.change(puck.mother, email=str(cast.mother.email).upper())
    assert here.post(address(cast, card, cast.mother)).status_code == 302
    assert puck.guardian(puck.mother) == cast.mother


def test_the_work_of_who_has_not_come_in_stays_where_it_waits(
    second: User, cast: Cast, sign_in: SignIn
) -> None:
    cast.change(second, joined_at=None, email=None)
    work(cast, second, "teacher")
    shown = refused(cast, second, cast.mother, sign_in("administrator"))
    with override("nl"):
        assert str(merging.COLLEAGUE) in shown


def test_nobody_comes_to_lead_a_school_by_a_merge(
    second: User, cast: Cast, sign_in: SignIn
) -> None:
    work(cast, second, "principal")
    work(cast, cast.mother, "teacher")
    refused(cast, second, cast.mother, sign_in("administrator"))
    with unlocked():
        assert Employment.objects.get(user=second).role == "principal"


def test_nor_to_work_at_one(second: User, cast: Cast, sign_in: SignIn) -> None:
    work(cast, second, "teacher")
    refused(cast, second, cast.mother, sign_in("administrator"))


@pytest.mark.parametrize("said", [{"asked_at": clock.now()}, {"access": "withheld"}])
def test_nothing_moves_to_who_waits_for_an_answer_or_is_kept_from_a_child(
    puck: Home, second: User, cast: Cast, sign_in: SignIn, said: dict[str, Any]
) -> None:
    other = home(cast, first_name="Mees")
    factories.guarded(other.child, cast.mother.pk, **said)
    refused(cast, second, cast.mother, sign_in("administrator"))
    assert puck.guardian(puck.mother) == second


def test_an_open_question_is_not_got_round(puck: Home, second: User, cast: Cast) -> None:
    cast.change(puck.mother, asked_at=clock.now(), access="withheld")
    assert not merged(cast, second, cast.mother)
    cast.change(puck.mother, access="in_care")
    assert merged(cast, second, cast.mother)  # who sees the child already: this is an answer
    with unlocked():
        assert Guardianship.objects.get(pk=puck.mother.pk).asked_at is None


def test_the_person_of_the_account_that_goes_gets_a_mail(
    puck: Home, second: User, cast: Cast, sign_in: SignIn
) -> None:
    sign_in("administrator").post(address(cast, second, cast.mother))
    [told] = mail.outbox
    assert told.to == [second.email]
    assert cast.wilgenhoek.name in str(told.body)


def test_what_somebody_took_meanwhile_is_not_merged(own_database: Urls) -> None:
    cast = Cast()
    made, into = home(cast), cast.mother
    card, claimant = made.guardian(made.mother), cast.english_mother
    taken = "UPDATE schools_guardianship SET guardian_id = %s WHERE id = %s"
    with gate(own_database, taken, claimant.pk, made.mother.pk) as held:
        begun = held.keep(partial(merged, cast, card, into))
    assert not begun.result()
    assert made.guardian(made.mother) == claimant
