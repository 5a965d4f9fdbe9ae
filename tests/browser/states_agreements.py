"""What a school agrees on: rules, hours, agreements, load, mourning, in every state."""

from pathlib import Path

from playwright.sync_api import Page, expect

from kring.demo import cast
from tests.browser.reaching import OFFICE, State, at, send

POLICY = f"{OFFICE}/school/policy/"
AGREED = f"/more/schools/{cast.identity('wilgenhoek')}/agreements/"
HOURS = "/more/working-hours/"
BRAM = f"{OFFICE}/children/{cast.identity('bram')}/mourning/"
HOME = f"{OFFICE}/families/{cast.identity('home of mother wilgenhoek')}/mourning/"


def contradicting(page: Page, folder: Path) -> None:
    """More in a week than the days allow."""
    page.goto(POLICY)
    page.locator("#id_min_posts_a_week").fill("8")
    page.locator("#id_max_posts_a_day").fill("1")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def changed(page: Page, folder: Path) -> None:
    """A history with something in it; at its end no rule, or others could not write any more."""
    for most in ("1", "0"):
        page.goto(POLICY)
        page.locator("#id_max_posts_a_day").fill(most)
        send(page)
        expect(page.locator(".note.success")).to_be_visible()
    page.goto(f"{POLICY}history/")
    expect(page.locator("main ol li").first).to_be_visible()


def backwards(page: Page, folder: Path) -> None:
    """A day that ends before it begins."""
    page.goto(HOURS)
    page.locator("#id_works_1").check()
    page.locator("#id_ends_1").fill("07:00")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def mourning(page: Page, folder: Path) -> None:
    """The page of a family to which nothing goes."""
    page.goto(BRAM)
    if page.locator("main form button.dark").count():
        page.locator("main form button.dark").click()
        page.goto(BRAM)
    expect(page.locator("main form[action$='/ending/']")).to_be_visible()


def of_a_child_who_mourns(page: Page, folder: Path) -> None:
    mourning(page, folder)
    page.goto(BRAM.removesuffix("mourning/"))
    expect(page.locator("main .note").first).to_be_visible()


def listed(page: Page, folder: Path) -> None:
    mourning(page, folder)
    page.goto(f"{OFFICE}/families/mourning/")
    expect(page.locator("main .table").first).to_be_visible()


OF_AGREEMENTS = {
    "agreements": State("mother", at(AGREED)),
    "agreements-of-the-principal": State("principal", at(AGREED)),
    "working-hours": State("teacher", at(HOURS)),
    "working-hours-refused": State("teacher", backwards),
    "office-colleague-hours": State(
        "principal", at(f"{OFFICE}/staff/{cast.identity('teacher')}/hours/")
    ),
    "office-policy-refused": State("principal", contradicting),
    "office-policy-history": State("principal", changed),
    "office-load": State("principal", at(f"{OFFICE}/school/load/")),
    "office-mournings-none": State("principal", at(f"{OFFICE}/families/mourning/")),
    "office-mourning": State("principal", at(HOME)),
    "office-mourning-begun": State("principal", mourning),
    "office-mournings": State("principal", listed),
    "office-child-in-mourning": State("principal", of_a_child_who_mourns),
}
