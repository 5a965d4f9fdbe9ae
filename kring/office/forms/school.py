"""What the office types about the school, and which rules it keeps."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kring.office.forms.staff import roles_of
from kring.office.typed import LineField, LinesField, TelephoneField
from kring.schools.models import Policy, School
from kring.schools.models.policy import LONGEST_WAIT, MOST_POSTS, ROLES, named, writers_to_all

BRIN = re.compile(r"[0-9]{2}[A-Z]{2}([0-9]{2})?")
MAIN_LOCATION = "00"


NAME_SOMEBODY = {
    "required": _("Choose at least one role."),
    "invalid_choice": _("There is no such role here."),
}
NO_SITE = _("This is no address of a site. It begins with https:// or http://.")


class SchoolForm(forms.Form):
    """The page on which families see how to reach the school, and its number."""

    brin = LineField(
        label=_("BRIN number"),
        max_length=6,
        required=False,
        help_text=_("With the number of the location, such as 12AB00. It stands on DUO's lists."),
    )
    street = LineField(label=_("Street and number"), max_length=200, required=False)
    postcode = LineField(label=_("Postal code"), max_length=10, required=False)
    city = LineField(label=_("City"), max_length=100, required=False)
    telephone = TelephoneField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("E-mail address of the school"),
        required=False,
        error_messages={"invalid": _("This is not an e-mail address. Look for a typing mistake.")},
    )
    website = LineField(label=_("Website"), max_length=200, required=False)
    about = LinesField(
        label=_("For families"),
        max_length=2000,
        required=False,
        help_text=_("How to reach whom, and when. Families read this."),
    )

    def __init__(self, data: Any = None, *, school: School) -> None:
        stands = {name: getattr(school, name) for name in self.base_fields}
        super().__init__(data, initial=stands)
        if school.kind == School.Kind.AFTERCARE:
            del self.fields["brin"]

    def clean_brin(self) -> str:
        brin = str(self.cleaned_data["brin"]).replace(" ", "").upper()
        if brin and not BRIN.fullmatch(brin):
            raise ValidationError(
                _("A BRIN number is two figures, two letters and two figures: 12AB00.")
            )
        return brin + MAIN_LOCATION if len(brin) == len("12AB") else brin

    def clean_website(self) -> str:
        typed = str(self.cleaned_data["website"])
        if not typed:
            return ""
        address = typed if "://" in typed else f"https://{typed}"
        try:
            parts = urlsplit(address)
        except ValueError as error:
            raise ValidationError(NO_SITE) from error
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or " " in address:
            raise ValidationError(NO_SITE)
        if "." not in (parts.hostname or "").strip("."):
            raise ValidationError(NO_SITE)
        return address


class Number(forms.IntegerField):
    """A whole number between two bounds."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(min_value=least, max_value=most, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError as error:
            said = _("Type a whole number from %(least)d to %(most)d.")
            between = {"least": self.min_value, "most": self.max_value}
            raise ValidationError(said, params=between) from error


class PolicyForm(forms.Form):
    """What the school agrees on: who sends what and how often, and what families see and save."""

    school_post_roles = forms.MultipleChoiceField(
        label=_("Who may send a message to the whole school"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("To their own groups all who teach a group may send messages."),
        error_messages=NAME_SOMEBODY,
    )
    min_posts_a_week = Number(
        0,
        MOST_POSTS,
        label=_("At least this many messages per group in a week"),
        help_text=_(
            "0: no rule. On Friday at 14:00 Kring writes a friendly note to the teachers of a group"
            " that had fewer. Not in a week in which the school is closed."
        ),
    )
    max_posts_a_day = Number(
        0,
        MOST_POSTS,
        label=_("At most this many messages per group on a day"),
        help_text=_("0: no rule. Who writes a message sees how many there were."),
    )
    comments_allowed = forms.BooleanField(
        label=_("Families may comment on messages"),
        required=False,
        help_text=_("The writer can still switch comments off for one message."),
    )
    urgent_roles = forms.MultipleChoiceField(
        label=_("Who may send an urgent message"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It goes to everybody at once, also in the night and to who wants no mail."),
        error_messages=NAME_SOMEBODY,
    )
    call_after_minutes = Number(
        5,
        LONGEST_WAIT,
        label=_("Call who has not read it after this many minutes"),
        help_text=_("The sender may choose another time."),
    )
    weekly_newsletter = forms.BooleanField(
        label=_("Every family gets the weekly newsletter by mail"),
        required=False,
        help_text=_(
            "Kring makes it of the messages of the week and the agenda. Who does not want"
            " it, switches it off."
        ),
    )
    weekly_weekday = forms.TypedChoiceField(
        label=_("Day"), coerce=int, choices=[(day, WEEKDAYS[day - 1]) for day in range(1, 8)]
    )
    weekly_hour = forms.TypedChoiceField(
        label=_("Time"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    informed_sees_posts = forms.BooleanField(
        label=_("Who gets information only, reads messages of the child's group and school"),
        required=False,
    )
    informed_sees_photos = forms.BooleanField(
        label=_("Who gets information only, sees the photos in those messages"),
        required=False,
        help_text=_("Documents, such as PDF and Word, count as text: they come with the message."),
    )
    families_save_photos = forms.BooleanField(
        label=_("Families may save photos and films"),
        required=False,
        help_text=_("Below each photo stands a button to save it. People who work here have it."),
    )
    sharing_rule = LineField(
        label=_("Your rule on sharing"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=160,
        required=False,
        help_text=_(
            "Stands below every photo that is opened. Without one it says:"
            " Do not share these photos any further."
        ),
    )
    keeps_originals = forms.BooleanField(
        label=_("Keep photos at full size, too"),
        required=False,
        help_text=_(
            "For a yearbook, for instance. It takes about five times as much storage. Where and"
            " when a photo was taken is taken out, always."
        ),
    )

    def __init__(self, data: Any = None, *, school: School, policy: Policy) -> None:
        is_care = school.kind == School.Kind.AFTERCARE
        stands = {name: getattr(policy, name) for name in self.base_fields}
        for name in ROLES:
            stands[name] = sorted(named(stands[name], is_aftercare=is_care))
        super().__init__(data, initial=stands)
        roles = roles_of(school)
        self.fields["urgent_roles"].choices = roles  # type: ignore[attr-defined]
        # Row security lets no other write to all of it: what is ticked here, is so.
        may = writers_to_all(is_aftercare=is_care)
        to_all = [(role, label) for role, label in roles if role in may]
        self.fields["school_post_roles"].choices = to_all  # type: ignore[attr-defined]
