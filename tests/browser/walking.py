"""Steps that several walks take."""

import re
from collections.abc import Iterable
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

UNDO = 10  # seconds in which a message can be taken back
ON_THE_WAY = 30  # seconds until the last mail of a message is in


def card(page: Page, text: str) -> Locator:
    """The message with this text, wherever it stands on the page."""
    return page.get_by_role("article").filter(has_text=text)


def address_of(page: Page, text: str) -> str:
    """Where the message with this text has its own page."""
    path = card(page, text).locator("header a").first.get_attribute("href") or ""
    return urljoin(page.url, path)


def wait_until_sent(page: Page, text: str) -> None:
    """The writer looks at the countdown until there is no way back."""
    expect(card(page, text).get_by_text("Verstuurd")).to_be_visible(timeout=(UNDO + 5) * 1000)


def mails(page: Page) -> list[tuple[str, str, str]]:
    """All mails of the demo, the newest first: address of its page, receiver, subject."""
    found: list[tuple[str, str, str]] = []
    page.goto("/demo/mail/")
    while True:
        for row in page.locator("main li a").all():
            told = (row.locator("small").inner_text(), row.locator(".grow").inner_text())
            to, subject = told[0].partition(" · ")[0], told[1].partition("\n")[0]
            found.append((urljoin(page.url, row.get_attribute("href")), to, subject))
        older = page.get_by_role("link", name="Oudere mails")
        if not older.count():
            return found
        older.click()
        page.wait_for_url(re.compile("page="))


class Letters:
    """The mails about one message, as they come in."""

    def __init__(self, page: Page, address: str, before: Iterable[str]) -> None:
        self.page, self.address, self.known = page, address, set(before)
        self.by_receiver: dict[str, list[str]] = {}

    def look(self) -> dict[str, list[str]]:
        """Per receiver the mails that lead to the message: each is opened once."""
        for mail, to, _ in mails(self.page):
            if mail not in self.known:
                self.known.add(mail)
                if self.address in self.page.request.get(mail).text():
                    self.by_receiver.setdefault(to, []).append(mail)
        return self.by_receiver


def code_for(page: Page, address: str) -> str:
    """The code of the last mail to this address."""
    page.goto(f"/demo/mail/?to={address}")
    page.locator("main li a", has_text="Je code voor Kring").first.click()
    text = page.locator(".plain").inner_text()
    found = re.search(r"^\d{4} ?\d{4}$", text, re.MULTILINE)
    assert found, text
    return found[0]
