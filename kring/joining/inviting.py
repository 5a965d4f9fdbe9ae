"""Inviting many at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.joining.homes import Adult
from kring.joining.invitations import invite
from kring.joining.models import Invitation


def invite_each(people: Iterable[Adult], school_id: UUID, *, by: Viewer) -> None:
    """A mail to each, at the address that the school knows."""
    addresses = {adult.person_id: adult.email for adult in people}
    cards = User.objects.visible_to(by).filter(pk__in=addresses, joined_at=None)
    for card in cards:
        invite(
            card,
            school_id=school_id,
            kind=Invitation.Kind.GUARDIAN,
            email=addresses[card.pk],
            by=by,
        )
