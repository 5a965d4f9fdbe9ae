"""The office imports a file with a child that may be somebody who is here already."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Windows
from tests.browser.reaching import OFFICE
from tests.browser.states import school_year

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORK = 30_000  # milliseconds in which the worker is done
EDEXML = """<?xml version="1.0" encoding="UTF-8"?>
<EDEX><school><schooljaar>{year}</schooljaar><brincode>99WH</brincode>
<dependancecode>00</dependancecode></school>
<groepen><groep key="g5"><naam>groep 5</naam><jaargroep>5</jaargroep></groep></groepen>
<leerlingen>{pupils}</leerlingen></EDEX>"""
PUPIL = """<leerling key="{key}"><achternaam>{last}</achternaam><roepnaam>{first}</roepnaam>
<jaargroep>5</jaargroep><groep key="g5"/></leerling>"""


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    chosen: ViewportSize = request.param
    return chosen


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Lina without a key that counts, and Puck, who is new."""
    lina = PUPIL.format(key="#1", first="Lina", last="Hofstra")
    puck = PUPIL.format(key="9001", first="Puck", last="Nieuwkomer")
    path = tmp_path / "EDEX.XML"
    path.write_text(EDEXML.format(year=school_year(), pupils=lina + puck), encoding="utf-8")
    return path


def choose(page: Page, path: Path) -> None:
    page.goto(f"{OFFICE}/import/")
    page.locator("input[value=edexml]").check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Bestanden controleren").click()


def test_a_doubtful_child_is_asked_then_applied_then_undone(
    windows: Windows, size: ViewportSize, roster: Path
) -> None:
    page = windows("administrator", viewport=size)
    choose(page, roster)
    found = page.locator("#import").get_by_text("1 nieuw, ").first
    expect(found).to_be_visible(timeout=WORK)  # which came by itself
    expect(page.get_by_text("1 twijfel wacht nog op je antwoord.")).to_be_visible()
    page.get_by_role("button", name="Doorvoeren").click()
    expect(page.get_by_role("alert")).to_contain_text("Beantwoord eerst de twijfels.")
    question = page.get_by_role("group", name=re.compile("Lina Hofstra"))
    question.get_by_role("radio", name=re.compile("Lina Hofstra")).check()
    expect(page.get_by_text("1 twijfel wacht nog op je antwoord.")).to_have_count(0)
    page.reload()
    expect(question.get_by_role("radio", name=re.compile("Lina Hofstra"))).to_be_checked()
    page.get_by_role("button", name="Doorvoeren").click()
    expect(page.get_by_role("heading", name="Hoe nu verder")).to_be_visible(timeout=WORK)
    page.get_by_text("Deze invoer ongedaan maken").click()
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.get_by_text("alles staat weer zoals daarvoor")).to_be_visible(timeout=WORK)


def test_the_same_without_script_and_by_keyboard(windows: Windows, roster: Path) -> None:
    page = windows("administrator", java_script_enabled=False)
    choose(page, roster)
    wait_without_script(page, "Verschillen")
    page.get_by_role("button", name="De rest overslaan").press("Enter")
    expect(page.get_by_text("De antwoorden zijn bewaard.")).to_be_visible()
    page.get_by_role("button", name="Wegleggen").press("Enter")
    expect(page.get_by_text("Deze invoer is weggelegd.").first).to_be_visible()


def test_a_file_that_is_none_is_refused_with_the_reason(windows: Windows, tmp_path: Path) -> None:
    page = windows("administrator")
    broken = tmp_path / "kapot.xml"
    broken.write_text("<EDEX><school>", encoding="utf-8")
    choose(page, broken)
    expect(page.get_by_text("Er is niets opgeslagen.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Downloaden als lijst").click()
    assert download.value.suggested_filename == "invoer.csv"


def test_a_column_is_corrected_without_choosing_the_file_again(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("administrator", viewport=DESKTOP)
    path = tmp_path / "ouders.csv"
    head, row = "Roepnaam;Achternaam;Geboortedatum;Opmerking", "Wie;Ook;13-04-2018;wie@post.example"
    path.write_text(f"{head}\r\n{row}\r\n", encoding="utf-8")
    page.goto(f"{OFFICE}/import/")
    page.locator("input[value=carers]").check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Bestanden controleren").click()
    page.get_by_label("Opmerking").select_option("carer_1_email")
    page.get_by_label("Geboortedatum").select_option("")
    page.get_by_role("button", name="Verschillen tonen").click()
    expect(page.get_by_role("heading", name="Verschillen", exact=True)).to_be_visible(timeout=WORK)


def wait_without_script(page: Page, title: str) -> None:
    """Press the button that asks how far it is, until it is done."""
    for _ in range(30):
        if page.get_by_role("heading", name=title, exact=True).count():
            return
        page.wait_for_timeout(1000)
        page.get_by_role("link", name="Kijken hoe ver het is").click()
    raise AssertionError(title)
