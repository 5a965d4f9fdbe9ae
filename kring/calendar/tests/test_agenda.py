"""The pages of the agenda: whom they show what, in how many queries, whatever was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from kring.base import clock
from kring.base.visibility import seen_by
from kring.calendar.asked import Asked, school_year
from kring.calendar.items import MOST
from kring.calendar.models import CalendarEntry
from kring.calendar.page import AgendaPage
from kring.schools.models import ClosedDay
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)
AGENDA = reverse("calendar:agenda")
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'x' {{ 7*7 }} {% now %} נו \u202e"
type SignIn = Callable[[str], Client]


def on(day: date, days: int = 1) -> dict[str, Any]:
    end = clock.start_of(day + DAY * days)
    return {"whole_day": True, "starts_at": clock.start_of(day), "ends_at": end}


def titles(cast: Cast, key: str, **asked: str) -> set[str]:
    viewer = cast.viewer(key)
    with seen_by(viewer), override("en"):
        return {item.title for item in AgendaPage(viewer, Asked.of(asked)).items}


def closed(cast: Cast, school: str, day: date, **fields: Any) -> ClosedDay:
    told = {"kind": "holiday", "name": "Kerstvakantie", "starts_on": day, "ends_on": day + 9 * DAY}
    return factories.made(ClosedDay(school_id=cast.id(school), **told | fields))


@pytest.fixture
def agenda(cast: Cast) -> Cast:
    cast.entry("group_5", by="teacher", title="Bos")
    cast.entry("group_2", by="aide", title="Speelgoed")
    cast.entry("group_6", by="teacher_next_door", title="Zwemmen")
    cast.entry("wilgenhoek", by="principal", title="Feest")
    cast.entry("staff of wilgenhoek", by="principal", title="Vergadering")
    cast.entry("vijver", by="aftercare", title="Pannenkoeken")
    cast.entry("sam", by="teacher", title="Gesprek")
    return cast


def month_of_next_week() -> str:
    return f"{clock.today() + 7 * DAY:%Y-%m}"


def test_each_sees_what_is_for_her(agenda: Cast) -> None:
    month = month_of_next_week()
    assert titles(agenda, "mother", maand=month) == {
        *("Bos", "Speelgoed", "Feest", "Pannenkoeken", "Gesprek")
    }
    assert titles(agenda, "informed_father", maand=month) == {"Bos", "Feest"}
    assert titles(agenda, "teacher", maand=month) == {"Bos", "Feest", "Vergadering", "Gesprek"}
    assert titles(agenda, "grandmother", maand=month) == set()
    assert titles(agenda, "operator", maand=month) == set()


def test_a_mother_looks_at_one_child(agenda: Cast) -> None:
    month = month_of_next_week()
    sam, noor = (str(agenda.id(child)) for child in ("sam", "noor"))
    assert titles(agenda, "mother", maand=month, over=sam) == {"Bos", "Feest", "Gesprek"}
    assert titles(agenda, "mother", maand=month, over=noor) == {"Speelgoed", "Feest"}
    care = str(agenda.id("vijver"))
    assert titles(agenda, "mother", maand=month, over=care) == {"Pannenkoeken"}


def test_a_principal_looks_at_one_group(agenda: Cast) -> None:
    asked = {"maand": month_of_next_week(), "over": str(agenda.id("group_6"))}
    assert titles(agenda, "principal", **asked) == {"Zwemmen", "Feest"}


def test_a_child_of_others_is_nobody(agenda: Cast) -> None:
    asked = {"maand": month_of_next_week(), "over": str(agenda.id("milan"))}
    assert titles(agenda, "mother", **asked) == set()


def test_siblings_of_one_broadcast_stand_once(cast: Cast) -> None:
    card, told = uuid4(), on(clock.today() + DAY)
    for school in ("wilgenhoek", "vijver"):
        cast.entry(school, by="principal", card_id=card, **told)
    viewer = cast.viewer("mother")
    with seen_by(viewer):
        [item] = AgendaPage(viewer, Asked.of({"maand": f"{clock.today() + DAY:%Y-%m}"})).items
    assert {chip.name for chip in item.chips} == {"De Wilgenhoek", "BSO De Vijver"}


def test_closed_days_of_ones_schools_stand_in_it(cast: Cast) -> None:
    day = clock.today().replace(day=20)
    closed(cast, "wilgenhoek", day)
    closed(cast, "kompas", day, name="Elders")
    assert titles(cast, "mother") == {"Kerstvakantie"}
    sam = {"over": str(cast.id("sam"))}
    assert titles(cast, "mother", **sam) == {"Kerstvakantie"}
    assert titles(cast, "mother", over=str(cast.id("vijver"))) == set()


def unknown(cast: Cast, key: str, **asked: str) -> list[tuple[str, str, bool]]:
    viewer = cast.viewer(key)
    with seen_by(viewer):
        page = AgendaPage(viewer, Asked.of(asked))
        return [(one.school.name, one.year, bool(one.url)) for one in page.unknown]


def test_holidays_that_nobody_confirmed_are_not_known_yet(cast: Cast) -> None:
    year = school_year(clock.today())
    said = f"{year}-{year + 1}"
    assert unknown(cast, "mother") == [("De Wilgenhoek", said, False)]
    assert unknown(cast, "principal") == [("De Wilgenhoek", said, True)]
    assert unknown(cast, "mother", maand="2020-01") == []
    closed(cast, "wilgenhoek", date(year, 12, 20), kind="study")
    assert unknown(cast, "mother") == [("De Wilgenhoek", said, False)]
    closed(cast, "wilgenhoek", date(year, 12, 20))
    assert unknown(cast, "mother") == []
    following = f"{year + 1}-09"
    assert [one[1] for one in unknown(cast, "mother", maand=following)] == [
        f"{year + 1}-{year + 2}"
    ]


# ── pages ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("form", ["", "lijst", "maand"])
def test_hostile_titles_are_only_text(cast: Cast, sign_in: SignIn, form: str) -> None:
    entry = cast.entry("group_5", by="teacher", title=HOSTILE[:120], text=HOSTILE, place=HOSTILE)
    asked = {"maand": month_of_next_week(), "vorm": form}
    for address in (reverse("calendar:entry", args=[entry.pk]), AGENDA):
        page = sign_in("mother").get(address, asked).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{ 7*7 }}" in page


def queries(client: Client, address: str, asked: dict[str, str]) -> int:
    client.get(address, asked)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, asked).status_code == 200
    return len(found)


@pytest.mark.parametrize("key", ["mother", "principal", "teacher_parent"])
def test_thirty_entries_take_as_many_queries_as_three(
    cast: Cast, sign_in: SignIn, key: str
) -> None:
    client, asked = sign_in(key), {"maand": month_of_next_week()}
    counted = []
    for more in (3, 27):
        for number in range(more):
            to = ("group_5",) if number % 2 else ("wilgenhoek",)
            cast.entry(*to, by="principal", title=f"Iets {number}")
        counted.append(queries(client, AGENDA, asked))
    assert counted[0] == counted[1]


def test_a_month_with_very_much_is_bounded_and_says_so(cast: Cast, sign_in: SignIn) -> None:
    with unlocked():
        made = cast.entry("wilgenhoek", by="principal")
        said = {f.attname: getattr(made, f.attname) for f in CalendarEntry._meta.concrete_fields}
        CalendarEntry.objects.bulk_create(
            CalendarEntry(**said | {"id": uuid4(), "key": uuid4()}) for _ in range(MOST + 50)
        )
    page = sign_in("mother").get(AGENDA, {"maand": month_of_next_week()}).content.decode()
    assert page.count('class="row entry') == MOST
    assert 'class="note warning"' in page


def test_an_empty_month_says_where_to_go_on(sign_in: SignIn) -> None:
    page = sign_in("mother").get(AGENDA, {"maand": "2031-02"}).content.decode()
    assert 'class="empty"' in page
    assert "maand=2031-03" in page
    stranger = sign_in("operator").get(AGENDA).content.decode()
    assert 'class="empty"' in stranger


def test_a_month_can_be_asked_for_as_list_and_as_table(agenda: Cast, sign_in: SignIn) -> None:
    client = sign_in("mother")
    both, as_list, as_table = (
        client.get(AGENDA, {"vorm": form}).content.decode() for form in ("", "lijst", "maand")
    )
    assert "<table" in both
    assert 'class="list hand"' in both
    assert "<table" not in as_list
    assert 'class="list' not in as_table


# ── the form ─────────────────────────────────────────────────────────────────
def typed(cast: Cast, **other: Any) -> dict[str, Any]:
    day = f"{clock.today() + 20 * DAY:%Y-%m-%d}"
    said = {"title": "Schoolreis", "first_day": day, "key": uuid4(), "place": "bos"}
    return said | {"audience": f"group:{cast.id('group_5')}"} | other


def test_a_teacher_plans_changes_and_takes_out(cast: Cast, sign_in: SignIn) -> None:
    client, new = sign_in("teacher"), reverse("calendar:new")
    form = typed(cast, begins="08:30", ends="15:00")
    answer = client.post(new, form)
    assert answer.status_code == 303
    again = client.post(new, form)  # a train's second try
    assert again["location"] == answer["location"]
    with unlocked():
        entry = CalendarEntry.objects.get()
    assert entry.title == "Schoolreis"
    edit = reverse("calendar:edit", args=[entry.pk])
    shown = client.get(edit).content.decode()
    assert 'value="08:30"' in shown
    assert client.post(edit, form | {"title": "Naar zee", "begins": ""}).status_code == 422
    assert client.post(edit, form | {"title": "Naar zee"}).status_code == 303
    out = reverse("calendar:withdrawal", args=[entry.pk])
    assert client.get(out).status_code == 200
    assert client.post(out).status_code == 303
    with unlocked():
        entry.refresh_from_db()
    assert entry.withdrawn_at
    assert client.get(out).status_code == 404
    assert client.get(edit).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "a\x07b"}, "title"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "31-02-2027"}, "first_day"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"first_day": "9999-12-31"}, "first_day"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"begins": "25:00"}, "begins"),
        ({"ends": "15:00"}, "begins"),
        ({"begins": "15:00", "ends": "14:00"}, "ends"),
        ({"begins": "15:00", "ends": "15:00"}, "ends"),
        ({"text": "x" * 4001}, "text"),
        ({"audience": ""}, "audience"),
        ({"audience": "group:nobody"}, "audience"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    cast: Cast, sign_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    answer = sign_in("teacher").post(reverse("calendar:new"), typed(cast, **wrong))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    with unlocked():
        assert not CalendarEntry.objects.exists()


def test_an_entry_longer_than_a_year_is_refused(cast: Cast, sign_in: SignIn) -> None:
    last = f"{clock.today() + 400 * DAY:%Y-%m-%d}"
    answer = sign_in("teacher").post(reverse("calendar:new"), typed(cast, last_day=last))
    assert answer.status_code == 422


def test_several_days_with_a_time_need_an_end(cast: Cast, sign_in: SignIn) -> None:
    last = f"{clock.today() + 22 * DAY:%Y-%m-%d}"
    client, new = sign_in("teacher"), reverse("calendar:new")
    assert client.post(new, typed(cast, last_day=last, begins="09:00")).status_code == 422
    camp = typed(cast, last_day=last, begins="09:00", ends="08:00")  # in the morning of the last
    assert client.post(new, camp).status_code == 303


def test_groups_and_the_team_do_not_go_together(cast: Cast, sign_in: SignIn) -> None:
    both = [f"group:{cast.id('group_5')}", f"staff:{cast.id('wilgenhoek')}"]
    client = sign_in("principal")
    answer = client.post(reverse("calendar:new"), typed(cast, audience=both))
    assert answer.status_code == 422
    all_of_it = [f"group:{cast.id('group_5')}", f"school:{cast.id('wilgenhoek')}"]
    answer = client.post(reverse("calendar:new"), typed(cast, audience=all_of_it))
    assert answer.status_code == 303
    with unlocked():
        assert CalendarEntry.objects.get().whole_school


def test_the_form_begins_on_the_day_that_was_asked_for(sign_in: SignIn) -> None:
    client = sign_in("teacher")
    page = client.get(reverse("calendar:new"), {"dag": "2026-12-04"}).content.decode()
    assert 'value="2026-12-04"' in page
    assert "checked" in page  # the only group that she teaches
    assert client.get(reverse("calendar:new"), {"dag": "<b>"}).status_code == 200


def test_what_is_soon_is_said_where_it_is_changed(cast: Cast, sign_in: SignIn) -> None:
    soon = clock.now() + DAY
    entry = cast.entry("group_5", by="teacher", starts_at=soon, ends_at=soon + timedelta(hours=1))
    client = sign_in("teacher")
    for view in ("edit", "withdrawal"):
        page = client.get(reverse(f"calendar:{view}", args=[entry.pk])).content.decode()
        assert '<p class="note' in page
    client.post(reverse("calendar:withdrawal", args=[entry.pk]))
    page = sign_in("mother").get(reverse("calendar:entry", args=[entry.pk])).content.decode()
    assert 'class="note warning"' in page
