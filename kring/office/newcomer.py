"""Somebody who is tied to a child: found among those whom the school knows, or new."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext

from kring.accounts.models import User
from kring.base import clock
from kring.base.ids import id_of
from kring.base.names import sort_key
from kring.office.forms.guardian import NAMES, NEW_HOME, GuardianForm
from kring.office.record import home_names, ties_of
from kring.office.search import LONGEST, Entry, found
from kring.schools.models import Guardianship, Household, Student
from kring.schools.models.family import PERSONAL
from kring.schools.office import OfficeRequest

MOST_FOUND = 8
Access, Authority = Guardianship.Access, Guardianship.Authority


class Newcomer:
    """What the page for a new guardian works with."""

    def __init__(self, request: OfficeRequest, student: Student) -> None:
        self.request, self.student = request, student
        self.school, self.viewer = request.school, request.viewer
        self.query = request.GET.get("query", "")[:LONGEST].strip()

    @cached_property
    def tie(self) -> Guardianship | None:
        """Another tie of the person that was chosen; 404 for who is not of this school."""
        asked = self.request.GET.get("person", "")
        if not asked:
            return None
        ties = ties_of(self.school, self.viewer).filter(guardian=id_of(asked))
        if tie := ties.order_by("-starts_at").first():
            return tie
        raise Http404

    @property
    def person(self) -> User | None:
        return self.tie.guardian if self.tie else None

    @cached_property
    def form(self) -> GuardianForm:
        asked = self.request.GET.get("access", "")
        initial = {
            "starts_on": clock.today(),
            "access": asked if asked in Access.values else Access.IN_CARE,
            "has_authority": Authority.UNKNOWN,
            "relation": self.tie.relation if self.tie else Guardianship.Relation.OTHER,
            "home": str(self.tie.household_id or "") if self.tie else "",
        }
        request = self.request
        data = request.POST if request.method == "POST" else None
        homes = home_choices(self.request, self.student, self.tie)
        return GuardianForm(data, homes=homes, known=bool(self.tie), initial=initial)

    @cached_property
    def known(self) -> list[dict[str, Any]]:
        """People of this school whom somebody looked for, each with the children."""
        people, children = self._people
        entries = [Entry.of([one.name], self._addresses[one.pk], []) for one in people]
        places = found(self.query, entries)[:MOST_FOUND] if self.query else []
        return [_shown(people[place], children) for place in places]

    def doubts(self) -> list[str]:
        """What to ask before it is done."""
        data, child = self.form.cleaned_data, self.student.first_name
        said = []
        if self.person is None:
            said += self._namesakes(data)
        elif self.person.joined_at and data["access"] != Access.WITHHELD:
            names = {"person": self.person.name, "child": child}
            label = str(Access(data["access"]).label)
            sentence = gettext("%(person)s has an account, and sees %(child)s at once: %(access)s.")
            said.append(sentence % (names | {"access": label}))
        if data["home"] in self.form.homes:
            name = self.person.name if self.person else f"{data['first_name']} {data['last_name']}"
            sentence = gettext("%(person)s sees the address of: %(home)s.")
            said.append(sentence % {"person": name, "home": self.form.homes[data["home"]]})
        return said

    def add(self) -> bool:
        """Do it; or say in the form why not."""
        data = self.form.cleaned_data
        who = self.person or {name: data[name] for name in NAMES}
        facts = self.form.facts(data)
        if self.tie:
            facts |= {name: getattr(self.tie, name) for name in PERSONAL}
        try:
            with transaction.atomic():
                home = chosen_home(self.request, data["home"])
                Guardianship.add(self.student, who, by=self.viewer, household=home, **facts)
        except ValidationError as error:
            self.form.add_error(None, error)
            return False
        return True

    def _namesakes(self, data: dict[str, Any]) -> list[str]:
        """People with this name or this address: the same, or another?"""
        people, children = self._people
        key = sort_key(data["first_name"], data["last_name"])
        same = [
            one
            for one in people
            if one.sort_key == key or (data["email"] and data["email"] in self._mailboxes(one))
        ]
        sentence = gettext(
            "%(person)s is known here already, with %(children)s."
            " Is this another person? Else look for the name above."
        )
        return [sentence % _shown(one, children) for one in same[:3]]

    @cached_property
    def _addresses(self) -> defaultdict[UUID, set[str]]:
        """Where these people read mail, as the school wrote it down."""
        return defaultdict(set)

    def _mailboxes(self, person: User) -> set[str]:
        """The same, with that of the account where the school reads it anyhow."""
        account = person.email if person.pk in self._standing else None
        return self._addresses[person.pk] | ({account} if account else set())

    @cached_property
    def _standing(self) -> set[UUID]:
        """Those who have a tie that is not over."""
        return set()

    @cached_property
    def _people(self) -> tuple[list[User], dict[UUID, set[str]]]:
        """Everybody around the other children."""
        children: defaultdict[UUID, set[str]] = defaultdict(set)
        people: dict[UUID, User] = {}
        ties = ties_of(self.school, self.viewer).exclude(student=self.student)
        for tie in ties.order_by("guardian__sort_key"):
            people[tie.guardian_id] = tie.guardian
            self._addresses[tie.guardian_id] |= {tie.email} - {""}
            if not tie.is_over:
                self._standing.add(tie.guardian_id)
            children[tie.guardian_id].add(tie.student.first_name)
        return list(people.values()), children


def home_choices(
    request: OfficeRequest, student: Student, tie: Guardianship | None
) -> list[tuple[str, str]]:
    """Homes of the people around this child, and of this person: by who live there."""
    near = Q(student=student) | Q(guardian=tie and tie.guardian_id)
    ties = ties_of(request.school, request.viewer).filter(near).exclude(household=None)
    homes = set(ties.values_list("household_id", flat=True))
    names = home_names(request.school, request.viewer, homes)
    empty = gettext("a home where nobody lives now")
    return [
        (
            str(home),
            gettext("home of %(names)s") % {"names": names[home]} if home in names else empty,
        )
        for home in sorted(homes, key=lambda one: names.get(one, "~"))
    ]


def chosen_home(request: OfficeRequest, choice: str) -> Household | None:
    """The home that a form named, which offered it; a new one is made."""
    if choice == NEW_HOME:
        return Household.found(request.school.pk, by=request.viewer)
    homes = Household.objects.changeable_by(request.viewer).filter(school=request.school)
    return homes.get(pk=choice) if choice else None


def _shown(person: User, children: dict[UUID, set[str]]) -> dict[str, Any]:
    theirs = ", ".join(sorted(children[person.pk]))
    return {"id": person.pk, "person": person.name, "children": theirs, "initials": person.initials}
