"""What a state of a page is, and the plainest ways to one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from kring.demo import cast

NOBODY = ""
OFFICE = f"/office/{cast.identity('wilgenhoek')}"


@dataclass(frozen=True)
class State:
    """Whose page it is, and how to come there; ``folder`` takes the files that are made for it."""

    person: str
    reach: Callable[[Page, Path], None]
    alone: bool = False  # its window is of no use to what comes later
    mixed: bool = False  # the languages: mails speak that of their readers
    complaints: tuple[str, ...] = ()  # of the browser, that are right here


def at(address: str) -> Callable[[Page, Path], None]:
    """An address that anybody can type."""

    def reach(page: Page, folder: Path) -> None:
        page.goto(address)

    return reach


def send(page: Page) -> None:
    """Press the one primary action of the form."""
    page.locator("main form .button.primary").first.click()
