"""What one was told and what one chose, in every state."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reaching import NOBODY, State, at, send

SETTINGS, FIRST = "/notifications/settings/", "/notifications/first/"


def wrong(page: Page, folder: Path) -> None:
    """Quiet hours without an end."""
    page.goto(SETTINGS)
    page.locator("#id_quiet_from").fill("22:00")
    send(page)
    expect(page.locator("#id_quiet_until_error")).to_be_visible()


def not_chosen(page: Page, folder: Path) -> None:
    page.goto(FIRST)
    page.locator("input[name=rhythm]:checked").evaluate("one => { one.checked = false; }")
    send(page)
    expect(page.locator("#id_rhythm_error")).to_be_visible()


OF_NOTIFICATIONS = {
    "notifications": State("mother", at("/notifications/")),
    "notifications-of-staff": State("teacher", at("/notifications/")),
    "notifications-none": State("grandmother", at("/notifications/")),
    "wishes": State("mother", at(SETTINGS)),
    "wishes-of-staff": State("teacher", at(SETTINGS)),
    "wishes-refused": State("mother", wrong),
    "wishes-first": State("mother", at(FIRST)),
    "wishes-first-of-staff": State("teacher", at(FIRST)),
    "wishes-first-refused": State("mother", not_chosen),
    "stop-forged": State(NOBODY, at("/notifications/stop/nothing/")),
}
