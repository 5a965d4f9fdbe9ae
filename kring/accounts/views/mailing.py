"""A code on its way to a mailbox, or why there is none."""

from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kring.accounts import limits, security
from kring.accounts.adapter import MailNotSentError
from kring.accounts.codes import SignInCode


class Refusal(NamedTuple):
    """Why somebody gets no further, and the status that says so to programs."""

    status: int
    why: str


def mail_code(request: HttpRequest, address: str) -> Refusal | None:
    """Send one, or say why not."""
    if not limits.may_ask(request, address):
        security.note("sign_in.too_many", request, address=address)
        return Refusal(429, _("Too many codes were asked for. Wait ten minutes and try again."))
    try:
        SignInCode.begin(request, address)
    except MailNotSentError:
        return Refusal(503, _("We cannot send mail right now. Try again in a few minutes."))
    security.note("sign_in.asked", request, address=address)
    return None
