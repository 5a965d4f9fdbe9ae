"""Proving a mailbox on the way in: a code is mailed there, and typed here.

The mail is the same whether the address has an account or not, and so is every page up to the
right code: only who reads the mailbox learns more.
"""

import time

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import normalize_user_code
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language

from kring.accounts import limits, security
from kring.accounts.models import User
from kring.joining.journey import Journey

LASTS = 10 * 60  # seconds


class TooManyError(Exception):
    """So many codes were asked for that one has to wait."""


def send(request: HttpRequest, journey: Journey, address: str) -> None:
    """Mail a code. TooManyError; MailNotSentError where the mail server is away."""
    if not limits.may_ask(request, address):
        security.note("joining.too_many", request, address=address)
        raise TooManyError
    code = get_adapter().generate_login_code()
    reader = User(email=address, language=get_language() or User.Language.DUTCH)
    get_adapter().send_mail("joining/mail/code", address, {"user": reader, "code": code})
    journey.address, journey.fingerprint = address, _fingerprint(code)
    journey.until, journey.proven = time.time() + LASTS, False
    journey.keep(request)
    security.note("joining.code_mailed", request, address=address)


def is_waiting(journey: Journey) -> bool:
    """Whether a code is under way that still counts."""
    return bool(journey.fingerprint) and time.time() < journey.until


def may_guess(request: HttpRequest, journey: Journey) -> bool:
    """Count one guess; when they are used up the code is gone."""
    if limits.may_guess(request, journey.fingerprint):
        return True
    journey.fingerprint = ""
    journey.keep(request)
    return False


def fits(journey: Journey, guess: str) -> bool:
    """Whether this is the code."""
    return constant_time_compare(journey.fingerprint, _fingerprint(guess))


def owner(address: str) -> User | None:
    """Whose account the proven mailbox signs in to."""
    people = User.objects.unscoped("who has just proved to hold this mailbox")
    found: User | None = people.at_address(address).first()
    return found


def _fingerprint(code: str) -> str:
    normal = normalize_user_code(code)
    return salted_hmac("kring.joining.mailbox", normal, algorithm="sha256").hexdigest()
