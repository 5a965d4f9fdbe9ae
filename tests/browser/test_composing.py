"""Urgent, later and unfinished: what the composer can do beside sending at once."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from kring.base import clock
from tests.browser.conftest import Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=["with script", "without script"])
def principal(windows: Windows, request: pytest.FixtureRequest) -> Page:
    """The director's phone, also with its scripts turned off."""
    return windows("principal", java_script_enabled=request.param == "with script")


def write(page: Page, text: str) -> None:
    """To group 5."""
    page.goto("/posts/new/")
    page.get_by_label("groep 5", exact=True).check()
    page.get_by_role("textbox", name="Bericht", exact=True).fill(text)


def more(page: Page) -> None:
    """Fold the other choices out."""
    page.get_by_text("Meer keuzes").click()


def test_an_urgent_message_is_asked_about_once(principal: Page, windows: Windows) -> None:
    text = f"De school is dicht {uuid4().hex[:8]}"
    write(principal, text)
    principal.get_by_label("Spoedbericht").check()
    principal.get_by_label("De bellijst gaat open").select_option("30")
    principal.get_by_role("button", name="Versturen").click()
    expect(principal.get_by_role("heading", level=1)).to_have_text("Een spoedbericht sturen?")
    expect(principal.locator(".lead")).to_contain_text("aan 24 gezinnen. 1 daarvan")
    expect(principal.locator(".quoted")).to_contain_text(text)
    principal.get_by_role("button", name="Terug").click()
    expect(principal.get_by_role("textbox", name="Bericht", exact=True)).to_have_value(text)
    expect(principal.get_by_label("Spoedbericht")).to_be_checked()
    expect(principal.get_by_label("De bellijst gaat open")).to_have_value("30")
    principal.get_by_role("button", name="Versturen").click()
    principal.get_by_role("button", name="Ja, nu versturen").click()
    expect(principal).to_have_url(re.compile(r"/$"))
    mother = windows("mother")
    expect(mother.get_by_role("article").filter(has_text=text)).to_be_visible()


def test_a_message_goes_later_is_changed_and_held_back(principal: Page) -> None:
    text = f"De luizencontrole is vrijdag {uuid4().hex[:8]}"
    write(principal, text)
    more(principal)
    day = clock.today() + timedelta(days=9)
    principal.locator("#id_send_on").fill(day.isoformat())
    principal.get_by_label("Tijd", exact=True).fill("08:00")
    principal.get_by_role("button", name="Versturen").click()
    expect(principal.get_by_role("heading", level=1)).to_have_text("Gepland en concepten")
    mine = principal.locator(".standing").filter(has_text=text)
    expect(mine).to_contain_text("08:00")
    mine.get_by_role("link", name="Wijzigen").click()
    expect(principal.get_by_label("Tijd", exact=True)).to_have_value("08:00")
    principal.get_by_label("Tijd", exact=True).fill("09:15")
    principal.get_by_role("button", name="Versturen").click()
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("09:15")
    principal.goto("/")
    expect(principal.get_by_role("article").filter(has_text=text)).to_have_count(0)
    principal.goto("/posts/planned/")
    mine.get_by_role("button", name="Niet versturen").click()
    expect(mine.get_by_role("link", name="Verder schrijven")).to_be_visible()


def test_a_draft_is_gone_on_with_on_another_device(principal: Page, windows: Windows) -> None:
    text = f"Nog niet af {uuid4().hex[:8]}"
    write(principal, text)
    more(principal)
    principal.get_by_label("Vraag of ze het gelezen hebben").check()
    principal.get_by_role("button", name="Bewaren als concept").click()
    expect(principal.locator(".standing").filter(has_text=text)).to_be_visible()
    tablet = windows("principal")
    tablet.goto("/posts/new/")
    tablet.get_by_role("link", name="Gepland en concepten").click()
    tablet.locator(".standing").filter(has_text=text).get_by_role("link").click()
    expect(tablet.get_by_role("textbox", name="Bericht", exact=True)).to_have_value(text)
    expect(tablet.get_by_label("groep 5", exact=True)).to_be_checked()
    expect(tablet.get_by_label("Vraag of ze het gelezen hebben")).to_be_checked()
    tablet.get_by_role("button", name="Versturen").click()
    expect(tablet.get_by_role("article").filter(has_text=text).first).to_be_visible()
    principal.goto("/posts/planned/")
    expect(principal.locator(".standing").filter(has_text=text)).to_have_count(0)


def test_what_is_typed_is_kept_by_itself(windows: Windows) -> None:
    text = f"Vanzelf bewaard {uuid4().hex[:8]}"
    page = windows("teacher")
    page.goto("/posts/new/")
    page.get_by_role("textbox", name="Bericht", exact=True).fill(text)
    expect(page.locator("draft-keeper")).to_contain_text("Bewaard om", timeout=20_000)
    other = windows("teacher")
    other.goto("/posts/planned/")
    expect(other.locator(".standing").filter(has_text=text)).to_be_visible()
