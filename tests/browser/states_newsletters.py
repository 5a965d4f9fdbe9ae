"""Newsletters: the archive, one to read, and all that the office does to make one."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.reaching import OFFICE, State, at, send

ISSUES = f"{OFFICE}/newsletters/"
DRAFT, SENT = "12 / 34", "56 / 78"  # titles without words: the same in each language
TITLES = "main .table th[scope=row] a"
SECONDS_TO_GO_OUT = 40


def issue(page: Page, title: str = DRAFT) -> None:
    """The page of the newsletter with this title; it is begun where there is none yet."""
    page.goto(ISSUES)
    if page.locator(TITLES, has_text=title).count():
        page.locator(TITLES, has_text=title).first.click()
    else:
        page.locator("#id_title").fill(title)
        send(page)
    expect(page.locator("#items")).to_be_visible()


def draft(page: Page, folder: Path) -> None:
    issue(page)


def part(page: Page, end: str) -> None:
    issue(page)
    page.locator(f"main a[href$='{end}']").first.click()
    page.wait_for_url(f"**{end}")


def beyond(end: str) -> Callable[[Page, Path], None]:
    """A page behind that of the draft."""

    def reach(page: Page, folder: Path) -> None:
        part(page, end)

    return reach


def item_refused(page: Page, folder: Path) -> None:
    part(page, "/items/new/")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def discarding(page: Page, folder: Path) -> None:
    """The question that is asked once."""
    issue(page)
    page.locator(".ask > summary").last.click()
    expect(page.locator(".ask .danger").last).to_be_visible()


def sent(page: Page) -> str:
    """The address of one that everybody reads; it is sent where there is none yet."""
    issue(page, SENT)
    if page.locator("a[href$='/sending/']").count():
        page.locator("a[href$='/items/new/']").click()
        page.locator("#id_title").fill(SENT)
        page.locator("#id_text").fill("Zaterdag planten we bollen. Wie helpt mee?")
        send(page)
        page.locator("a[href$='/sending/']").click()
        send(page)
    read = page.locator(".question a[href^='/newsletters/']")
    for _second in range(SECONDS_TO_GO_OUT):
        if read.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return read.get_attribute("href") or ""


def of_one_sent(page: Page, folder: Path) -> None:
    """What the office sees of it, with the question that is asked once."""
    sent(page)
    page.locator(".question .ask > summary").click()
    expect(page.locator(".question .danger")).to_be_visible()


def to_read(page: Page, folder: Path) -> None:
    page.goto(sent(page))
    expect(page.locator(".newsletter-item").first).to_be_visible()


def archive(page: Page, folder: Path) -> None:
    sent(page)
    page.goto("/newsletters/")
    expect(page.locator("main .rows .row").first).to_be_visible()


OF_NEWSLETTERS = {
    "newsletters-none": State("guardian_next_month", at("/newsletters/")),
    "newsletter-drafts": State("principal", at(ISSUES)),
    "newsletter-draft": State("principal", draft),
    "newsletter-item": State("principal", beyond("/items/new/")),
    "newsletter-item-refused": State("principal", item_refused),
    "newsletter-gathering": State("principal", beyond("/posts/")),
    "newsletter-preview": State("principal", beyond("/preview/")),
    "newsletter-sending": State("principal", beyond("/sending/")),
    "newsletter-discarding": State("principal", discarding),
    "newsletter-sent": State("principal", of_one_sent),
    "newsletter": State("principal", to_read),
    "newsletters": State("principal", archive),
}
