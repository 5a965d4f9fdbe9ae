"""Everybody of the cast walks everywhere that a link leads to, and comes nowhere to a stop."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from kring.demo import cast
from tests.browser.conftest import Demo, opened
from tests.browser.watching import Watch
from tests.browser.words import foreign

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOBODY = ""
SOME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<==)[^&]+|(?<=/)\d+(?=/)")  # one thing of many
LINKS = "all => [...new Set(all.filter((one) => one.checkVisibility()).map(({href}) => href))]"


@pytest.fixture(scope="module")
def family_tablet(chromium: Browser, demo: Demo) -> Iterator[tuple[Page, Watch]]:
    """One window that goes from hand to hand."""
    with opened(chromium, demo) as windows:
        page = windows()
        yield page, windows.watches[page.context]


@pytest.mark.parametrize("key", [*cast.IN_THE_DEMO, NOBODY])
def test_a_person_comes_everywhere_without_a_fault(
    family_tablet: tuple[Page, Watch], demo: Demo, key: str
) -> None:
    page, watch = family_tablet
    page.context.clear_cookies()
    page.goto(demo["people"][key]["sign_in"] if key else "/")
    language = cast.IN_THE_DEMO[key].language if key else "nl"
    press_the_places(page)
    waiting, known = [page.url], {kind(page.url)}
    while waiting:
        answer = page.goto(waiting.pop(0))
        assert answer is not None
        assert answer.status == 200, page.url
        assert page.locator("html").get_attribute("lang") == language, page.url
        assert foreign(page, language) == set(), page.url
        for file in files_on(page):
            assert page.request.get(file).ok, file
        links = leading_on(page)
        assert links - {page.url}, f"{page.url} is a dead end"
        new = {kind(link): link for link in links if kind(link) not in known}
        known |= new.keys()
        waiting += new.values()
    assert watch.refused == watch.problems == []


def press_the_places(page: Page) -> None:
    """The bar of the phone leads where it says, and says where one is."""
    places = page.get_by_role("navigation").first.locator("a.place").filter(visible=True)
    names = places.all_inner_texts()
    for name in names:
        place = page.get_by_role("navigation").first.get_by_role("link", name=name)
        place.click()
        expect(place).to_have_attribute("aria-current", "page")


def leading_on(page: Page) -> set[str]:
    """The pages of Kring that this one links to; what people wrote may lead anywhere."""
    found = page.locator("body a[href]:not([download], .skip, .text a, .mosaic a)").evaluate_all(
        LINKS
    )
    home = urljoin(page.url, "/")
    return {urldefrag(link).url for link in found if link.startswith(home)}


def files_on(page: Page) -> set[str]:
    """What a link saves instead of showing it."""
    return set(page.locator("main a[download]").evaluate_all(LINKS))


def kind(address: str) -> str:
    """Twenty messages are one kind of page, and so are all groups, and all pages of a list."""
    return SOME.sub("…", urldefrag(address).url)
