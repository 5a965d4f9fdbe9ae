"""What the office types about colleagues: who, in which roles, for which groups, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.office.typed import Day, LineField, WeekdaysField
from kring.schools.models import Employment, Group, School, StaffProposal, TeachingAssignment
from kring.schools.models.staff import at_once

Kind = TeachingAssignment.Kind
NOT_KNOWN_HERE = _("This group is not known here. Choose one from the list.")
GREAT_RIGHTS = _(
    "A principal and an administrator see and change everything of this school."
    " Tick the box “Yes, I am sure” if this person may."
)
# Whom families meet in a group; an internal supervisor sees all groups by that role alone.
IN_GROUPS = {Employment.Role.TEACHER, Employment.Role.AIDE, Employment.Role.AFTERCARE}
OWN_WAY_IN = _(
    "You take away your own way into this office. Tick the box “Yes, I am sure” if you want that."
)
ASK_FOR_ADDRESS = {"invalid": _("This is not an e-mail address. Look for a typing mistake.")}


def roles_of(school: School) -> list[tuple[str, str]]:
    """The roles that there are at a school, or at an after-school care."""
    is_care = school.kind == School.Kind.AFTERCARE
    return [
        (role.value, str(role.label).capitalize())
        for role in Employment.Role
        if is_care or role != Employment.Role.AFTERCARE
    ]


class RolesField(forms.MultipleChoiceField):
    """Roles to tick. Whether there must be one, the form knows: a substitute needs none."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("There is no such role here.")}

    def validate(self, value: Any) -> None:
        """Only that they exist."""
        if value:
            super().validate(value)


class GroupsField(forms.TypedMultipleChoiceField):
    """Groups of this school, to be ticked."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": NOT_KNOWN_HERE}

    def offer(self, groups: Iterable[Group]) -> None:
        """These; they are read once, however many forms there are."""
        known = {str(group.pk): group for group in groups}
        self.choices = [(key, group.name) for key, group in known.items()]
        self.coerce = known.__getitem__


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One group of this school."""

    default_error_messages = {"invalid_choice": NOT_KNOWN_HERE}


class AskingForm(forms.Form):
    """Asks once more for what gives or takes a great right."""

    asks = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"] = forms.BooleanField(label=_("Yes, I am sure"), required=False)

    def ask(self, sentence: Any) -> None:
        """Ask to tick the box, unless it is."""
        self.asks = True
        if not self.cleaned_data.get("sure"):
            self.add_error("sure", sentence)


class RolesForm(AskingForm):
    """Which roles somebody has, and how children call this person."""

    roles = RolesField(label=_("Roles"))
    called = LineField(
        label=_("Called"),
        max_length=60,
        required=False,
        help_text=_("As children say it, such as “juf Sanne”. It stands above messages."),
    )

    def __init__(
        self, *args: Any, school: School, held: Iterable[str] = (), own: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.held, self.own = set(held), own
        self.fields["roles"].choices = roles_of(school)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "roles" not in self.errors:
            self.check_roles(set(data["roles"]))
        return data

    def check_roles(self, chosen: set[str]) -> None:
        """A person has a role; what gives or takes a great right is asked once more."""
        great = set(Employment.LEADING)
        if not chosen and not self.works_without_role():
            self.add_error("roles", _("Choose at least one role."))
        if chosen & great - self.held:
            self.ask(GREAT_RIGHTS)
        elif self.own and self.held & great and not chosen & great:
            self.ask(OWN_WAY_IN)

    def works_without_role(self) -> bool:
        """Whether a role is no must: so it is for a substitute."""
        return False


class LessonForm(forms.Form):
    """How somebody teaches a group: as what, on which days, until when."""

    kind = forms.ChoiceField(label=_("As"), choices=Kind.choices, initial=Kind.TEACHER)
    weekdays = WeekdaysField(
        label=_("Days"),
        help_text=_("Who teaches on which day is for families to read. No day ticked: every day."),
    )
    ends_on = Day(
        label=_("Until and with"),
        required=False,
        help_text=_("A substitute always has a last day. Today is allowed."),
    )


class NewLessonForm(LessonForm):
    """Another group for somebody."""

    group = GroupField(label=_("Group"), queryset=Group.objects.none())

    field_order = ("group", "kind", "weekdays", "ends_on")

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class NameForm(forms.Form):
    """How somebody is called in full."""

    first_name = LineField(label=_("First name"), max_length=80)
    infix = LineField(label=_("Infix"), max_length=30, required=False, help_text=_("van der"))
    last_name = LineField(label=_("Last name"), max_length=80)


class ColleagueForm(NameForm, RolesForm):
    """Somebody new: a name, an address to invite, roles and groups."""

    email = forms.EmailField(
        label=_("E-mail address"),
        error_messages=ASK_FOR_ADDRESS,
        help_text=_("Of the person alone, not of the school: it is the way in."),
    )
    groups = GroupsField(label=_("Groups"), required=False)
    kind = forms.ChoiceField(
        label=_("In these groups as"), choices=Kind.choices, initial=Kind.TEACHER, required=False
    )
    ends_on = Day(
        label=_("Substitute until and with"),
        required=False,
        help_text=_("For a substitute only. A substitute needs no role."),
    )

    field_order = ("first_name", "infix", "last_name", "email", "roles", "called", "groups")

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].offer(groups)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["kind"] = data.get("kind") or Kind.TEACHER
        ends_on: date | None = data.get("ends_on")
        if data["kind"] != Kind.SUBSTITUTE:
            data["ends_on"] = None
        elif ends_on is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Say until when. A substitute has a last day."))
        elif ends_on and ends_on < clock.today():
            self.add_error("ends_on", _("This day has passed. Choose today or later."))
        return data

    def works_without_role(self) -> bool:
        data = self.cleaned_data
        return data.get("kind") == Kind.SUBSTITUTE and bool(data.get("groups"))


class AddressForm(forms.Form):
    """Where to invite somebody."""

    email = forms.EmailField(label=_("E-mail address"), error_messages=ASK_FOR_ADDRESS)


class LeavingForm(forms.Form):
    """When somebody leaves the school."""

    NOW, LATER, STAYS = "now", "later", "stays"

    when = forms.ChoiceField(
        label=_("When"),
        widget=forms.RadioSelect,
        choices=[(NOW, _("At once: everything is closed now")), (LATER, _("After a last day"))],
        error_messages={"required": _("Say when."), "invalid_choice": _("Say when.")},
    )
    last_day = Day(label=_("Last day"), required=False)

    def __init__(self, *args: Any, planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if planned:
            field = self.fields["when"]
            field.choices = [*field.choices, (self.STAYS, _("Not: stays after all"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == self.STAYS:
            data["last_day"] = None
            return data
        if data.get("when") == self.NOW:
            data["last_day"] = at_once()
        elif "last_day" not in self.errors and data.get("last_day") is None:
            self.add_error("last_day", _("Say which day is the last."))
        elif data.get("last_day") and data["last_day"] < clock.today():
            self.add_error("last_day", _("This day has passed. Choose “At once”."))
        return data


class ProposalForm(AskingForm):
    """Yes or no to one member of staff whom a file named."""

    LATER, YES, NO = "later", "yes", "no"

    answer = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[(LATER, _("Later")), (YES, _("Yes, works here")), (NO, _("No"))],
        initial=LATER,
    )
    roles = RolesField(label=_("Roles"))
    groups = GroupsField(label=_("Groups"), required=False)
    email = forms.EmailField(
        label=_("E-mail address for the invitation"),
        required=False,
        error_messages=ASK_FOR_ADDRESS,
        help_text=_("Empty: no invitation is sent yet."),
    )

    def __init__(
        self,
        *args: Any,
        proposal: StaffProposal,
        groups: Iterable[Group],
        roles: list[tuple[str, str]],
        says_yes: bool = False,
        **kwargs: Any,
    ) -> None:
        """``says_yes``: a plain yes is filled in, to be looked at and saved."""
        self.proposal = proposal
        named = [role for role, _label in roles if role in proposal.roles]
        leads = bool(set(named) & set(Employment.LEADING))
        proposed = {
            "roles": named,
            "groups": [str(one) for one in proposal.group_ids if IN_GROUPS & set(named)],
            "email": proposal.email,
            "answer": self.YES if says_yes and named and not leads else self.LATER,
        }
        super().__init__(*args, prefix=str(proposal.pk), initial=proposed, **kwargs)
        self.asks = leads
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]
        self.fields["groups"].offer(groups)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == self.YES and "roles" not in self.errors:
            chosen = set(data.get("roles", ()))
            if not chosen:
                self.add_error("roles", _("Choose at least one role."))
            if chosen & set(Employment.LEADING):
                self.ask(GREAT_RIGHTS)
        return data
