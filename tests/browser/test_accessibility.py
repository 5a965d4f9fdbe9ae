"""Every page in every state, for eyes, fingers and ears that differ: WCAG 2.2 AA, measured."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from kring.demo import cast
from tests.browser.conftest import DESKTOP, PHONE, TOP, Demo, Windows, opened
from tests.browser.states import STATES
from tests.browser.words import foreign

pytestmark = [pytest.mark.browser, pytest.mark.slow]

type Theme = Literal["light", "dark"]
type Visit = Callable[[str], Page]

AXE = (TOP / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
MEASURING = Path(__file__).with_name("measuring.js").read_text(encoding="utf-8")
ENLARGED: ViewportSize = {
    "width": 320,
    "height": 256,
}  # 1280 × 1024, four times as large (WCAG 1.4.10)
TWICE = {"standard": 32, "fixed": 26}  # pixels: what a reader can set, and the browser's is half
AS_USUAL = {"standard": 16, "fixed": 13}
# Each size, theme and language, and most of them together: axe takes a quarter of a second.
LOOKS: dict[str, tuple[tuple[ViewportSize, Theme], ...]] = {
    "nl": ((PHONE, "light"), (DESKTOP, "dark")),
    "en": ((PHONE, "dark"),),
}


@pytest.fixture(scope="module", params=LOOKS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visit(
    chromium: Browser, demo: Demo, language: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """Bring a person, in her one window for all of these tests, into a state by its name."""
    known: dict[str, Page] = {}
    people: set[str] = set()
    folder = tmp_path_factory.mktemp("photos")
    with opened(chromium, demo) as open_window:

        def come(name: str) -> Page:
            state = STATES[name]
            page = None if state.alone else known.get(state.person)
            if page is None:
                page = open_window(state.person, state.complaints, locale=language)
                if state.person:
                    speak(page, language)
                if not state.alone:
                    known[state.person] = page
                people.add(state.person)
            if not state.person:
                page.context.clear_cookies()
            page.set_viewport_size(PHONE)
            page.emulate_media(color_scheme="light")
            state.reach(page, folder)
            page.evaluate(f"{AXE};{MEASURING}")
            return page

        yield come
        for person in filter(None, people):
            speak(open_window(person), cast.IN_THE_DEMO[person].language)


def speak(page: Page, language: str) -> None:
    page.goto("/account/profile/")
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"input[value={language}]").check()
        page.locator("main form .button.primary").click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")


@pytest.mark.parametrize("name", STATES)
def test_a_page_is_for_everybody(visit: Visit, language: str, name: str) -> None:
    page = visit(name)
    assert page.locator("html").get_attribute("lang") == language
    found: dict[str, Any] = {}
    if not STATES[name].mixed:
        found["words of another language"] = foreign(page, language)
    for size, theme in LOOKS[language]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        found[f"{theme} at {size['width']}"] = page.evaluate("measuring.wrong()")
        if size == PHONE:
            found["too small for a thumb"] = page.evaluate("measuring.small()")
    if language == "nl":  # the longer words
        found |= enlarged(page)
    assert {what: problems for what, problems in found.items() if problems} == {}


def enlarged(page: Page) -> dict[str, Any]:
    """What does not fit on a screen that is enlarged, or with letters that are (WCAG 1.4.4)."""
    page.set_viewport_size(ENLARGED)
    found = {"enlarged four times": page.evaluate("measuring.cut()")}
    covered = page.evaluate("measuring.covered()")
    found["covered by what does not scroll"] = [covered] if covered > 0.5 else []
    page.set_viewport_size(PHONE)
    spoken = page.context.new_cdp_session(page)
    spoken.send("Page.setFontSizes", {"fontSizes": TWICE})
    found["with letters of twice the size"] = page.evaluate("measuring.cut()")
    spoken.send("Page.setFontSizes", {"fontSizes": AS_USUAL})
    spoken.detach()
    return found


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_who_asked_for_that(
    windows: Windows, tmp_path: Path, wish: str, *, moves: bool
) -> None:
    page = windows("teacher_next_door", reduced_motion=wish)
    STATES["feed-undo"].reach(page, tmp_path)
    running = "document.getAnimations().some(({effect}) => effect.getComputedTiming().duration > 1)"
    assert page.evaluate(running) is moves
