from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kring.accounts import tablets

SIX_FIGURES = RegexValidator(rf"\A[0-9]{{{tablets.LENGTH}}}\Z", _("Fill in six figures."))


def _pin_field(label: object, *, autocomplete: str = "off") -> forms.CharField:
    look = {"inputmode": "numeric", "autocomplete": autocomplete, "maxlength": tablets.LENGTH}
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        validators=[SIX_FIGURES],
        widget=forms.PasswordInput(attrs=look),
        error_messages={"required": _("Fill in six figures.")},
    )


class NewPinForm(forms.Form):
    """A code for this tablet, twice."""

    pin = _pin_field(_("Code of six figures"))
    again = _pin_field(_("The same code once more"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, is_full: bool) -> None:
        super().__init__(data)
        self.is_full = is_full

    def clean(self) -> None:
        """Refuse one more on a tablet of many."""
        if self.is_full:
            raise forms.ValidationError(
                _("Twelve people have a code here already. Let one of them remove the own code.")
            )

    def clean_pin(self) -> str:
        """Refuse what everybody tries first."""
        pin = str(self.cleaned_data["pin"])
        if tablets.is_simple(pin):
            raise forms.ValidationError(_("This code is easy to guess. Choose another one."))
        return pin

    def clean_again(self) -> str:
        """Refuse a slip of the finger."""
        again = str(self.cleaned_data["again"])
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise forms.ValidationError(_("This is another code than the one above."))
        return again


class PinForm(forms.Form):
    """The code of who takes over."""

    pin = _pin_field(_("Your code for this tablet"))
