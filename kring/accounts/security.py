"""The log of signing in and out: who, from where, with what end; never an address in clear."""

from uuid import UUID

import structlog
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

log = structlog.get_logger("kring.security")


def mark(address: str) -> str:
    """Stands for an address: the same address has the same mark, and no way leads back."""
    lowered = address.strip().lower()
    return salted_hmac("kring.accounts.security", lowered, algorithm="sha256").hexdigest()[:20]


def fingerprint(purpose: str, code: str) -> str:
    """Stands for a mailed code in a session, so that its table gives no code away."""
    return salted_hmac(purpose, normalize_user_code(code), algorithm="sha256").hexdigest()


def note(
    event: str, request: HttpRequest, *, address: str | None = None, user_id: UUID | None = None
) -> None:
    """Write one line: what happened, about whom, from which network."""
    about: dict[str, str] = {"network": get_ip(request)}
    if address:
        about["address"] = mark(address)
    if user_id:
        about["user_id"] = str(user_id)
    log.info(event, **about)
