"""A message with a film: it waits for it or does not, and nobody has to look after it."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.photos import film
from tests.browser.walking import UNDO, card

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MADE_READY = 180  # seconds, on a machine that does much else
WAITS = "Wachten tot de film klaar is"


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds, which are made ready for longer than sending takes."""
    return film(tmp_path_factory.mktemp("film"), 20, "1920x1080", 30)


def write(page: Page, text: str, film: Path) -> None:
    """A message to a group with a film, which is in and not yet ready."""
    page.goto("/posts/new/")
    expect(page.get_by_label("groep 5", exact=True)).to_be_checked()
    page.get_by_label("Bericht").fill(text)
    page.get_by_label("Foto's of bestanden toevoegen").set_input_files(film)
    expect(page.locator(".thumb[data-state=waiting]")).to_have_count(1, timeout=60_000)
    expect(page.get_by_label(WAITS)).to_be_checked()


def send(page: Page) -> None:
    page.get_by_role("button", name="Versturen").click()
    page.wait_for_url("**/")


def reloaded_until(page: Page, text: str, selector: str, seconds: int) -> None:
    """Look again and again, as somebody does who knows that a film comes."""
    for _ in range(seconds):
        page.goto("/")
        if card(page, text).locator(selector).count():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"after {seconds} seconds there is no {selector}")


def test_a_message_that_waits_comes_out_by_itself_when_its_film_is_ready(
    windows: Windows, long_film: Path
) -> None:
    teacher, mother = windows("teacher"), windows("mother")
    text = f"De dans van groep 5 {uuid4().hex[:8]}"
    write(teacher, text, long_film)
    send(teacher)
    strip = card(teacher, text).locator(".awaited")
    expect(strip).to_contain_text("Gaat uit als de film klaar is, uiterlijk om")
    expect(strip.get_by_role("button", name="Ongedaan maken")).to_be_visible()
    mother.goto("/")
    expect(card(mother, text)).to_have_count(0)
    reloaded_until(mother, text, "[data-kind=film]", MADE_READY)
    expect(card(mother, text).get_by_role("link", name="Film 1 van 1")).to_contain_text("0:20")
    teacher.goto("/")
    expect(strip).to_have_count(0)


def test_a_message_that_does_not_wait_is_out_first_and_its_film_comes_later(
    windows: Windows, long_film: Path
) -> None:
    teacher, mother = windows("teacher"), windows("mother")
    text = f"Vast het bericht {uuid4().hex[:8]}"
    write(teacher, text, long_film)
    teacher.get_by_label(WAITS).uncheck()
    send(teacher)
    expect(card(teacher, text).get_by_text("Verstuurd")).to_be_visible(timeout=(UNDO + 5) * 1000)
    expect(card(teacher, text).locator(".awaited")).to_have_count(0)
    reloaded_until(mother, text, ".mosaic", UNDO)
    reloaded_until(mother, text, "[data-kind=film]", MADE_READY)
