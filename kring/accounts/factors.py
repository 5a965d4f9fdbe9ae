"""What a person can prove who it is with, besides a code in the mail; and who must do so twice."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.accounts import security, sessions
from kring.accounts.models import User
from kring.base.visibility import Viewer

SECOND = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)

# What a person is told by mail, wherever an address is known: a subject, and what happened.
CHANGES: dict[str, tuple[Promise, Promise]] = {
    "password.set": (
        _("Your password was changed"),
        _("Your Kring has a new password. You were signed out on other devices."),
    ),
    "password.removed": (
        _("Your password was removed"),
        _("Your Kring has no password any more. You were signed out on other devices."),
    ),
    "app.added": (
        _("An app with figures was added"),
        _("From now on an app with figures is your second step when you sign in."),
    ),
    "app.removed": (
        _("An app with figures was removed"),
        _("Your app with figures opens nothing any more. You were signed out on other devices."),
    ),
    "paper_codes.made": (
        _("There is a new sheet of codes"),
        _("A new sheet of codes was made for you. The codes of an older sheet do not work."),
    ),
    "ways_in.forgotten": (
        _("Your account was opened anew"),
        _(
            "The office of your school took away your passkeys, your app with figures and your"
            " codes on paper, because you lost them. Sign in with a code from the mail, and set up"
            " a new second step."
        ),
    ),
}


def must_be_strong(viewer: Viewer, request: HttpRequest, *, fully: bool = False) -> bool:
    """Whether this person works at a school, and gave one proof only in this session.

    ``fully``: a code of a shared tablet is no second proof. It opens an afternoon in the class, not
    the books of the school nor the ways in.
    """
    return bool(viewer.staff_of) and not sessions.is_strong(request, fully=fully)


def has_second(person: User) -> bool:
    """Whether there is a passkey, an app or a sheet with codes left, that can be asked for."""
    rows = Authenticator.objects.filter(user=person)
    return any(row.type in SECOND or row.data["codes"] for row in rows)


def has_passkey(person: User) -> bool:
    """Whether there is a passkey."""
    kind = Authenticator.Type.WEBAUTHN
    return bool(Authenticator.objects.filter(user=person, type=kind).exists())


def may_have_sheet(person: User, viewer: Viewer) -> bool:
    """Codes on paper are for who has no mailbox, and for staff whose telephone may get lost.

    Of staff they take the place of a passkey or an app for a moment, so one of these must stand:
    else ten minutes with somebody's mailbox would be a way in that its owner finds on no list.
    """
    if viewer.staff_of:
        return bool(Authenticator.objects.filter(user=person, type__in=SECOND).exists())
    return not person.email


def remove(request: HttpRequest, factor: Authenticator) -> None:
    """Take one away, and end what it may have opened elsewhere."""
    factor.delete()
    sessions.end_others(request)


def tell(request: HttpRequest, person: User, change: str) -> None:
    """Note what changed in the ways in, and write it to the person."""
    security.note(change, request, user_id=person.pk)
    write(person, change)


def write(person: User, change: str) -> None:
    """Write to the person what changed in the ways in."""
    subject, said = CHANGES[change]
    context = {"subject": subject, "said": said}
    get_adapter().send_notification_mail("account/email/ways_in", person, context)


@transaction.atomic
def forget(person: User) -> None:
    """For who lost them all: nothing but the mailbox counts until a new one is set up.

    That is the proof that setting up the first one asked (ASVS 6.4.4): the office of a school
    vouches for the person, and no device is known any more, so a password alone opens nothing.
    Whoever calls this tells the person (``ways_in.forgotten``).
    """
    Authenticator.objects.filter(user=person).delete()
    sessions.end_all_sessions(person)
