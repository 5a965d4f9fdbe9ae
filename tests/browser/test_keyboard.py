"""The main job with a keyboard only: every stop is seen, and they come in the order of the page."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Windows
from tests.browser.walking import card, code_for, figures_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEASURING = Path(__file__).with_name("measuring.js").read_text(encoding="utf-8")
WITH_SIX_PHOTOS = "Vanmiddag zijn we het bos in geweest."
MOST = 80  # stops on the way to anything
ROW = 12  # pixels by which things that stand beside each other may differ in height


@pytest.fixture
def page(windows: Windows, request: pytest.FixtureRequest) -> Page:
    opened = windows(viewport=getattr(request, "param", DESKTOP))
    opened.add_init_script(MEASURING)
    return opened


@pytest.mark.parametrize("page", [PHONE, DESKTOP], ids=["phone", "desktop"], indirect=True)
def test_a_teacher_signs_in_writes_likes_and_comments(windows: Windows, page: Page) -> None:
    text = f"Neem morgen een stok mee {uuid4().hex[:8]}"
    sign_in(page, windows(), "duo.teacher@kring.example")
    skip_to_the_content(page)
    page.goto("/")
    reach(page, page.get_by_role("link", name="Schrijven").filter(visible=True))
    page.keyboard.press("Enter")
    write(page, text)

    message = card(page, WITH_SIX_PHOTOS)
    heart = message.get_by_role("button", name="Leuk")
    reach(page, heart)
    page.keyboard.press("Space")
    expect(heart).to_have_attribute("aria-pressed", re.compile("true|false"))
    expect(heart).to_be_focused()
    reach(page, message.get_by_role("link", name="reacties"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/posts/*/#comments")
    comment(page, text)


def test_photos_open_and_close_and_the_focus_comes_back(page: Page, windows: Windows) -> None:
    page.goto(windows.demo["people"]["mother"]["sign_in"])
    first = card(page, WITH_SIX_PHOTOS).locator(".mosaic a").first
    reach(page, first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Foto's")).to_be_visible()
    expect(page.locator(".pswp__counter")).to_have_text("1 / 6")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pswp__counter")).to_have_text("2 / 6")
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    expect(first).to_be_focused()


def sign_in(page: Page, box: Page, address: str) -> None:
    """The fields have the focus by themselves, so that one types and presses Enter."""
    page.goto("/")
    expect(page.get_by_label("Je e-mailadres")).to_be_focused()
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code uit de mail")).to_be_focused()
    page.keyboard.type(code_for(box, address))
    page.keyboard.press("Enter")
    second_step(page, address)
    expect(page.get_by_role("article").first).to_be_visible()


def second_step(page: Page, address: str) -> None:
    """The figures of an app; the first time, it is set up."""
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    app = page.get_by_role("link", name="Een authenticator-app")
    is_first = bool(app.count())
    if is_first:
        reach(page, app)
        page.keyboard.press("Enter")
    expect(page.get_by_label("Cijfers uit de app")).to_be_focused()
    page.keyboard.type(figures_for(page, address))
    page.keyboard.press("Enter")
    if is_first:
        reach(page, page.get_by_role("link", name="Nu niet"))
        page.keyboard.press("Enter")


def skip_to_the_content(page: Page) -> None:
    """The first stop jumps over the places."""
    skip = page.get_by_role("link", name="Naar de inhoud")
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert stop(page)["inMain"]


def write(page: Page, text: str) -> None:
    """All of the form from its top to its one primary action."""
    expect(page.get_by_role("heading", name="Nieuw bericht")).to_be_visible()
    reach(page, page.get_by_label("groep 5", exact=True))
    page.keyboard.press("Space")
    expect(page.get_by_text("Kies voor wie dit bericht is.")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("24 gezinnen, 26 kinderen.")).to_be_visible()
    stops = reach(page, page.get_by_label("Bericht"))
    page.keyboard.type(text)
    stops += reach(page, page.get_by_label("Foto's of bestanden toevoegen"))
    stops += reach(page, page.get_by_label("Reacties toestaan"))
    stops += reach(page, page.get_by_role("button", name="Versturen"))
    for one, next_one in pairwise(stops[:-2]):  # the bar at the foot stays where it is
        assert next_one["top"] >= one["top"] - ROW, (one, next_one)
    page.keyboard.press("Enter")
    expect(card(page, text)).to_be_visible()


def comment(page: Page, text: str) -> None:
    """What was said stands there, and the focus has not gone back to the top of the page."""
    reach(page, page.get_by_label("Jouw reactie"))
    page.keyboard.type(text)
    reach(page, page.get_by_role("button", name="Plaatsen"))
    page.keyboard.press("Enter")
    expect(page.locator(".comment", has_text=text)).to_be_focused()
    page.keyboard.press("Tab")
    assert stop(page)["inMain"]


def reach(page: Page, target: Locator) -> list[dict[str, Any]]:
    """Press Tab until the focus is there, and tell of the stops on the way."""
    stops = []
    expect(target).to_be_attached()  # a page that is on its way takes the first keys with it
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stops.append(stop(page))
        if target.evaluate("one => one === document.activeElement"):
            return stops
    raise AssertionError(f"Tab does not come to {target}: {[one['name'] for one in stops]}")


def stop(page: Page) -> dict[str, Any]:
    """Where the focus is: seen by everybody, and nothing lies over it (WCAG 2.4.7, 2.4.11)."""
    told: dict[str, Any] = page.evaluate("measuring.focus()")
    assert told["visible"], f"the focus is not seen on {told['name']}"
    assert told["free"], f"something lies over {told['name']}"
    return told
