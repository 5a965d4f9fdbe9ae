"""Steps that several walks take."""

import base64
import re
import struct
import time
from collections.abc import Iterable
from hashlib import sha1
from hmac import digest
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


APPS: dict[str, tuple[bytes, int]] = {}  # per person the secret of the app, the period last used


def figures_for(page: Page, address: str) -> str:
    """What this person's app shows; it takes its secret from the page that sets it up."""
    shown = page.locator(".app-secret code")
    if shown.count():
        APPS[address] = (base64.b32decode(shown.inner_text().replace(" ", "")), 0)
    secret, used = APPS[address]
    period = max(int(time.time()) // 30, used + 1)
    while period > time.time() // 30 + 1:  # figures count once
        time.sleep(1)
    APPS[address] = (secret, period)
    made = digest(secret, struct.pack(">Q", period), sha1)
    [value] = struct.unpack_from(">I", made, made[-1] & 15)
    return f"{(value & 0x7FFFFFFF) % 10**6:06}"


def second_step(page: Page, address: str) -> None:
    """Give the second proof of who works at a school; the first time, set it up."""
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    first = page.get_by_role("link", name="Een authenticator-app")
    if first.count():
        first.click()
        page.get_by_label("Cijfers uit de app").fill(figures_for(page, address))
        page.get_by_role("button", name="Gebruik deze app").click()
        page.get_by_role("link", name="Nu niet").click()
    else:
        page.get_by_label("Cijfers uit de app").fill(figures_for(page, address))
        page.get_by_role("button", name="Ga verder", exact=True).click()
