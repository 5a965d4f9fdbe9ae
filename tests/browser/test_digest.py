"""The weekly newsletter out of the mailbox of the demo, on a narrow phone; one of the office."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

import pytest
from playwright.sync_api import FrameLocator, Page, ViewportSize, expect

from kring.demo.cast import address, identity
from tests.browser.conftest import Windows

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
SECONDS = 90  # for the mails of a whole demo


def open_mail(page: Page, subject: str) -> FrameLocator:
    """The newest mail with this subject in the list that the page shows; it may still be coming."""
    link = page.get_by_role("link", name=re.compile(subject)).first
    until = time.monotonic() + SECONDS
    while not link.is_visible() and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.reload()
    link.click()
    return page.frame_locator("iframe")


def test_the_digest_is_opened_from_the_mailbox_of_the_demo(windows: Windows) -> None:
    page = windows("mother")
    page.set_viewport_size(NARROW)
    page.goto("/demo/mail/")
    page.locator("form[action$='/newsletter/'] button").click()
    page.goto(f"/demo/mail/?to={quote(address('mother'))}")
    mail = open_mail(page, "Deze week op school|This week at school")
    expect(mail.get_by_role("heading").first).to_be_visible()
    html = page.locator("iframe").get_attribute("src")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(html or "")
        shown, room = page.evaluate(WIDTHS)
        assert shown <= room, "it scrolls sideways"
        ink, paper = page.evaluate(
            "() => [getComputedStyle(document.querySelector('.ink div')).color,"
            " getComputedStyle(document.querySelector('.card')).backgroundColor]"
        )
        assert (ink == "rgb(238, 244, 241)") == (scheme == "dark")
        assert (paper == "rgb(21, 43, 48)") == (scheme == "dark")
    page.locator("a[href*='/posts/']").first.click()
    expect(page.locator("article")).to_be_visible()


def test_the_office_makes_a_newsletter_and_a_mother_reads_it(windows: Windows) -> None:
    office, mother = windows("principal"), windows("mother")
    office.goto(f"/office/{identity('wilgenhoek')}/newsletters/")
    office.locator("input[name=title]").fill("Nieuws van november")
    office.locator("main form button.primary").click()
    office.locator("a[href$='/items/new/']").click()
    office.locator("input[name=title]").fill("De moestuin")
    office.locator("textarea[name=text]").fill("Zaterdag planten we bollen. Wie helpt mee?")
    office.locator("main form button.primary").click()
    items = office.locator(".issue-items > li")
    for place in range(items.count() - 1, 0, -1):  # by keyboard, to the top
        expect(items.nth(place)).to_contain_text("De moestuin")
        items.nth(place).locator("button[value=up]").focus()
        office.keyboard.press("Enter")
        expect(items.nth(place - 1)).to_contain_text("De moestuin")
    expect(items.first).to_contain_text("De moestuin")
    office.locator("a[href$='/preview/']").click()
    expect(office.frame_locator("iframe").get_by_text("De moestuin")).to_be_visible()
    office.go_back()
    office.locator("a[href$='/sending/']").click()
    office.locator("main form button.primary").click()
    expect(office.locator("form[action$='/holding/'] button")).to_be_visible()
    until = time.monotonic() + 30
    mother.goto("/newsletters/")
    while not mother.get_by_text("Nieuws van november").count() and time.monotonic() < until:
        mother.wait_for_timeout(1000)
        mother.reload()
    mother.get_by_text("Nieuws van november").click()
    expect(mother.get_by_text("Zaterdag planten we bollen.")).to_be_visible()
