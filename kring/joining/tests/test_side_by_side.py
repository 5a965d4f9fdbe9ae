"""Two at the same moment, each with a connection of its own: a place is taken once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining import accepting, invitations
from kring.joining.claiming import Wish, claim
from kring.joining.models import Invitation, LinkCodeUse
from kring.joining.tests.coming_in import home, with_letter
from kring.schools.models import Guardianship
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked


@pytest.fixture
def committed(own_database: Urls) -> Cast:
    """The cast in a database of this test: what happens there is committed."""
    return Cast()


def alone(act: Callable[[], Any]) -> Any:
    """Do this in a thread, which leaves no connection behind."""
    try:
        return act()
    finally:
        connection.close()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these side by side."""
    start = Barrier(len(acts))

    def done(act: Callable[[], Any]) -> Any:
        start.wait()
        return alone(act)

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(done, acts))


def test_one_place_goes_to_one_of_two(committed: Cast) -> None:
    made = with_letter(committed, home(committed))
    assert made.code
    wish, code, school = Wish(place_id=made.mother.pk), made.code.pk, made.child.school_id
    people = [committed.mother, committed.english_mother, committed.co_parent]
    came = at_once(*(lambda one=one: claim(school, code, wish, one) for one in people))
    assert sum(tie is not None for tie in came) == 1
    assert made.uses() == 1


def test_one_person_who_presses_twice_has_one_tie(committed: Cast) -> None:
    made = with_letter(committed, home(committed))
    assert made.code
    code, school, mother = made.code.pk, made.child.school_id, committed.mother
    wishes = [Wish(place_id=made.mother.pk), Wish(place_id=made.father.pk)]
    came = at_once(*(lambda one=one: claim(school, code, one, mother) for one in wishes))
    assert {tie.pk for tie in came} == {came[0].pk}
    assert made.uses() == 1


def test_one_place_left_lets_one_stranger_in(committed: Cast) -> None:
    made = with_letter(committed, home(committed), places=1)
    assert made.code
    code, school = made.code.pk, made.child.school_id
    wishes = [Wish(place_id=None), Wish(place_id=made.mother.pk)]
    people = [committed.mother, committed.english_mother]
    pairs = zip(wishes, people, strict=True)
    came = at_once(*(lambda w=w, p=p: claim(school, code, w, p) for w, p in pairs))
    assert sum(tie is not None for tie in came) == 1
    assert made.uses() == 1


def test_a_letter_and_a_mail_for_one_place_let_one_in(committed: Cast) -> None:
    made = with_letter(committed, home(committed))
    assert made.code
    card, office = made.guardian(made.mother), committed.viewer("administrator")
    committed.change(made.mother, email="a@b.nl")
    with seen_by(office):
        row = invitations.invite(
            card, school_id=made.child.school_id, kind="guardian", email="a@b.nl", by=office
        )
    found = invitations.opened(row.token)
    assert found
    school, code, wish = made.child.school_id, made.code.pk, Wish(place_id=made.mother.pk)
    one, other = committed.mother, committed.english_mother
    at_once(
        lambda: claim(school, code, wish, one),
        lambda: accepting.accept(found, other, {made.child.pk}),
    )
    with unlocked():
        now = Guardianship.objects.get(pk=made.mother.pk)
        assert now.guardian_id in {one.pk, other.pk}
        assert now.ends_at is None
        uses = LinkCodeUse.objects.filter(code=made.code).count()
    assert uses == (1 if now.guardian_id == one.pk else 0)


def test_an_invitation_is_accepted_once(committed: Cast) -> None:
    made = home(committed)
    card, office = made.guardian(made.mother), committed.viewer("administrator")
    committed.change(made.mother, email="a@b.nl")
    with seen_by(office):
        row = invitations.invite(
            card, school_id=made.child.school_id, kind="guardian", email="a@b.nl", by=office
        )
    found = invitations.opened(row.token)
    assert found
    people = [committed.mother, committed.english_mother]
    own = {made.child.pk}
    came = at_once(*(lambda one=one: accepting.accept(found, one, own) for one in people))
    assert sorted(came) == [False, True]
    with unlocked():
        assert Invitation.objects.get(pk=row.pk).accepted_at
        ties = Guardianship.objects.at(clock.now()).filter(student=made.child)
        assert ties.filter(guardian__in=people).count() == 1


def test_a_place_that_goes_while_one_waits_for_it_is_gone(committed: Cast) -> None:
    made = with_letter(committed, home(committed))
    assert made.code
    code, school, wish = made.code.pk, made.child.school_id, Wish(place_id=made.mother.pk)
    with ThreadPoolExecutor(1) as threads:
        with unlocked():
            mine = Guardianship.objects.filter(pk=made.mother.pk)
            mine.update(guardian=committed.english_mother)
            waiting = threads.submit(alone, lambda: claim(school, code, wish, committed.mother))
            wait_for_a_lock()
        assert waiting.result() is None
    assert made.guardian(made.mother) == committed.english_mother
    assert made.uses() == 0


def wait_for_a_lock() -> None:
    """Until somebody else waits for what this transaction holds."""
    deadline = time.monotonic() + 20
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise TimeoutError
