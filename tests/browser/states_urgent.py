"""What a spoedbericht brings along: its card, the page that its mail opens, the call list."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reaching import NOBODY, State

URGENT = "article.urgent"


def sent(page: Page) -> str:
    """The address of one to group 5, by the principal; it is sent where there is none yet."""
    page.goto("/")
    if not page.locator(URGENT).count():
        page.goto("/posts/new/")
        page.locator("#audience label.chip").nth(1).click()
        page.locator("#id_text").fill("De school is om twaalf uur dicht: er is geen water.")
        page.locator("[name=urgent]").check()
        page.locator("main form .button.primary").first.click()
        page.locator("button[name=confirmed]").click()
    expect(page.locator(URGENT).first).to_be_visible()
    return page.locator(f"{URGENT} header a").first.get_attribute("href") or ""


def card_of_staff(page: Page, folder: Path) -> None:
    page.goto(sent(page))
    expect(page.locator(f"{URGENT} .reach").first).to_be_visible()


def not_open_yet(page: Page, folder: Path) -> None:
    page.goto(f"{sent(page)}calls/")
    expect(page.locator("#live")).to_be_visible()


def calling(page: Page, folder: Path) -> None:
    """One's own call, with one that was made."""
    not_open_yet(page, folder)
    if page.locator(".calls-later button").count():
        page.locator(".calls-later button").click()
    if not page.locator(".calling").count():
        page.locator("[id^=take-]").first.click()
        page.locator(".calling textarea").fill("Voicemail, 12.10.")
        page.locator("button[value=not_reached]").click()
        page.locator("[id^=take-]").last.click()
    expect(page.locator(".calling")).to_be_visible()


def link_too_old(page: Page, folder: Path) -> None:
    page.goto("/posts/read/of-nobody/")


OF_URGENT = {
    "urgent-of-staff": State("principal", card_of_staff),
    "calls-not-open": State("principal", not_open_yet),
    "calls": State("principal", calling),
    "read-by-mail-too-old": State(NOBODY, link_too_old, complaints=("Failed to load",)),
}
