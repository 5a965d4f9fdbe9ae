"""What the office types about a group."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kring.office.typed import LineField

COLORS = (
    (1, _("terracotta")),
    (2, _("ochre")),
    (3, _("grass green")),
    (4, _("pine green")),
    (5, _("petrol")),
    (6, _("blue")),
    (7, _("violet")),
    (8, _("orchid")),
    (9, _("dark blue")),
    (10, _("brown")),
    (11, _("plum")),
    (12, _("moss green")),
)
GRADES = range(1, 9)  # groep 1 to 8


class GroupForm(forms.Form):
    """Name, grades, colour, and whether children belong to it or come to it."""

    name = LineField(label=_("Name"), max_length=64)
    grades = forms.TypedMultipleChoiceField(
        label=_("Grades"),
        choices=[(grade, str(grade)) for grade in GRADES],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Choose grades from 1 to 8.")},
    )
    color = forms.TypedChoiceField(
        label=_("Colour"),
        choices=COLORS,
        coerce=int,
        widget=forms.RadioSelect,
        initial=1,
        error_messages={
            "required": _("Choose a colour."),
            "invalid_choice": _("Choose a colour from the list."),
        },
    )
    is_homeroom = forms.BooleanField(
        label=_("A class or base group"),
        required=False,
        initial=True,
        help_text=_("Not ticked: a group beside it, such as a plus class or a club."),
    )
