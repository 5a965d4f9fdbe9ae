"""The pages of the agenda and of holidays: their states, and the way to each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from kring.base import clock
from kring.calendar.asked import school_year
from kring.demo import cast
from tests.browser.reaching import OFFICE, State, at, send

ENTRY = ".agenda-day a.row.entry"
LIST = "/agenda/?vorm=lijst"
YEAR = school_year(clock.today())
BSO_OFFICE = f"/office/{cast.identity('vijver')}"


def entry(page: Page, folder: Path) -> None:
    """The first of the list."""
    page.goto(LIST)
    page.locator(ENTRY).first.click()
    expect(page.locator(".entry-page")).to_be_visible()


def one_child(page: Page, folder: Path) -> None:
    page.goto(LIST)
    page.locator("nav.chips a").nth(1).click()
    page.wait_for_url("**over=**")


def earlier(page: Page, folder: Path) -> None:
    """A month that is over."""
    before = clock.today().replace(day=1) - timedelta(days=1)
    page.goto(f"{LIST}&maand={before:%Y-%m}")


def refused(page: Page, folder: Path) -> None:
    page.goto("/agenda/new/")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def _own(page: Page, end: str) -> None:
    """Something that the teacher put there, which comes later than a week."""
    page.goto("/agenda/new/")
    page.locator("#id_title").fill("Wilhelmina-van-den-Waardenburglezing in de aula")
    page.locator("#id_first_day").fill(f"{clock.today() + timedelta(days=40):%Y-%m-%d}")
    send(page)
    page.locator(f".actions a[href$='/{end}/']").click()
    expect(page.locator("main form")).to_be_visible()


def edit(page: Page, folder: Path) -> None:
    _own(page, "edit")


def withdrawal(page: Page, folder: Path) -> None:
    _own(page, "withdrawal")


def called_off(page: Page, folder: Path) -> None:
    _own(page, "withdrawal")
    page.locator("button[name=called_off]").click()
    page.goto(f"{LIST}&maand={clock.today() + timedelta(days=40):%Y-%m}")
    expect(page.locator(".entry.off").first).to_be_visible()


def year_refused(page: Page, folder: Path) -> None:
    page.goto(f"{OFFICE}/school/calendar/{YEAR + 1}/")
    page.locator("#id_form-0-ends_on").fill("2001-01-01")
    page.locator(".days-form > .button.primary").click()
    expect(page.locator("[role=alert]").first).to_be_visible()


OF_CALENDAR: dict[str, State] = {
    "agenda": State("mother", at("/agenda/")),
    "agenda-list": State("mother", at(LIST)),
    "agenda-month": State("mother", at("/agenda/?vorm=maand")),
    "agenda-of-staff": State("teacher", at("/agenda/?vorm=maand")),
    "agenda-of-the-principal": State("principal", at("/agenda/")),
    "agenda-one-child": State("mother", one_child),
    "agenda-earlier": State("mother", earlier),
    "agenda-empty": State("mother", at("/agenda/?maand=2031-02")),
    "agenda-no-school": State("operator", at("/agenda/")),
    "agenda-entry": State("mother", entry),
    "agenda-new": State("teacher", at("/agenda/new/")),
    "agenda-new-refused": State("principal", refused),
    "agenda-edit": State("teacher", edit),
    "agenda-withdrawal": State("teacher", withdrawal),
    "agenda-called-off": State("teacher", called_off),
    "office-holidays": State("administrator", at(f"{OFFICE}/school/calendar/")),
    "office-holidays-year": State("administrator", at(f"{OFFICE}/school/calendar/{YEAR}/")),
    "office-holidays-proposal": State("administrator", at(f"{OFFICE}/school/calendar/{YEAR + 1}/")),
    "office-holidays-refused": State("administrator", year_refused),
    "office-holidays-of-the-bso": State("director", at(f"{BSO_OFFICE}/school/calendar/{YEAR}/")),
}
