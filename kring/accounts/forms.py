"""The shape of what people type on the pages of their account."""

import struct
from collections.abc import Mapping
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_passkey_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kring.accounts.codes import SignInCode
from kring.accounts.models import User

NO_NAME = r"[^\S ]|[\x00-\x1f\x7f/\\:@<>]"  # addresses of pages and mailboxes, and a second line
LONGEST_CREDENTIAL = 16_384  # characters; the longest of a device has about 6,000
# What reading a forged answer of a passkey can end in.
MALFORMED = (AttributeError, IndexError, KeyError, struct.error, TypeError, ValueError)


class AddressForm(forms.Form):
    """Where to mail a code."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "required": _("Fill in your e-mail address."),
            "invalid": _("This is not an e-mail address. Look for a typing mistake."),
        },
    )

    def clean_email(self) -> str:
        """In one case, as addresses are kept."""
        return str(self.cleaned_data["email"]).lower()


class CodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,  # pasted with spaces, dashes or a line around it
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        error_messages={"required": _("Fill in the eight figures from the mail.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, expected: SignInCode) -> None:
        super().__init__(data)
        self.expected = expected

    def clean_code(self) -> str:
        """Refuse any other code."""
        code = str(self.cleaned_data["code"])
        if not self.expected.fits(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class LanguageForm(forms.Form):
    """The language of pages and mails."""

    language = forms.ChoiceField(
        label=_("Language"), choices=User.Language.choices, widget=forms.RadioSelect
    )


def _part_of_name(label: Any, longest: int, hint: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": hint}),
        validators=[RegexValidator(NO_NAME, _("Write it as a name."), inverse_match=True)],
        error_messages={"required": _("Fill in your name.")},
    )


class OwnNameForm(forms.Form):
    """One's own name, where the school has but half of it."""

    first_name = _part_of_name(_("First name"), 80, "given-name")
    infix = _part_of_name(_("Between first and last name"), 30, "off", required=False)
    last_name = _part_of_name(_("Last name"), 80, "family-name")


class CredentialField(forms.JSONField):
    """What a browser says of a passkey; whatever no browser says is refused like any wrong one."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Refuse also what Python can read no end of: too many brackets, too long a number."""
        if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
            raise get_passkey_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise get_passkey_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002
        """Show nothing again: each is good for one try."""
        return None


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you know later which device it is."),
        max_length=60,
    )


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, as the browser hands it over."""

    passwordless = None  # each one signs in by itself: the view asks the device for that
    name = _name_field()
    credential = CredentialField()

    def clean_credential(self) -> dict[str, Any]:
        """Refuse what is false to Python: allauth would take it for a passkey without a look."""
        if found := self.cleaned_data["credential"]:
            return cast(dict[str, Any], found)
        raise get_passkey_adapter().validation_error("incorrect_code")

    def clean(self) -> dict[str, Any]:
        """Refuse what is no passkey."""
        try:
            return dict(super().clean())
        except MALFORMED as error:
            raise get_passkey_adapter().validation_error("incorrect_code") from error


class PasskeyNameForm(forms.Form):
    """Another name for a passkey."""

    name = _name_field()


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """The answer of a device that was asked to sign in."""

    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        """The passkey that it was made with."""
        try:
            return super().clean_credential()
        except MALFORMED as error:
            raise get_passkey_adapter().validation_error("incorrect_code") from error
