"""The composer beside sending at once: the other choices, the question, what waits."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reaching import State, send


def begin(page: Page) -> None:
    """An empty form for one group, whatever was being written before."""
    page.goto("/more/")
    page.evaluate("sessionStorage.clear()")
    page.goto("/posts/new/")
    chips = page.locator("#audience label.chip")
    if not chips.locator("input:checked").count():
        chips.first.click()
    expect(page.locator("#reach.success")).to_be_visible()
    page.locator("textarea").first.fill("12 / 34")


def choices(page: Page, folder: Path) -> None:
    """Folded out, with urgent ticked."""
    begin(page)
    page.locator(".more > summary").click()
    page.locator(".urgent .switch").click()
    expect(page.locator(".calling")).to_be_visible()


def half_a_moment(page: Page, folder: Path) -> None:
    """A day without a time."""
    begin(page)
    page.locator(".more > summary").click()
    page.locator("[name=send_on]").fill("2030-01-07")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def question(page: Page, folder: Path) -> None:
    """Before an urgent message goes."""
    begin(page)
    page.locator(".urgent .switch").click()
    send(page)
    expect(page.locator(".alarming .lead")).to_be_visible()


def nothing_waits(page: Page, folder: Path) -> None:
    page.goto("/posts/planned/")


def waiting(page: Page, folder: Path) -> None:
    """A draft, with the question that is asked once."""
    begin(page)
    page.locator(".more > summary").click()
    page.locator("[name=keep]").click()
    page.locator(".standing .ask > summary").first.click()
    expect(page.locator(".standing .danger").first).to_be_visible()


OF_COMPOSER = {
    "composer-choices": State("principal", choices),
    "composer-half-a-moment": State("principal", half_a_moment),
    "composer-urgent-question": State("principal", question),
    "planned-empty": State("substitute_today", nothing_waits),
    "planned": State("duo_teacher", waiting),
}
