"""What tests of the office's people pages share: addresses, forms as a browser sends them, rows."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from kring.events.models import AuditEntry
from kring.schools.models import Enrollment, Guardianship, Household
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


class Form(HTMLParser):
    """The fields of the sheet of a page, as the browser would send them untouched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside = False
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("method") == "post"
        if not self._inside:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = value
        elif tag == "input" and given.get("type") not in {"checkbox", "radio"}:
            self.fields[name] = value
        elif tag == "input" and "checked" in given:
            self.fields[name] = value if "value" in given else "on"


def sheet(client: Client, address: str) -> dict[str, str]:
    """What stands in the form of a page."""
    page = client.get(address)
    assert page.status_code == 200, address
    fields = Form(page.content.decode()).fields
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def sure(answer: Any) -> str:
    """The value of the button that says yes to what was asked."""
    question = answer.context["question"]
    assert question, "nothing was asked"
    assert answer.status_code == 200
    return str(question.sure)


def tie_of(cast: Cast, person: str, child: str) -> Guardianship:
    """The tie that began last."""
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.id(person), student=cast.id(child))
        return ties.select_related("household").latest("starts_at")


def ties(**asked: Any) -> list[Guardianship]:
    with unlocked():
        return list(Guardianship.objects.filter(**asked).select_related("guardian", "household"))


def stays(cast: Cast, child: str) -> list[Enrollment]:
    with unlocked():
        return list(Enrollment.objects.filter(student=cast.id(child)).order_by("starts_on"))


def home(household_id: Any) -> Household:
    with unlocked():
        return Household.objects.get(pk=household_id)


def trail(**asked: Any) -> list[AuditEntry]:
    with unlocked():
        found: QuerySet[AuditEntry] = AuditEntry.objects.filter(**asked)
        return list(found.order_by("created_at"))


def verbs() -> list[str]:
    return [line.verb for line in trail()]


def at(cast: Cast, name: str, *ids: Any, school: str = "wilgenhoek") -> str:
    """An address in the office of the school."""
    return reverse(f"office:{name}", args=[cast.id(school), *ids])


def of_tie(cast: Cast, name: str, person: str, child: str) -> str:
    return at(cast, name, cast.id(child), tie_of(cast, person, child).pk)
