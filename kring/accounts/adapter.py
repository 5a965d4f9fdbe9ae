"""What allauth asks of us: who may sign in and how, where to go then, what the mails look like."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context as allauth_context
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy, override

from kring.accounts import known_devices, security, sessions
from kring.accounts.models import User
from kring.base.mail import letter


class MailNotSentError(Exception):
    """The mail server did not take the mail."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by a code in the mail or by passkey, for people whom a school has let in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Look once more in the mail."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up: schools let people in."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address to count for; one for all where the front tells none."""
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104  (no socket: a name for none)

    def get_login_stages(self) -> list[str]:
        """A code or a passkey is enough: the code shows that the address is somebody's own."""
        return ["allauth.account.stages.LoginByCodeStage"]

    def generate_login_code(self) -> str:
        """Eight digits in two groups: 26 bits, for ten minutes and five guesses."""
        digits = get_random_string(8, "0123456789")
        return f"{digits[:4]} {digits[4:]}"

    def is_safe_url(self, url: str) -> bool:
        """Only a path of ours: no other host, no other port, no other scheme."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing of allauth's: our pages say what happened."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, and remember the first time."""
        super().login(request, user)
        user.join()
        security.note("sign_in.done", request, address=user.email, user_id=user.pk)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Where to go; and remember that this person signs in on this device."""
        response: HttpResponse = super().post_login(request, user, **details)
        if user.sign_in_name:
            known_devices.remember(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Nothing that tells a closed account from none."""
        clear_login(request)
        security.note("sign_in.closed", request, address=user.email, user_id=user.pk)
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:  # noqa: ARG002
        """What changes the ways in asks for a sign-in of a moment ago."""
        return not sessions.is_fresh(allauth_context.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:  # noqa: ARG002
        """One page, with both ways."""
        return [{"id": "again", "description": "", "url": reverse("account_reauthenticate")}]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one mail as text and HTML, in the language of who reads it."""
        with override(_language_of(context.get("user"))):
            mail = letter(template_prefix, to=email, **context)
        try:
            mail.send()
        except (SMTPException, OSError) as error:
            security.log.exception("mail.refused", address=security.mark(email))
            raise MailNotSentError from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person what changed in the ways in, wherever an address is known."""
        if address := email or user.email:
            with suppress(MailNotSentError):  # it is in the log, and what was done stays done
                self.send_mail(template_prefix, address, {"user": user} | (context or {}))


def _language_of(reader: User | None) -> str | None:
    """The reader's own, or for a stranger the language of the page where the mail was asked for."""
    return get_language() if reader is None or reader.is_stranger else reader.language


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys, and apps that show figures."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This passkey did not fit. Try again."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site, as the device shows it beside the passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Kring"}

    def get_totp_issuer(self) -> str:
        """What the app calls us."""
        return "Kring"

    def get_totp_label(self, user: User) -> str:
        """Whose figures these are, as the app shows them."""
        return user.sign_in_name

    def encrypt(self, text: str) -> str:
        """Seal the secret of an app, so that a copy of the database gives no figures away."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open the seal, also one of a secret key that was changed since."""
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    drawn = [salted_hmac("kring.accounts.seal", "", secret=key, algorithm="sha256") for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(one.digest())) for one in drawn])
