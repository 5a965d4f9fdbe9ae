"""The call list: who stands on it, who takes whom, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch
from kring.events.models import AuditEntry
from kring.feed.calling import CallList
from kring.feed.models import Call, Post
from kring.feed.models.call import CLAIM_LASTS, LONGEST_NOTE, TakenError
from kring.feed.tests.urgent import calls, key, left, mourn, page, take, urgent
from kring.notifications.models import Bounce, Delivery
from kring.schools.models import Guardianship, Household
from tests import factories
from tests.cast import Cast, let_in
from tests.database import Urls
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

FAMILIES = 24  # of group 5
TAKEN_LONG_AGO = CLAIM_LASTS + factories.MINUTE


def own_call(cast: Cast, who: str) -> Call:
    """The last call of this person."""
    with unlocked():
        return Call.objects.filter(caller=cast.id(who)).latest("claimed_at")


def told(client: Client, post: Post, call: Call, outcome: str, said: str = "") -> int:
    """Say how it went."""
    form = {"outcome": outcome, "said": said}
    return client.post(calls(post, call.pk, "outcome"), form).status_code


def child_alone(cast: Cast) -> str:
    """A child of whom no parent is known, as the list knows its family."""
    child = factories.student(cast.id("wilgenhoek"), "Puck")
    factories.enrolled(child, cast.id("group_5"))
    return str(child.pk)


# ── who stands on it ─────────────────────────────────────────────────────────
def test_every_family_that_has_not_read_it_stands_on_it(cast: Cast, sign_in: SignIn) -> None:
    post, alone = urgent(cast), child_alone(cast)
    shown = page(sign_in("administrator"), post)
    known = {key(cast, who) for who in ("mother", "co_parent", "teacher_parent", "english_mother")}
    assert left(shown) >= known | {alone}
    assert len(left(shown)) == FAMILIES + 1
    assert "Joris van der Meulen" in shown
    assert 'href="tel:+31600000002"' in shown
    assert "Rutger" not in shown  # informed only: counted apart
    assert "Kees" not in shown  # withheld


@pytest.mark.parametrize("by", ["reading", "confirmation"])
def test_a_family_that_read_or_confirmed_it_drops_off_at_once(
    cast: Cast, sign_in: SignIn, by: str
) -> None:
    post = urgent(cast)
    office = sign_in("administrator")
    getattr(factories, by)(post, cast.id("co_parent"))
    shown = page(office, post)
    assert key(cast, "co_parent") not in left(shown)
    assert key(cast, "mother") in left(shown)  # two homes are two families
    assert "+31600000002" not in shown  # nobody need call there any more


def test_siblings_in_one_home_are_called_once(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast, "wilgenhoek", by="principal")
    shown = page(sign_in("administrator"), post)
    assert shown.count(f'value="{key(cast, "mother")}"') == 1
    assert re.search(r"Noor Amrani, Sam van der Meulen", shown)


def test_parents_in_one_home_are_one_family_and_both_numbers_stand_there(
    cast: Cast, sign_in: SignIn
) -> None:
    with unlocked():
        home = Household.objects.create(school_id=cast.id("wilgenhoek"))
        Guardianship.objects.filter(student=cast.sam).update(household=home)
    post = urgent(cast, "sam")
    shown = page(sign_in("teacher"), post)
    assert left(shown) == {str(min(cast.id("mother"), cast.id("co_parent")))}
    assert 'href="tel:+31600000001"' in shown
    assert 'href="tel:+31600000002"' in shown


def tell_all(post: Post) -> None:
    """The worker tells of it, over the ways that there are."""
    dispatch(school_id=str(post.school_id), event_id=str(factories.event(post).pk))


def of_mail(cast: Cast, who: str, **fields: Any) -> None:
    """What became of the mail to this person."""
    with unlocked():
        assert Delivery.objects.filter(person=cast.id(who), channel="email").update(**fields)


def test_before_it_opens_only_those_are_called_whom_nothing_reaches(
    cast: Cast, sign_in: SignIn
) -> None:
    mourn(cast, "bram")
    cast.change(cast.english_mother, joined_at=None)
    cast.change(cast.co_parent, email=None)  # connected, and nothing goes there all the same
    post = urgent(cast, call_at=clock.now() + timedelta(minutes=25))
    alone = child_alone(cast)
    tell_all(post)
    office = sign_in("administrator")
    before = left(page(office, post))
    out = {key(cast, who) for who in ("teacher_parent", "english_mother", "co_parent")}
    assert before >= out | {alone}
    assert len(before) == len(out) + 2  # family 7 never came in
    take(office, post, key(cast, "mother"))
    with unlocked():
        assert not Call.objects.exists()


@pytest.mark.parametrize("state", ["failed", "dead", "skipped", "bounced"])
def test_before_it_opens_a_family_whose_mail_did_not_go_is_called(
    cast: Cast, sign_in: SignIn, state: str
) -> None:
    post = urgent(cast, call_at=clock.now() + timedelta(minutes=25))
    tell_all(post)
    office = sign_in("administrator")
    assert key(cast, "mother") not in left(page(office, post))
    if state == "bounced":
        of_mail(cast, "mother", state="sent")
        with unlocked():
            mail = Delivery.objects.get(person=cast.mother)
        told_back = {"mail_id": mail.pk, "is_hard": True, "address": "x" * 64}
        factories.made(Bounce(school_id=post.school_id, person=cast.mother, **told_back))
    else:
        of_mail(cast, "mother", state=state)
    assert key(cast, "mother") in left(page(office, post))


def test_in_the_first_minute_who_is_connected_is_not_called_yet(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast, call_at=clock.now() + timedelta(minutes=25), ago=timedelta(seconds=30))
    office = sign_in("administrator")
    assert len(left(page(office, post))) == 1  # family 7 never came in
    late = urgent(cast, call_at=clock.now() + timedelta(minutes=25))  # and nobody was told
    assert key(cast, "mother") in left(page(office, late))


def test_the_office_opens_it_sooner_by_hand(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast, call_at=clock.now() + timedelta(minutes=25))
    office = sign_in("administrator")
    for _ in range(2):
        assert office.post(calls(post, act="opening")).status_code == 303
    assert key(cast, "mother") in left(page(office, post))
    with unlocked():
        assert AuditEntry.objects.filter(verb="calls.opened").count() == 1


def test_a_colleague_who_neither_wrote_it_nor_leads_does_not_open_it(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast, call_at=None)
    tell_all(post)
    duo = sign_in("duo_teacher")
    duo.post(calls(post, act="opening"))
    assert key(cast, "mother") not in left(page(duo, post))
    sign_in("teacher").post(calls(post, act="opening"))
    assert key(cast, "mother") in left(page(duo, post))


def test_a_family_that_mourns_stands_on_top_and_is_for_the_office(
    cast: Cast, sign_in: SignIn
) -> None:
    post = urgent(cast)
    mourn(cast, "daniel")
    office, teacher = page(sign_in("administrator"), post), page(sign_in("teacher"), post)
    assert office.index("Grace Okafor") < office.index("Fatima Amrani")
    assert re.search(r"Rouw|Mourning", office)
    assert key(cast, "english_mother") in left(office)
    assert "Grace Okafor" in teacher
    assert not re.search(r"Rouw|Mourning", teacher)  # why, is not told
    assert "+31600000006" not in teacher
    assert key(cast, "english_mother") not in left(teacher)
    take(sign_in("teacher"), post, key(cast, "english_mother"))
    with unlocked():
        assert not Call.objects.exists()


def test_what_a_school_wrote_down_of_mourning_stays_there(cast: Cast, sign_in: SignIn) -> None:
    """The after-school care meets only that nothing goes there by itself, and may call."""
    post = urgent(cast, "vijver", by="aftercare")
    factories.mourning(cast.sam)
    shown = page(sign_in("aftercare"), post)
    assert not re.search(r"Rouw|Mourning|grieving", shown)
    assert key(cast, "mother") in left(shown)
    take(sign_in("aftercare"), post, key(cast, "mother"))
    with unlocked():
        assert Call.objects.count() == 1


def test_a_teacher_sees_only_that_the_office_calls(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    factories.mourning(cast.sam)
    shown = page(sign_in("teacher"), post)
    assert not re.search(r"Rouw|Mourning|grieving", shown)
    assert "grieving" in page(sign_in("administrator"), post)


def test_a_family_without_a_number_says_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    with unlocked():
        Guardianship.objects.filter(guardian=cast.co_parent).update(telephone="")
    post = urgent(cast, "sam")
    office, teacher = page(sign_in("administrator"), post), page(sign_in("teacher"), post)
    where = f"/office/{cast.id('wilgenhoek')}/children/{cast.id('sam')}/"
    assert where in office
    assert where not in teacher
    assert key(cast, "co_parent") in left(teacher)


def test_a_guardian_who_was_shut_out_stands_on_no_list(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    office = sign_in("administrator")
    take(office, post, key(cast, "co_parent"))
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - factories.MINUTE)
    shown = page(office, post)
    assert "Joris" not in shown
    assert "+31600000002" not in shown
    assert told(office, post, own_call(cast, "administrator"), "reached") == 303


@pytest.mark.parametrize("what", ["withdrawn", "asks nothing", "to the staff", "not out"])
def test_there_is_no_list_of_what_nobody_need_read(cast: Cast, sign_in: SignIn, what: str) -> None:
    made: dict[str, dict[str, Any]] = {
        "withdrawn": {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")},
        "asks nothing": {"is_urgent": False, "asks_reading": False},
        "to the staff": {},
        "not out": {"ago": -timedelta(minutes=5)},
    }
    to = "staff of wilgenhoek" if what == "to the staff" else "group_5"
    post = urgent(cast, to, by="principal", **made[what])
    for who in ("principal", "administrator", "teacher"):
        assert sign_in(who).get(calls(post)).status_code == 404


def test_a_broadcast_to_school_and_bso_is_called_about_once(cast: Cast, sign_in: SignIn) -> None:
    at_school = urgent(cast, "wilgenhoek", by="principal")
    at_bso = urgent(cast, "vijver", by="aftercare", card_id=at_school.card_id)
    carer, office = sign_in("aftercare"), sign_in("administrator")
    assert left(page(carer, at_bso)) == {key(cast, "mother")}
    take(carer, at_bso, key(cast, "mother"))
    shown = take(office, at_school, key(cast, "mother"))
    assert re.search(r"Iemand anders belt|Somebody else is calling", shown)
    assert carer.get(calls(at_school)).status_code == 404


# ── who takes whom ───────────────────────────────────────────────────────────
def test_who_takes_a_family_has_it_and_the_other_is_told_who(cast: Cast, sign_in: SignIn) -> None:
    post, family = urgent(cast), key(cast, "co_parent")
    office, principal = sign_in("administrator"), sign_in("principal")
    assert "+31600000002" in take(office, post, family)
    shown = take(principal, post, family)
    assert "Corrie Jansma" in shown
    assert family not in left(shown)
    assert family in shown
    with unlocked():
        assert Call.objects.count() == 1
    take(office, post, family)
    with unlocked():
        assert Call.objects.count() == 1


def test_two_at_once_one_gets_it(own_database: Urls) -> None:
    cast, start = Cast(), Barrier(2)
    post = urgent(cast)

    def takes(who: str) -> bool:
        by = cast.viewer(who)
        try:
            with seen_by(by):
                found = CallList.of(by, post.pk)
                assert found.lines  # both have looked before either takes
                start.wait()
                return found.take(cast.id("co_parent")) is not None
        except TakenError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(takes, who) for who in ("administrator", "principal")]
        assert sorted(one.result() for one in done) == [False, True]
    with unlocked():
        assert Call.objects.count() == 1


def test_a_claim_that_lapsed_is_free_and_its_caller_may_still_say_how_it_went(
    cast: Cast, sign_in: SignIn
) -> None:
    post, family = urgent(cast), key(cast, "co_parent")
    office, principal = sign_in("administrator"), sign_in("principal")
    take(office, post, family)
    first = own_call(cast, "administrator")
    cast.change(first, claimed_at=clock.now() - TAKEN_LONG_AGO)
    assert "/outcome/" in page(office, post)
    take(principal, post, family)
    assert own_call(cast, "principal").ended_at is None
    assert told(office, post, first, "reached", "Na twaalf minuten.") == 303
    shown = page(principal, post)
    assert "Na twaalf minuten." in shown
    assert re.search(r"Een ander heeft dit gezin|Somebody else reached this family", shown)


def test_a_family_left_to_a_colleague_is_free(cast: Cast, sign_in: SignIn) -> None:
    post, family = urgent(cast), key(cast, "co_parent")
    office = sign_in("administrator")
    take(office, post, family)
    call = own_call(cast, "administrator")
    assert sign_in("principal").post(calls(post, call.pk, "removal")).status_code == 404
    assert office.post(calls(post, call.pk, "removal")).status_code == 303
    assert office.post(calls(post, call.pk, "removal")).status_code == 404
    assert family in left(page(sign_in("principal"), post))


def test_who_reads_it_while_being_called_is_told_to_the_caller(cast: Cast, sign_in: SignIn) -> None:
    post, family = urgent(cast), key(cast, "co_parent")
    office = sign_in("administrator")
    take(office, post, family)
    factories.reading(post, cast.id("co_parent"))
    live = office.get(calls(post), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in live
    assert f'id="state-{own_call(cast, "administrator").pk}" hx-swap-oob="true"' in live
    assert re.search(r"heeft het bericht intussen gelezen|has read the message meanwhile", live)


# ── how it went ──────────────────────────────────────────────────────────────
def test_every_call_is_kept_with_who_and_when_and_what(cast: Cast, sign_in: SignIn) -> None:
    post, family = urgent(cast), key(cast, "co_parent")
    office, principal = sign_in("administrator"), sign_in("principal")
    take(office, post, family)
    told(office, post, own_call(cast, "administrator"), "not_reached", "Voicemail.")
    shown = page(principal, post)
    assert "Voicemail." in shown
    assert family in left(shown)
    take(principal, post, family)
    told(principal, post, own_call(cast, "principal"), "reached", "Komt <b>eraan</b>.")
    shown = page(office, post)
    assert family not in left(shown)
    assert shown.index("Voicemail.") < shown.index("Komt &lt;b&gt;eraan&lt;/b&gt;.")
    assert shown.index("Voicemail.") > shown.index("Fatima Amrani")  # at the bottom
    with unlocked():
        assert AuditEntry.objects.filter(verb="call.ended", student_id=cast.id("sam")).count() == 2


def test_saying_it_twice_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    office = sign_in("administrator")
    take(office, post, key(cast, "co_parent"))
    call = own_call(cast, "administrator")
    told(office, post, call, "reached", "Eén.")
    told(office, post, call, "not_reached", "Twee.")
    call = own_call(cast, "administrator")
    assert (call.outcome, call.said) == ("reached", "Eén.")


@pytest.mark.parametrize(
    ("outcome", "said"), [("", ""), ("maybe", ""), ("reached", "a" * (LONGEST_NOTE + 1))]
)
def test_what_is_no_answer_is_refused_and_kept(
    cast: Cast, sign_in: SignIn, outcome: str, said: str
) -> None:
    post = urgent(cast)
    office = sign_in("administrator")
    take(office, post, key(cast, "co_parent"))
    call = own_call(cast, "administrator")
    assert told(office, post, call, outcome, said) == 422
    assert own_call(cast, "administrator").outcome == ""


def test_the_call_of_a_colleague_is_not_mine_to_end(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    take(sign_in("administrator"), post, key(cast, "co_parent"))
    call = own_call(cast, "administrator")
    assert told(sign_in("principal"), post, call, "reached") == 404
    principal = cast.viewer("principal")
    with seen_by(principal):
        assert not call.end(Call.Outcome.REACHED, by=principal)
        assert not call.release(by=principal)


@pytest.mark.parametrize("asked", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_a_family_that_is_none_is_not_taken(cast: Cast, sign_in: SignIn, asked: str) -> None:
    post = urgent(cast)
    take(sign_in("administrator"), post, asked)
    with unlocked():
        assert not Call.objects.exists()


def test_a_family_of_another_group_is_not_taken(cast: Cast, sign_in: SignIn) -> None:
    post = urgent(cast)
    take(sign_in("administrator"), post, str(cast.id("guardian_elsewhere")))
    with unlocked():
        assert not Call.objects.exists()


def test_a_call_list_of_three_hundred_families_asks_as_often_as_one_of_a_class(
    own_database: Urls,
) -> None:
    cast = Cast()
    post = urgent(cast)
    office = Client()
    let_in(office, cast.administrator)
    few = asked(office, post)
    for number in range(300):
        child = factories.student(cast.id("wilgenhoek"), f"Kind {number}")
        factories.enrolled(child, cast.id("group_5"))
        parent = factories.person(f"Ouder {number}", email=f"n{number}@post.example")
        factories.guarded(child, parent.pk, telephone=f"+316{number:08}")
    assert asked(office, post) == few
    assert len(left(page(office, post))) == FAMILIES + 300


def asked(client: Client, post: Post) -> int:
    """How many queries the page makes."""
    client.get("/")
    count = 0

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert client.get(calls(post)).status_code == 200
    return count
