"""Figures of an app, new every half minute (RFC 6238), as the second proof for who works there.

allauth keeps used figures in a cache, which may be emptied; here the last half minute that was used
stands with the secret, so that figures never count twice, and a clock that is a little off does.
"""

import time

import segno
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from kring.accounts.models import User

KIND = Authenticator.Type.TOTP
PERIOD = 30  # seconds
OFF_BY = (0, -1, 1)  # periods that a clock may be wrong
WAITING = "kring.totp"  # in the session: a secret that is not confirmed yet


def of(person: User) -> Authenticator | None:
    """The app of this person."""
    found: Authenticator | None = Authenticator.objects.filter(user=person, type=KIND).first()
    return found


def waiting_secret(request: HttpRequest) -> str:
    """The secret to put into an app: the same until it is confirmed, so that a reload does no harm.

    It lies sealed in the session, as it will in its table.
    """
    if WAITING not in request.session:
        request.session[WAITING] = get_adapter().encrypt(generate_totp_secret())
    return str(get_adapter().decrypt(request.session[WAITING]))


def picture(person: User, secret: str) -> str:
    """The secret for the camera of a phone, as the address of a picture."""
    address = get_adapter().build_totp_url(person, secret)
    # Black on white in both themes: some cameras read nothing else.
    return str(segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff"))


def add(request: HttpRequest, person: User, figures: str) -> bool:
    """Take the app into use when its figures fit; one app a person."""
    secret = waiting_secret(request)
    period = _period_of(secret, figures)
    if period is None:
        return False
    data = {"secret": get_adapter().encrypt(secret), "used": period}
    try:
        with transaction.atomic():
            Authenticator.objects.create(user=person, type=KIND, data=data)
    except IntegrityError:  # another one at the same moment
        return False
    del request.session[WAITING]
    return True


def use(person: User, figures: str) -> bool:
    """Whether these are the figures of the moment; they never are twice."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=person, type=KIND)
        app = rows.first()
        period = _period_of(get_adapter().decrypt(app.data["secret"]), figures) if app else None
        if app is None or period is None or period <= app.data["used"]:
            return False
        app.data["used"] = period
        app.save(update_fields=["data"])
    app.record_usage()
    return True


def _period_of(secret: str, figures: str) -> int | None:
    now = int(time.time()) // PERIOD
    fitting = (now + off for off in OFF_BY if _fits(secret, now + off, figures))
    return next(fitting, None)


def _fits(secret: str, period: int, figures: str) -> bool:
    expected = format_hotp_value(hotp_value(secret, period))
    return bool(compare_user_code(actual=figures, expected=expected))
