"""A letter in the bag: its QR, a mother who is signed in already, and the after-school care's."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pypdf import PdfReader

from kring.demo.cast import identity
from kring.demo.newcomers import BORN
from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 360, "height": 640}
CODE = re.compile(r"^(?:[0-9A-Z]{3}-)+[0-9A-Z]{3}$", re.MULTILINE)
TYPED = f"{BORN:%d%m%Y}"  # as on the figures of a telephone's keyboard


def code_of(office: Page, school: str, child: str) -> str:
    """The office prints the letter of one child; this reads the code in it."""
    office.goto(f"/office/{identity(school)}/joining/families/?state=waiting")
    office.locator("tr", has_text=child).locator("input[name=homes]").check()
    with office.expect_download() as fetched:
        office.locator("button[formaction*='letters']").click()
    [page] = PdfReader(BytesIO(Path(fetched.value.path()).read_bytes())).pages
    return "-".join(CODE.findall(page.extract_text()))


def scan(page: Page, code: str) -> None:
    """What the camera opens: the code is in its field, and no longer in the address."""
    page.goto(f"/join/#{code}")
    expect(page.get_by_label("Code uit de brief")).to_have_value(code)
    expect(page).to_have_url(re.compile(r"/join/$"))
    expect(page.get_by_label("Geboortedatum van het kind")).to_be_focused()


def come_in(page: Page, group: str) -> None:
    """From the birth date to the yes."""
    page.get_by_label("Geboortedatum van het kind").fill(TYPED)
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", name="Deze brief gaat over Mila")).to_be_visible()
    expect(page.get_by_text(group)).to_be_visible()
    page.get_by_label("Fatima (moeder)").check()
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_text("Je gaat verder als Fatima Amrani.")).to_be_visible()
    page.get_by_role("button", name="Ja, dit is mijn kind").click()
    expect(page.get_by_role("heading", name="Welkom, Fatima")).to_be_visible()


def test_a_signed_in_mother_scans_the_letter_of_school_and_that_of_the_bso(
    windows: Windows,
) -> None:
    office, mother, stranger = windows("director"), windows("mother"), windows()
    letter = code_of(office, "wilgenhoek", "Mila")
    scan(mother, letter)
    wrong_first(mother)
    come_in(mother, "groep 7 · De Wilgenhoek")
    expect(mother.get_by_text("Is dit dezelfde Mila?")).to_have_count(0)

    scan(mother, code_of(office, "vijver", "Mila"))
    come_in(mother, "De Kikkers · BSO De Vijver")
    mother.get_by_role("button", name="Ja, één kind").click()
    expect(mother.get_by_text("Mila is nu één kind in Kring.")).to_be_visible()
    expect(mother.get_by_text("Is dit dezelfde Mila?")).to_have_count(0)

    used_up(stranger, letter)
    not_mine(mother)


def wrong_first(page: Page) -> None:
    """A slip of the finger says one sentence, and keeps the code."""
    page.get_by_label("Geboortedatum van het kind").fill("1-1-2001")
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("alert").get_by_text("Deze code werkt niet.")).to_be_visible()
    expect(page.get_by_label("Code uit de brief")).not_to_have_value("")


def used_up(page: Page, code: str) -> None:
    """Whoever finds the letter reads what everybody reads of a code that is none."""
    page.set_viewport_size(NARROW)
    scan(page, code)
    page.get_by_label("Geboortedatum van het kind").fill(TYPED)
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("alert").get_by_text("Deze code werkt niet.")).to_be_visible()
    expect(page.get_by_text("Mila")).to_have_count(0)


def not_mine(page: Page) -> None:
    """A mistake of the school ends with one question."""
    page.goto("/join/")
    row = page.get_by_role("listitem").filter(has_text="Mila Amrani").filter(has_text="Vijver")
    row.get_by_role("link", name="Niet mijn kind").click()
    page.get_by_role("button", name="Dit is niet mijn kind").click()
    expect(page.get_by_text("Klaar. Je ziet niets meer van dit kind")).to_be_visible()
    expect(row).to_have_count(0)
