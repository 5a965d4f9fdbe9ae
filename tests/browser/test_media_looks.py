"""Files with long and other names in a message, what is said of them, and a film looked at."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.photos import broken, document, film, many
from tests.browser.test_media import MADE_READY, add, compose, describe, remove_all, send
from tests.browser.walking import UNDO, card

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "PXL_20261114_102233445_portretfoto_bewerkt_nog_eens_gedaan.jpg"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
AROUND = 16  # presses of Tab: more than there is to reach in a player and around it


def test_long_names_never_make_a_page_scroll_sideways(windows: Windows, tmp_path: Path) -> None:
    page = windows("teacher", forgiven=("Failed to load resource",))
    compose(page, "Lange namen")
    add(page, broken(tmp_path).rename(tmp_path / LONG), document(tmp_path))
    expect(page.locator("[data-part=problems]")).to_contain_text("is beschadigd")
    page.context.set_offline(offline=True)
    add(page, many(tmp_path, 1)[0].rename(tmp_path / f"A{LONG}"))
    gone = page.locator("[data-part=problems]").get_by_text("De verbinding is weg.")
    expect(gone).to_contain_text(f"A{LONG}")
    expect(page.locator("media-picker > [role=status]")).to_be_empty()  # it is said once
    for size in ("100%", "200%"):
        page.evaluate("(size) => (document.documentElement.style.fontSize = size)", size)
        assert page.evaluate(SIDEWAYS) == 0
    page.context.set_offline(offline=False)
    expect(page.locator("[data-asset]")).to_have_count(2)
    page.locator(".failed .remove").click()
    remove_all(page)
    windows.watches[page.context].problems.clear()  # of what was refused, and of the line


def test_documents_go_up_and_down_and_are_called_as_the_server_calls_them(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("teacher")
    compose(page, "Twee stukken")
    script = tmp_path / "lijst.py"
    script.write_text("print(1)\n")
    add(page, script, document(tmp_path), *many(tmp_path, 1))
    expect(page.locator("[data-asset]")).to_have_count(3)
    papers = page.locator(".paper .name")
    expect(papers.first).to_have_text("lijst.txt")
    page.locator(".paper").first.locator(".later").press("Enter")
    expect(page.get_by_text("lijst.txt staat nu op plaats 2 van 2")).to_be_visible()
    expect(papers.last).to_have_text("lijst.txt")
    expect(page.locator(".describe .given")).to_be_hidden()
    describe(page, 0, "Een egel")
    expect(page.locator(".describe .given")).to_be_visible()
    expect(page.locator(".describe .asked")).to_be_hidden()
    remove_all(page)


def test_a_film_is_looked_at_by_keyboard_and_saved_only_where_one_may(
    windows: Windows, tmp_path: Path
) -> None:
    teacher, mother = windows("teacher"), windows("mother")
    text = f"Een liedje {uuid4().hex[:8]}"
    compose(teacher, text)
    add(teacher, film(tmp_path), *many(tmp_path, 1))
    ready = teacher.locator(".thumb[data-kind=film][data-state=ready]")
    expect(ready).to_be_visible(timeout=MADE_READY)
    send(teacher)
    expect(card(teacher, text).get_by_text("Verstuurd")).to_be_visible(timeout=(UNDO + 5) * 1000)
    opened(mother, text)
    expect(mother.locator(".pswp video")).to_have_attribute("controlslist", "nodownload")
    opened(teacher, text)
    expect(teacher.locator(".pswp video")).not_to_have_attribute("controlslist", "nodownload")
    with teacher.expect_download() as saved:
        teacher.locator(".pswp .save").click()
    assert saved.value.suggested_filename.endswith(".mp4")


def opened(page: Page, text: str) -> None:
    """The film of a message, from the tile and back to it by keyboard, and opened again."""
    page.goto("/")
    tile = card(page, text).locator("a[data-kind=film]")
    for last in (False, True):
        tile.press("Enter")
        expect(page.locator(".pswp--open video")).to_be_visible()
        expect(page.locator(".pswp")).to_have_attribute("aria-modal", "true")
        for key in ("Tab", "Shift+Tab"):
            for _ in range(AROUND):
                page.keyboard.press(key)
                assert page.evaluate("document.activeElement.matches('.pswp *')")
        if not last:
            page.keyboard.press("Escape")
            expect(page.locator(".pswp")).to_have_count(0)
            expect(tile).to_be_focused()
