"""Invitations by mail: made and sent again by the office, opened and accepted by who reads them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature
from django.db import connection

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.joining.mailing import enqueue
from kring.joining.models import SIGNER, ConnectedError, Invitation
from kring.schools.models import Guardianship

__all__ = ["ConnectedError", "Opened", "accept", "invite", "opened", "resend", "revoke", "token_of"]


@dataclass(frozen=True)
class Opened:
    """Somebody follows the link of a mail. It proves nothing: the mailbox is asked next."""

    invitation_id: UUID
    serial: int
    school_id: UUID
    card_id: UUID
    email: str
    kind: str


def invite(card: User, *, school_id: UUID, kind: str, email: str, by: Viewer) -> Invitation:
    """Invite who waits behind a name card, by a mail on behalf of the school.

    Who was invited already gets a new mail, and the older link dies. ConnectedError: this person
    has an account.
    """
    made = Invitation.write(card, school_id=school_id, kind=kind, email=email, by=by)
    enqueue(made)
    return made


def resend(invitation: Invitation, *, by: Viewer) -> Invitation | None:
    """Send it again, for another fourteen days; the older link is dead.

    It goes to the address that the school has now; None where it has none of this person.
    """
    email = address_of(invitation, by)
    if not email:
        return None
    card, kind = invitation.person, invitation.kind
    return invite(card, school_id=invitation.school_id, kind=kind, email=email, by=by)


def address_of(invitation: Invitation, by: Viewer) -> str:
    """Where the school writes to this person now; of a colleague it has no other than this."""
    if invitation.kind == Invitation.Kind.STAFF:
        return invitation.email
    ties = Guardianship.objects.visible_to(by).standing(clock.now()).exclude(email="")
    ties = ties.filter(school=invitation.school_id, guardian=invitation.person_id)
    known = list(ties.order_by("starts_at", "pk").values_list("email", flat=True))
    same = (one for one in known if one.lower() == invitation.email.lower())
    return next(same, known[0] if known else "")


def revoke(invitation: Invitation, *, by: Viewer) -> bool:
    """Take it back. False: it was accepted or taken back already."""
    return invitation.revoke(by=by)


def token_of(invitation: Invitation) -> str:
    """What stands in the link, signed."""
    return invitation.token


def opened(token: str) -> Opened | None:
    """The invitation of a link that can still be accepted. Outside any block."""
    try:
        name, _, serial = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, serial, school_id, person_id, email, kind FROM kring_invitation(%s, %s)",
            [UUID(name), int(serial)],
        )
        row = cursor.fetchone()
    return Opened(*row) if row else None


def accept(found: Opened, *, user_id: UUID) -> bool:
    """Mark it as accepted: once, however many press at the same moment. False: too late.

    In the block in which the ties move, so that both happen or neither. It opens a service block:
    who accepts sees nothing of the school yet.
    """
    with seen_by(Viewer.service(found.school_id)):
        return Invitation.accept(found.invitation_id, serial=found.serial, user_id=user_id)
