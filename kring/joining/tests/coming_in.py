"""A child at one home, whose mother and father never came in, and a letter for that home."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.joining import codes
from kring.joining.models import LinkCode, LinkCodeUse
from kring.schools.models import Guardianship, Household, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

BORN = date(2018, 9, 3)
TYPED = "03-09-2018"
CODE = re.compile(r"^(\d{4} \d{4})$", re.MULTILINE)
ADDRESS = "nadia@kring.example"
PASSWORD = "vier gele eenden zwemmen"


@dataclass
class Home:
    """Rows, and the text of the letter."""

    child: Student
    household: Household
    mother: Guardianship
    father: Guardianship
    text: str = ""
    code: LinkCode | None = None

    def places(self) -> dict[str, str]:
        """Whose are the ties of the child now: relation and access by first name."""
        with unlocked():
            ties = Guardianship.objects.filter(student=self.child, ends_at=None)
            return {
                one.guardian.first_name: f"{one.relation} {one.access}"
                for one in ties.select_related("guardian")
            }

    def guardian(self, tie: Guardianship) -> User:
        """Whose this tie is now."""
        with unlocked():
            return Guardianship.objects.select_related("guardian").get(pk=tie.pk).guardian

    def uses(self) -> int:
        """How many came in by the letter."""
        with unlocked():
            return LinkCodeUse.objects.filter(code=self.code).count()

    def trail(self) -> list[str]:
        """What the office reads about the child, the oldest first."""
        with unlocked():
            lines = AuditEntry.objects.filter(student_id=self.child.pk).order_by("created_at", "pk")
            return [line.verb for line in lines]


def home(cast: Cast, *, school: str = "wilgenhoek", group: str = "group_5", **child: Any) -> Home:
    """A child with two guardians of whom the school knows no more than the names."""
    usual: dict[str, Any] = {"first_name": "Puck", "last_name": "Jansen", "born_on": BORN}
    student = factories.student(cast.id(school), **usual | child)
    factories.enrolled(student, cast.id(group))
    household = factories.made(Household(school_id=cast.id(school)))
    mother, father = (
        factories.guarded(
            student,
            factories.person(first, last_name="Jansen").pk,
            household=household,
            relation=relation,
            has_authority="unknown",
        )
        for first, relation in (("Nadia", "mother"), ("Karel", "father"))
    )
    return Home(child=student, household=household, mother=mother, father=father)


def with_letter(cast: Cast, made: Home, places: int = 2, office: str = "administrator") -> Home:
    """The office prints a letter for this home."""
    viewer = cast.viewer(office)
    with seen_by(viewer):
        issued = codes.issue(made.child, made.household, places=places, by=viewer)
    made.text, made.code = issued.text, issued.row
    return made


class Visitor(Client):
    """Somebody with a browser and a letter."""

    def type_letter(self, text: str, born_on: str = TYPED) -> Any:
        return self.post(reverse("joining:code"), {"code": text, "born_on": born_on})

    def choose(self, tie: Guardianship | None, relation: str = "") -> Any:
        place = str(tie.pk) if tie else "other"
        return self.post(reverse("joining:child"), {"place": place, "relation": relation})

    def prove(self, address: str = ADDRESS) -> Any:
        self.post(reverse("joining:account"), {"email": address})
        return self.post(reverse("joining:mailbox"), {"code": last_code()})

    def say_yes(self, **typed: str) -> Any:
        return self.post(reverse("joining:yes"), typed)

    def come_in(self, made: Home, tie: Guardianship | None, address: str = ADDRESS) -> Any:
        """All of it, by a new account with a mailbox."""
        self.type_letter(made.text)
        self.choose(tie)
        self.prove(address)
        return self.say_yes()

    def person(self) -> User | None:
        """Who is signed in here."""
        key = self.session.get("_auth_user_id")
        with unlocked():
            return User.objects.filter(pk=key).first() if key else None


def last_code() -> str:
    """The code of the last mail."""
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    return found[1]


def accounts() -> int:
    """How many people can sign in."""
    with unlocked():
        return int(User.objects.exclude(joined_at=None).count())
