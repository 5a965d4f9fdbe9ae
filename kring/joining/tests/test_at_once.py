"""Two of the office, or two readers of one mail, at the same moment."""

from __future__ import annotations

from functools import partial

from kring.base import clock
from kring.base.visibility import seen_by
from kring.joining import codes, invitations
from kring.joining.invitations import Opened
from kring.joining.models import INVITED_FOR, Invitation, LinkCode
from kring.schools.models import Guardianship
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.database import Urls
from tests.faults.at_once import gate, table
from tests.unlocked import unlocked


def a_tie(cast: Cast) -> Guardianship:
    child = factories.student(cast.id("wilgenhoek"), "Puck")
    factories.enrolled(child, cast.id("group_5"))
    return factories.guarded(child, factories.person("Anneke").pk, email="a@huis.example")


def issue(tie: Guardianship, who: str) -> str:
    by = viewer_of(Cast().id(who))
    with seen_by(by):
        return codes.issue(tie.student, None, places=1, by=by).text


def invite(tie: Guardianship, who: str) -> None:
    by = viewer_of(Cast().id(who))
    with seen_by(by):
        invitations.invite(
            tie.guardian, school_id=tie.school_id, kind="guardian", email=tie.email, by=by
        )


def test_two_clerks_make_no_two_codes_of_one_home(own_database: Urls) -> None:
    tie = a_tie(Cast())
    with gate(own_database, table("joining_linkcode")) as held:
        made = [held.keep(partial(issue, tie, who)) for who in ("administrator", "principal")]
    texts = [one.result() for one in made]
    assert sum(codes.recognise(text) is not None for text in texts) == 1
    with unlocked():
        assert LinkCode.objects.filter(revoked_at=None).count() == 1


def test_two_clerks_invite_one_mother_once(own_database: Urls) -> None:
    tie = a_tie(Cast())
    with gate(own_database, table("joining_invitation")) as held:
        made = [held.keep(partial(invite, tie, who)) for who in ("administrator", "principal")]
    assert [one.result() for one in made] == [None, None]
    with unlocked():
        assert Invitation.objects.get().serial == 2  # the second sent it again


def test_an_invitation_used_twice_at_the_same_moment_is_accepted_once(own_database: Urls) -> None:
    cast = Cast()
    tie = a_tie(cast)
    made = factories.made(
        Invitation(
            school_id=tie.school_id,
            person_id=tie.guardian_id,
            kind="guardian",
            email=tie.email,
            expires_at=clock.now() + INVITED_FOR,
        )
    )
    found = invitations.opened(made.token)
    assert isinstance(found, Opened)
    readers = (tie.guardian_id, cast.id("operator"))
    with gate(own_database, table("joining_invitation")) as held:
        accepted = [
            held.keep(partial(invitations.accept, found, user_id=reader)) for reader in readers
        ]
    assert sorted(one.result() for one in accepted) == [False, True]
