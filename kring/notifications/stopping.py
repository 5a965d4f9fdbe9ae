"""Stopping mails of a kind with one click (RFC 8058): what the link in the mail names."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from kring.notifications.kinds import Kind

SIGNER = Signer(salt="kring.notifications.stopping")


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


def headers(person_id: UUID, kind: str) -> dict[str, str]:
    """As mail programs read it: their own button posts, and a scanner that looks changes nothing.

    DKIM of the mail server must cover both.
    """
    return {
        "List-Unsubscribe": f"<{address_of(person_id, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
