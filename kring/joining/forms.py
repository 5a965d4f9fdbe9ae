"""The shape of what people type on the way in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.joining.claiming import Offer
from kring.joining.journey import Journey
from kring.joining.mailbox import fits
from kring.schools.models import Guardianship

LONGEST_CODE = 60  # characters, with spaces and dashes
DAYS = ["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]
OTHER = "other"
ZERO_WIDTH = "\u200c"  # between letters of Persian names
TO_THE_CHILD = _("Choose what you are to the child.")
NO_NAME = _("Write only the name here: letters, no address and no signs.")
WRONG = _(
    "This code does not work. Look once more at the letter: the code, and the birth date. Does it"
    " still not work? Then ask the school for a new letter."
)


class BirthDateField(forms.DateField):
    """Nothing says beside it that it is optional: most letters ask for it, some do not."""

    def validate(self, value: Any) -> None:
        """Take nothing, too: what the letter asks is known only with the code."""


class LetterForm(forms.Form):
    """What stands in the letter, and a date that only the family knows."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code from the letter"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
        error_messages={"required": _("Fill in the code from the letter.")},
    )
    born_on = BirthDateField(
        label=_("Birth date of the child"),
        help_text=_("Day, month, year: 03-09-2018. Does the letter not ask for it? Leave it out."),
        input_formats=DAYS,
        widget=forms.DateInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Write it like 03-09-2018.")},
    )


class WhoForm(forms.Form):
    """Which of the guardians that the school knows of; or somebody else."""

    place = forms.ChoiceField(
        label=_("Who are you?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who you are."),
            "invalid_choice": _("Choose who you are."),
        },
    )
    relation = forms.ChoiceField(
        label=_("What are you to the child?"),
        help_text=_("Only if you are somebody else."),
        choices=[("", "–"), *Guardianship.Relation.choices],
        required=False,
        error_messages={"required": TO_THE_CHILD},
    )

    def __init__(self, data: Mapping[str, Any] | None, offer: Offer) -> None:
        super().__init__(data)
        known = [(str(one.id), f"{one.first_name} ({one.relation})") for one in offer.places]
        others = [(OTHER, _("Somebody else"))] if offer.for_others else []
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [*known, *others]
        if not known:
            self.fields["relation"].help_text, self.fields["relation"].required = "", True
            place.widget, place.initial = forms.HiddenInput(), OTHER
        if not others:
            del self.fields["relation"]

    def clean(self) -> dict[str, Any]:
        """Somebody else says what he or she is to the child."""
        typed = dict(super().clean() or {})
        if typed.get("place") == OTHER and not (typed.get("relation") or self.errors):
            self.add_error("relation", TO_THE_CHILD)
        return typed

    def chosen(self) -> tuple[str, str]:
        """The id of a place, or none, and the relation that somebody else has."""
        place = self.cleaned_data["place"]
        known = place != OTHER
        return (place, "") if known else ("", self.cleaned_data["relation"])


class NameField(forms.CharField):
    """A part of a name. It stands in mails and on pages of others: no address, no second line."""

    def to_python(self, value: Any) -> str:
        typed = str(value or "").strip()
        shown = typed.replace(ZERO_WIDTH, "")
        if "/" in typed or len(typed.splitlines()) > 1 or not shown.isprintable():
            raise forms.ValidationError(NO_NAME)
        return " ".join(typed.split())


class NamesForm(forms.Form):
    """What somebody is called whom the school has no name of."""

    first_name = NameField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    infix = NameField(label=_("Between first and last name"), max_length=30, required=False)
    last_name = NameField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class MailboxForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        error_messages={"required": _("Fill in the eight figures from the mail.")},
    )

    def __init__(self, data: Mapping[str, Any] | None, journey: Journey) -> None:
        super().__init__(data)
        self.journey = journey

    def clean_code(self) -> str:
        """Refuse any other code."""
        code = str(self.cleaned_data["code"])
        if not fits(self.journey, code):
            raise forms.ValidationError(_("This code is not right. Look once more in the mail."))
        return code


class OwnChildrenField(forms.MultipleChoiceField):
    """Nothing says beside it that it is optional; and none of them is an answer, too."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        """Take some of these, or none."""
        if value:
            super().validate(value)


class ChildrenForm(forms.Form):
    """Which children of an invitation are one's own: all, unless somebody says no."""

    children = OwnChildrenField(
        label=_("Your children"), help_text=_("Is one not yours? Take its tick away.")
    )

    def __init__(self, data: Mapping[str, Any] | None, children: Iterable[tuple[str, str]]) -> None:
        known = list(children)
        super().__init__(data, initial={"children": [key for key, _name in known]})
        field = self.fields["children"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = known
