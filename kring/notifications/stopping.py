"""Stopping mails of a kind with one click (RFC 8058): what the link in the mail names."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.urls import reverse

from kring.notifications.kinds import Kind

SIGNER = Signer(salt="kring.notifications.stopping")
UNDOING = TimestampSigner(salt="kring.notifications.undoing")
UNDONE_WITHIN = timedelta(days=1)


def address_of(person_id: UUID, kind: str) -> str:
    """The page that stops it: it names this person and this kind, and opens nothing else."""
    token = SIGNER.sign(f"{person_id.hex}.{kind}")
    return settings.ORIGIN + reverse("notifications:stop", args=[token])


def read(token: str) -> tuple[UUID, Kind] | None:
    """Whom and what a link names; None where it is not ours."""
    try:
        person, kind = SIGNER.unsign(token).split(".")
        named = UUID(person), Kind(kind)
    except (BadSignature, ValueError):
        return None
    return None if named[1] == Kind.OWN else named  # which has no switch


def undo_of(person_id: UUID, kind: str) -> str:
    """What the page gives to who stopped it a moment ago: with that, and for a day, it is undone.

    The link alone turns nothing on: it goes along with a mail that is passed on.
    """
    return UNDOING.sign(f"{person_id.hex}.{kind}")


def undoes(told: str, person_id: UUID, kind: str) -> bool:
    """Whether this is of who stopped this kind of mail, within a day."""
    try:
        return UNDOING.unsign(told, max_age=UNDONE_WITHIN) == f"{person_id.hex}.{kind}"
    except BadSignature:
        return False


def headers(person_id: UUID, kind: str) -> dict[str, str]:
    """As mail programs read it: their own button posts, and a scanner that looks changes nothing.

    DKIM of the mail server must cover both.
    """
    return {
        "List-Unsubscribe": f"<{address_of(person_id, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
