"""The same job in a browser that runs no script: slower to the hand, and nothing is missing."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.photos import broken, photos
from tests.browser.walking import UNDO, address_of, card, code_for, second_step

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def plain(windows: Windows) -> Page:
    """A phone with its scripts turned off, on which nobody is signed in."""
    return windows(java_script_enabled=False)


def test_a_teacher_writes_and_a_mother_answers(
    windows: Windows, plain: Page, tmp_path: Path
) -> None:
    text = f"Morgen bakken we brood {uuid4().hex[:8]}"
    mother = windows(java_script_enabled=False)
    sign_in(plain, windows(), "teacher@kring.example")
    compose(plain, text, tmp_path)
    undo(plain, text)
    plain.get_by_role("button", name="Versturen").click()
    address = address_of(plain, text)

    sign_in(mother, windows(), "mother@kring.example")
    wait_for(mother, text)
    look_at_photo(mother, text)
    like(mother, text)
    comment(mother, "Sam neemt gist mee")
    change(plain, address, f"{text}, met rozijnen")
    mother.reload()
    expect(card(mother, text)).to_contain_text("met rozijnen")
    expect(card(mother, text)).to_contain_text("gewijzigd")
    withdraw(plain)
    assert mother.goto(address).status == 404  # type: ignore[union-attr]
    sign_out(mother)


def sign_in(page: Page, box: Page, address: str) -> None:
    """By the code from the mail; a code that is wrong is said so and can be typed again."""
    page.goto("/")
    page.get_by_label("Je e-mailadres").fill(address)
    page.get_by_role("button", name="Mail mij een code").click()
    page.get_by_label("Code uit de mail").fill("1234 5678")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("alert")).to_contain_text("Deze code klopt niet")
    expect(page.get_by_label("Code uit de mail")).to_have_value("1234 5678")
    page.get_by_label("Code uit de mail").fill(code_for(box, address))
    page.get_by_role("button", name="Inloggen").click()
    if address.startswith("teacher"):
        second_step(page, address)
    expect(page.get_by_role("article").first).to_be_visible()


def compose(page: Page, text: str, folder: Path) -> None:
    """What was wrong is said; what was typed, ticked and uploaded is still there."""
    page.get_by_role("link", name="Schrijven").filter(visible=True).click()
    page.get_by_label("Bericht").fill(text)
    page.get_by_label("Reacties toestaan").check()
    page.get_by_label("Foto's of bestanden toevoegen").set_input_files(
        [photos(folder)[0], broken(folder)]
    )
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("alert")).to_contain_text("kapot.jpg is beschadigd of niet compleet.")
    as_it_was(page, text)
    page.get_by_label("groep 5", exact=True).uncheck()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies voor wie dit bericht is.")
    page.get_by_label("groep 5", exact=True).check()
    as_it_was(page, text)
    page.get_by_role("button", name="Versturen").click()
    expect(card(page, text).locator(".mosaic a")).to_have_count(1)


def as_it_was(page: Page, text: str) -> None:
    expect(page.get_by_label("Bericht")).to_have_value(text)
    expect(page.get_by_label("groep 5", exact=True)).to_be_checked()
    expect(page.get_by_label("Reacties toestaan")).to_be_checked()
    expect(page.locator(".thumb img")).to_have_count(1)
    expect(page.locator(".thumb img")).to_have_js_property("complete", value=True)


def undo(page: Page, text: str) -> None:
    expect(card(page, text)).to_contain_text("Wordt zo verstuurd")
    page.get_by_role("button", name="Ongedaan maken").first.click()
    as_it_was(page, text)


def wait_for(page: Page, text: str) -> None:
    """A page without script shows what is new when it is loaded again."""
    for _ in range(2 * UNDO):
        if card(page, text).count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(card(page, text)).to_be_visible()


def look_at_photo(page: Page, text: str) -> None:
    """It opens by itself, as wide as the window at most, and back is the feed."""
    card(page, text).locator(".mosaic a").click()
    photo = page.locator("img")
    expect(photo).to_have_js_property("complete", value=True)
    size, window = photo.bounding_box(), page.viewport_size
    assert size
    assert window
    assert 0 < size["width"] <= window["width"]
    page.go_back()
    expect(card(page, text)).to_be_visible()


def like(page: Page, text: str) -> None:
    card(page, text).get_by_role("button", name="Leuk").click()
    heart = page.get_by_role("button", name="Leuk")
    expect(heart).to_have_attribute("aria-pressed", "true")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")
    heart.click()
    expect(heart).to_contain_text("1")


def comment(page: Page, text: str) -> None:
    page.get_by_role("button", name="Plaatsen").click()
    expect(page.locator("#id_text_error")).to_be_visible()
    page.get_by_label("Jouw reactie").fill(text)
    page.get_by_role("button", name="Plaatsen").click()
    said = page.locator(".comment", has_text=text)
    expect(said).to_be_visible()
    said.locator("summary", has_text="Verwijderen").click()
    expect(said.get_by_text("Deze reactie voorgoed verwijderen?")).to_be_visible()
    said.get_by_role("button", name="Verwijderen").click()
    expect(said).to_have_count(0)
    page.get_by_label("Jouw reactie").fill(text)
    page.get_by_role("button", name="Plaatsen").click()
    expect(said).to_be_visible()


def change(page: Page, address: str, text: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Wijzigen").click()
    page.get_by_label("Bericht").fill("x" * 20_001)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("alert")).to_contain_text("Deze tekst is te lang")
    expect(page.get_by_label("Bericht")).to_have_value(re.compile("^x+$"))
    page.get_by_label("Bericht").fill(text)
    page.get_by_role("button", name="Opslaan").click()
    expect(card(page, text)).to_be_visible()


def withdraw(page: Page) -> None:
    """It asks once."""
    button = page.get_by_role("button", name="Intrekken")
    expect(button).to_be_hidden()
    page.get_by_role("link", name="Intrekken").click()
    button.click()
    expect(page.get_by_text("Het bericht is ingetrokken.")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/more/")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("Je bent uitgelogd.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
