"""An urgent message, walked on the real thing: from composing to the last call."""

import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from kring.demo import cast
from tests.browser.conftest import PHONE, Windows
from tests.browser.walking import ON_THE_WAY, address_of, card, mails

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECT = "Spoedbericht van De Wilgenhoek"
READ = "Ik heb dit gelezen"


def test_an_urgent_message_from_composing_to_the_last_call(windows: Windows) -> None:
    text = f"Sam en Daniel komen om twaalf uur uit school {uuid4().hex[:8]}"
    box, principal = windows(), windows("principal")
    before = {mail for mail, _, _ in mails(box)}
    write(principal, text)
    read_in_the_app(windows("mother", viewport=PHONE), text)
    read_by_mail(box, windows(), link_to(box, "co_parent", before), text)

    address = address_of(principal, text)
    principal.goto(f"{address}calls/")
    expect(principal.get_by_text("van 3 gezinnen bereikt")).to_contain_text("2")
    expect(principal.get_by_text("De bellijst gaat open: ")).to_be_visible()
    principal.get_by_role("button", name="Nu beginnen met bellen").click()
    expect(principal.get_by_role("listitem").filter(has_text="Grace Okafor")).to_be_visible()
    administrator = windows("administrator")
    administrator.goto(f"{address}calls/")
    the_last_call(administrator, principal)
    principal.goto("/")
    expect(card(principal, text)).to_contain_text("gelezen door 2 van 3 gezinnen, bevestigd door 2")


def write(page: Page, text: str) -> None:
    """To the families of two children; the count is confirmed before it goes."""
    page.goto("/posts/new/")
    for name in ("Sam", "Daniel"):
        child = page.locator("label.chip", has_text=name)
        group = page.locator("details.some", has=child).first
        group.evaluate("one => { one.open = true; }")
        group.locator(child).first.click()
    expect(page.get_by_text("3 gezinnen, 2 kinderen")).to_be_visible()
    page.get_by_label("Bericht", exact=True).fill(text)
    page.locator("[name=urgent]").check()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_text("Je stuurt een spoedbericht aan 3 gezinnen.")).to_be_visible()
    page.locator("button[name=confirmed]").click()
    expect(card(page, text).get_by_text("Spoedbericht")).to_be_visible()


def read_in_the_app(page: Page, text: str) -> None:
    """It stands on top and asks; the answer stays."""
    page.goto("/")
    first = page.get_by_role("article").first
    expect(first).to_contain_text(text)
    expect(first.get_by_text("Spoedbericht")).to_be_visible()
    first.get_by_role("button", name=READ).click()
    expect(first.get_by_text("Je liet weten dat je dit gelezen hebt")).to_be_visible()
    page.reload()
    expect(card(page, text).get_by_role("button", name=READ)).to_have_count(0)


def link_to(box: Page, who: str, before: set[str]) -> str:
    """The mail to this person."""
    until = time.monotonic() + ON_THE_WAY
    while time.monotonic() < until:
        for mail, to, subject in mails(box):
            if mail not in before and to == cast.address(who) and subject == SUBJECT:
                return mail
    raise AssertionError("no mail came")


def read_by_mail(box: Page, page: Page, mail: str, text: str) -> None:
    """Somebody who is not signed in, on a telephone."""
    box.goto(mail)
    letter = box.frame_locator("iframe")
    assert text not in letter.locator("body").inner_text()
    page.goto(letter.get_by_role("link", name=READ).get_attribute("href") or "")
    expect(page.get_by_role("heading", name="Er is een spoedbericht van")).to_be_visible()
    assert text not in page.content()
    page.get_by_role("button", name=READ).click()
    expect(page.get_by_role("heading", name="Dank je")).to_be_visible()


def the_last_call(one: Page, other: Page) -> None:
    """Both want the same family: one has it, and leaves it; then the other reaches it."""
    one.get_by_role("button", name="Bellen Grace Okafor").click()
    expect(one.get_by_role("link", name=re.compile("06 0"))).to_be_visible()
    one.emulate_media(media="print")  # a list on paper holds those that one calls oneself
    expect(one.locator(".printed")).to_contain_text("Grace Okafor")
    expect(one.locator(".printed .on-paper")).to_be_visible()
    one.emulate_media(media="screen")
    expect(one.locator(".printed")).to_be_hidden()
    other.get_by_role("button", name="Bellen Grace Okafor").click()
    expect(other.get_by_text("Corrie Jansma belt dit gezin al.")).to_be_visible()
    expect(other.get_by_role("button", name="Bellen Grace Okafor")).to_have_count(0)
    one.get_by_label("Wat er gezegd is").fill("Voicemail.")
    one.get_by_role("button", name="Niet bereikt").click()
    expect(one.get_by_text("Niet bereikt: Voicemail.")).to_be_visible()
    other.reload()
    other.get_by_role("button", name="Bellen Grace Okafor").click()
    other.get_by_label("Wat er gezegd is").fill("Komt om twaalf uur.")
    other.get_by_role("button", name="Bereikt", exact=True).click()
    expect(other.get_by_text("Elk gezin is bereikt.")).to_be_visible()
    expect(other.get_by_text("Bereikt: Komt om twaalf uur.")).to_be_visible()
    expect(other.get_by_text("van 3 gezinnen bereikt")).to_contain_text("3")
