"""Holidays: proposed by region; the office confirms, changes, leaves out and adds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.calendar.asked import school_year
from kring.calendar.confirming import Outcome, SchoolYearOfDays
from kring.calendar.holidays import FIXED, OFTEN, PUBLIC, Proposed, proposed, regions_of, years
from kring.events.models import AuditEntry
from kring.schools.models import ClosedDay, School
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def school(region: str = "midden", kind: str = "school") -> School:
    return School(name="De Proef", region=region, kind=kind)


def named(found: list[Proposed]) -> dict[str, tuple[date, date]]:
    return {one.name: (one.starts_on, one.ends_on) for one in found}


@pytest.mark.parametrize(
    ("city", "regions"),
    [
        ("Utrecht", ("midden",)),
        (" groningen ", ("noord",)),
        ("EINDHOVEN", ("zuid",)),
        ("Altena", ("midden", "zuid")),
        ("Waterdam", ()),
        ("", ()),
        ("'; DROP TABLE schools_school; --", ()),
    ],
)
def test_the_region_goes_by_the_municipality(city: str, regions: tuple[str, ...]) -> None:
    assert regions_of(city) == regions


def test_a_region_has_its_own_holidays() -> None:
    """As schools themselves have them for 2026-2027."""
    autumn = {
        region: named(proposed(2026, school(region)))["Herfstvakantie"]
        for region in ("noord", "midden", "zuid")
    }
    assert autumn["noord"] == (date(2026, 10, 10), date(2026, 10, 18))
    assert autumn["midden"] == autumn["zuid"] == (date(2026, 10, 17), date(2026, 10, 25))


def test_the_two_days_that_the_source_had_wrong_are_mended() -> None:
    for year, last in ((2026, date(2027, 2, 21)), (2028, date(2029, 2, 18))):
        assert named(proposed(year, school("zuid")))["Voorjaarsvakantie"][1] == last


def test_public_holidays_in_a_holiday_or_a_weekend_are_left_out() -> None:
    found = proposed(2026, school())
    days = named(found)
    assert "Eerste kerstdag" not in days  # in the Christmas holiday
    assert "Koningsdag" not in days  # of 2027, in the May holiday
    assert "Eerste paasdag" not in days  # a Sunday
    assert days["Tweede paasdag"] == (date(2027, 3, 29),) * 2
    assert days["Vrijdag na Hemelvaart"] == (date(2027, 5, 7),) * 2
    sources = {one.name: (one.source, one.is_usual) for one in found}
    assert sources["Kerstvakantie"] == (FIXED, True)
    assert sources["Tweede pinksterdag"] == (PUBLIC, True)
    assert sources["Goede vrijdag"] == (PUBLIC, False)
    assert sources["Tweede meiweek"] == (OFTEN, False)


def test_an_after_school_care_has_public_holidays_only() -> None:
    found = proposed(2026, school(region="", kind="aftercare"))
    assert {one.kind for one in found} <= {"public", "other"}
    assert named(found)["Koningsdag"] == (date(2027, 4, 27),) * 2


@pytest.mark.parametrize("year", years())
@pytest.mark.parametrize("region", ["noord", "midden", "zuid"])
def test_every_year_of_every_region_is_whole(year: int, region: str) -> None:
    """Five holidays, each from Saturday to Sunday, one after the other."""
    found = [one for one in proposed(year, school(region)) if one.kind == "holiday"]
    main = [one for one in found if one.is_usual]
    assert len(main) == 5
    for one in main:
        assert (one.starts_on.isoweekday(), one.ends_on.isoweekday()) == (6, 7)
        assert date(year, 8, 1) <= one.starts_on <= date(year + 1, 7, 31)
    assert all(one.ends_on < other.starts_on for one, other in pairwise(main))


# ── what the office says ─────────────────────────────────────────────────────
YEAR = school_year(clock.today())


def of_the_year(cast: Cast, viewer: Viewer) -> SchoolYearOfDays:
    return SchoolYearOfDays(cast.wilgenhoek, YEAR, viewer)


def lines(days: SchoolYearOfDays) -> list[dict[str, Any]]:
    return [
        {
            "keep": line.keep,
            "standing": line.standing.pk if line.standing else None,
            **{name: getattr(line.said, name) for name in ("kind", "name", "starts_on", "ends_on")},
        }
        for line in days.lines
    ]


@pytest.fixture
def confirmed(cast: Cast) -> Cast:
    cast.change(cast.wilgenhoek, region="midden")
    viewer = cast.viewer("administrator")
    with seen_by(viewer):
        days = of_the_year(cast, viewer)
        outcome = days.say(lines(days), by=viewer)
    assert outcome.made > 5
    assert (outcome.changed, outcome.removed) == (0, 0)
    return cast


def again(cast: Cast, change: Callable[[list[dict[str, Any]]], None] | None = None) -> Outcome:
    viewer = cast.viewer("principal")
    with seen_by(viewer):
        days = of_the_year(cast, viewer)
        told = lines(days)
        if change:
            change(told)
        return days.say(told, by=viewer)


def test_what_many_schools_leave_out_is_not_ticked(confirmed: Cast) -> None:
    with unlocked():
        names = set(ClosedDay.objects.values_list("name", flat=True))
    assert "Kerstvakantie" in names
    assert not names & {"Tweede meiweek", "Bevrijdingsdag", "Goede vrijdag"}


def test_the_same_proposal_again_makes_no_difference(confirmed: Cast) -> None:
    with unlocked():
        before = list(ClosedDay.objects.order_by("pk").values())
    assert again(confirmed) == (0, 0, 0)
    with unlocked():
        assert list(ClosedDay.objects.order_by("pk").values()) == before


def test_the_first_form_sent_again_makes_no_second_days(confirmed: Cast) -> None:
    """Without the ids that it did not know then: the back button, or two at once."""

    def forget(told: list[dict[str, Any]]) -> None:
        for line in told:
            line["standing"] = None

    assert again(confirmed, forget) == (0, 0, 0)


def test_a_day_is_changed_left_out_and_added_and_the_trail_says_so(confirmed: Cast) -> None:
    def change(told: list[dict[str, Any]]) -> None:
        by_name = {line["name"]: line for line in told}
        by_name["Herfstvakantie"]["ends_on"] = by_name["Herfstvakantie"]["ends_on"].replace(day=28)
        by_name["Tweede pinksterdag"]["keep"] = False
        study = {"kind": "study", "name": "Studiedag", "standing": None, "keep": True}
        days = (date(YEAR, 11, 3), date(YEAR + 1, 2, 3))
        told.extend(study | {"starts_on": day, "ends_on": day} for day in days)

    assert again(confirmed, change) == (2, 1, 1)
    assert again(confirmed) == (0, 0, 0)
    with unlocked():
        assert ClosedDay.objects.filter(name="Studiedag").count() == 2
        verbs = list(AuditEntry.objects.values_list("verb", flat=True))
        assert verbs.count("closed_day.removed") == 1
        assert "closed_day.kept" in verbs


def test_what_was_left_out_stays_left_out(confirmed: Cast) -> None:
    again(confirmed, lambda told: told[0].update(keep=False))
    viewer = confirmed.viewer("principal")
    with seen_by(viewer):
        first = of_the_year(confirmed, viewer).lines[0]
    assert first.standing is None
    assert not first.keep


def test_a_day_of_another_school_is_not_reached_by_its_id(confirmed: Cast) -> None:
    with unlocked():
        other = ClosedDay(
            school_id=confirmed.id("kompas"),
            name="Elders",
            starts_on=date(YEAR, 11, 9),
            ends_on=date(YEAR, 11, 9),
        )
        other.save(force_insert=True)

    def reach(told: list[dict[str, Any]]) -> None:
        told[0]["standing"], told[0]["keep"] = other.pk, False

    again(confirmed, reach)
    with unlocked():
        assert ClosedDay.objects.filter(pk=other.pk, name="Elders").exists()


# ── pages ────────────────────────────────────────────────────────────────────
def start(cast: Cast) -> str:
    return reverse("holidays:start", args=[cast.id("wilgenhoek")])


def form_of(page: Any) -> dict[str, Any]:
    """What a browser sends of the page as it stands."""
    forms = page.context["forms"]
    sent: dict[str, Any] = {
        forms.add_prefix(0).rsplit("-", 1)[0] + "-TOTAL_FORMS": len(forms.forms)
    }
    sent["form-INITIAL_FORMS"] = forms.initial_form_count()
    for form in forms.forms:
        for name in form.fields:
            value = form[name].value()
            if value not in {None, "", False}:
                sent[form.add_prefix(name)] = "on" if value is True else value
    return sent


def test_the_region_is_proposed_and_kept(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.wilgenhoek, city="Groningen")
    client = sign_in("administrator")
    page = client.get(start(cast)).content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["noord"]
    assert client.post(start(cast), {"region": "oost"}).status_code == 422
    assert client.post(start(cast), {"region": "zuid"}).status_code == 303
    assert cast.wilgenhoek.region == "zuid"


def test_a_year_is_confirmed_as_it_is_proposed(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.wilgenhoek, region="midden")
    client, year = (
        sign_in("principal"),
        reverse("holidays:year", args=[cast.id("wilgenhoek"), YEAR]),
    )
    form = form_of(client.get(year))
    assert client.post(year, form).status_code == 303
    with unlocked():
        count = ClosedDay.objects.filter(school=cast.id("wilgenhoek")).count()
    assert count > 5
    again = client.post(year, form_of(client.get(year)), follow=True).content.decode()
    with unlocked():
        assert ClosedDay.objects.filter(school=cast.id("wilgenhoek")).count() == count
    assert "OpenHolidays" in again


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_on", "2001-01-01"),
        ("starts_on", "not a day"),
        ("starts_on", ""),
        ("name", "x" * 101),
        ("kind", "feest"),
        ("ends_on", f"{YEAR + 1}-07-30"),
        ("starts_on", f"{YEAR - 1}-12-01"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    cast: Cast, sign_in: SignIn, field: str, value: str
) -> None:
    cast.change(cast.wilgenhoek, region="midden")
    client, year = (
        sign_in("principal"),
        reverse("holidays:year", args=[cast.id("wilgenhoek"), YEAR]),
    )
    answer = client.post(year, form_of(client.get(year)) | {f"form-0-{field}": value})
    assert answer.status_code == 422
    with unlocked():
        assert not ClosedDay.objects.filter(school=cast.id("wilgenhoek")).exists()


def test_a_form_that_is_no_form_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client, year = (
        sign_in("principal"),
        reverse("holidays:year", args=[cast.id("wilgenhoek"), YEAR]),
    )
    for sent in (
        {},
        {"form-TOTAL_FORMS": "x"},
        {"form-TOTAL_FORMS": "1000", "form-INITIAL_FORMS": 0},
    ):
        assert client.post(year, {"a": "b"} | sent).status_code == 422


@pytest.mark.parametrize("year", [1999, YEAR - 1, 2100])
def test_a_year_that_is_not_known_is_not_there(cast: Cast, sign_in: SignIn, year: int) -> None:
    address = reverse("holidays:year", args=[cast.id("wilgenhoek"), year])
    assert sign_in("principal").get(address).status_code == 404
