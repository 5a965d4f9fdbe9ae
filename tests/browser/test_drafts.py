"""What was typed, described and uploaded to a message stays until it is sent."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.photos import document, many

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What Chromium itself says of a line that is cut.
CUT = ("Failed to load resource: net::ERR_INTERNET_DISCONNECTED",)
SAYING = "Wat is er te zien? Zonder namen van kinderen."


def test_what_was_typed_is_back_after_the_page_is_loaded_again(windows: Windows) -> None:
    page = windows("teacher")
    page.goto("/posts/new/")
    page.get_by_label("Bericht").fill("Morgen gaan we naar het")
    box = page.locator("[name=audience]").first
    box.set_checked(not box.is_checked())
    chosen = box.is_checked()
    page.reload()
    expect(page.get_by_label("Bericht")).to_have_value("Morgen gaan we naar het")
    expect(page.locator("[name=audience]").first).to_be_checked(checked=chosen)


def test_what_was_sent_is_not_typed_again(windows: Windows) -> None:
    page = windows("teacher")
    page.goto("/posts/new/")
    page.get_by_label("Bericht").fill(f"De luizencontrole is klaar {uuid4().hex[:8]}")
    page.get_by_label("groep 5", exact=True).check()
    page.get_by_role("button", name="Versturen").click()
    expect(page).to_have_url(re.compile(r"/$"))
    page.goto("/posts/new/")
    page.wait_for_load_state()
    expect(page.get_by_label("Bericht")).to_have_value("")


def test_a_message_that_could_not_be_sent_is_still_there(windows: Windows) -> None:
    page = windows("teacher", forgiven=CUT)
    page.goto("/posts/new/")
    page.get_by_label("Bericht").fill("De schoolfoto's zijn er")
    page.context.set_offline(True)
    page.get_by_role("button", name="Versturen").click()
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto("/posts/new/")
    expect(page.get_by_label("Bericht")).to_have_value("De schoolfoto's zijn er")


@pytest.fixture
def begun(windows: Windows, tmp_path: Path) -> Page:
    """A message without words, with two photos of which one is described, and a document."""
    page = windows("teacher", forgiven=CUT)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/posts/new/")
    add = page.get_by_label("Foto's of bestanden toevoegen")
    add.set_input_files([*many(tmp_path, 2), document(tmp_path)])
    expect(page.locator("[data-asset]")).to_have_count(3)
    page.locator(".describe > summary").nth(1).click()
    page.get_by_label(SAYING).nth(1).fill("Een egel")
    return page


def test_what_was_uploaded_and_described_is_back_in_its_order(begun: Page) -> None:
    assets = begun.locator("input[name=assets]").input_value()
    begun.reload()
    expect(begun.locator("[data-asset]")).to_have_count(3)
    expect(begun.locator("input[name=assets]")).to_have_value(assets)
    expect(begun.locator(".thumb .picture img")).to_have_count(2)
    expect(begun.locator(".paper")).to_contain_text("PDF")
    assert begun.locator(".describe input").nth(1).input_value() == "Een egel"
    begun.get_by_role("button", name="Versturen").click()
    begun.wait_for_url("**/")
    expect(begun.get_by_role("article").first.get_by_role("link", name="Een egel")).to_be_visible()
    begun.goto("/posts/new/")
    begun.wait_for_load_state("networkidle")
    expect(begun.locator("[data-asset]")).to_have_count(0)


def test_what_was_uploaded_waits_for_a_line_to_ask_for_it(begun: Page) -> None:
    begun.route("**/media/uploads/states/**", lambda route: route.abort("internetdisconnected"))
    begun.reload()
    begun.wait_for_load_state("networkidle")
    expect(begun.locator("[data-asset]")).to_have_count(0)
    begun.unroute_all()
    begun.reload()
    expect(begun.locator("[data-asset]")).to_have_count(3)
    for _ in range(3):
        begun.locator(".tool.remove").first.click()
    begun.reload()
    begun.wait_for_load_state("networkidle")
    expect(begun.locator("[data-asset]")).to_have_count(0)


def test_nobody_else_is_shown_what_was_uploaded(begun: Page, windows: Windows) -> None:
    begun.goto(windows.demo["people"]["duo_teacher"]["sign_in"])
    begun.goto("/posts/new/")
    begun.wait_for_load_state("networkidle")
    expect(begun.locator("[data-asset]")).to_have_count(0)
