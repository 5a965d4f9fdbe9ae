"""The pages about whom a message reached, and whom the school reaches at all: their states."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from kring.demo import cast
from tests.browser.reaching import OFFICE, State, at

REACH = f"{OFFICE}/reach/"


def ladder(asked: str = "") -> Callable[[Page, Path], None]:
    """Of the first message whose readers one may count."""

    def reach(page: Page, folder: Path) -> None:
        page.goto("/")
        families = page.locator("a[href$='/families/']").first.get_attribute("href")
        assert families
        page.goto(families.replace("/families/", f"/reach/{asked}"))
        expect(page.locator("main .back")).to_be_visible()

    return reach


OF_REACH = {
    "reach": State("principal", at(REACH)),
    "reach-without-push": State("administrator", at(f"{REACH}?lack=push")),
    "reach-of-a-group": State(
        "principal", at(f"{REACH}?lack=connection&group={cast.identity('group_5')}")
    ),
    "post-ladder": State("teacher", ladder()),
    "post-ladder-not-reached": State("teacher", ladder("?only=left")),
}
