from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.accounts.address import AddressChange
from kring.accounts.forms import AddressForm
from kring.accounts.models import User


class NewAddressForm(AddressForm):
    """Where one wants to be reached from now on."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: User) -> None:
        super().__init__(data)
        self.person = person
        self.fields["email"].label = _("Your new e-mail address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """Refuse the address that it is already."""
        address = super().clean_email()
        if address == self.person.email:
            raise forms.ValidationError(_("This is your address already."))
        return address


def _code_field(label: object) -> forms.CharField:
    look = {"autocomplete": "off", "inputmode": "numeric"}
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=40,
        widget=forms.TextInput(attrs=look),
        error_messages={"required": _("Fill in the eight figures from the mail.")},
    )


class AddressCodesForm(forms.Form):
    """The codes from both mailboxes."""

    new = _code_field(_("Code from the mail to the new address"))
    old = _code_field(_("Code from the mail to the old address"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, expected: AddressChange) -> None:
        super().__init__(data)
        self.expected = expected
        if not expected.old:
            del self.fields["old"]

    def clean_new(self) -> str:
        """Refuse any other code."""
        return self._fitting("new", self.expected.fits_new)

    def clean_old(self) -> str:
        """Refuse any other code."""
        return self._fitting("old", self.expected.fits_old)

    def _fitting(self, name: str, fits: Any) -> str:
        code = str(self.cleaned_data[name])
        if not fits(code):
            raise forms.ValidationError(_("This code is not right. Look once more in the mail."))
        return code
