"""The first morning of a teacher whom the office invited: nothing of a child before two proofs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from kring.demo import cast
from tests.browser.conftest import DESKTOP, Windows
from tests.browser.reaching import OFFICE
from tests.browser.test_passkey import MADE_UP_DEVICE
from tests.browser.walking import code_for, figures_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GROUP = cast.identity("group_7")
CHILD = "Bakker"  # Guus, of this group
BEHIND_THE_GATE = (
    "/",
    "/posts/new/",
    "/more/",
    "/more/class/",
    f"/more/class/{GROUP}/",
    f"/more/schools/{cast.identity('wilgenhoek')}/",
    "/join/welcome/",
    "/account/tablet/",
    f"{OFFICE}/",
    f"{OFFICE}/children/",
    f"{OFFICE}/children/{cast.identity('sam')}/",
)


@dataclass(frozen=True)
class Colleague:
    """Who begins today."""

    first: str
    infix: str
    last: str

    number: str = field(default_factory=lambda: uuid4().hex[:6])  # nobody has it yet

    @property
    def address(self) -> str:
        return f"{self.last}{self.number}@kring.example".lower()


def invite(office: Page, colleague: Colleague) -> None:
    """What the office does: one form on the page of the staff."""
    office.goto(f"{OFFICE}/staff/")
    office.get_by_role("link", name="Collega uitnodigen").click()
    office.get_by_label("Voornaam").fill(colleague.first)
    office.get_by_label("Tussenvoegsel").fill(colleague.infix)
    office.get_by_label("Achternaam").fill(colleague.last)
    office.get_by_label("E-mailadres").fill(colleague.address)
    office.get_by_role("group", name="Rollen").get_by_label("Leerkracht").check()
    office.get_by_role("group", name="Groepen").get_by_label("groep 7").check()
    office.get_by_role("button", name="Uitnodigen").click()
    expect(office.get_by_text(f"is uitgenodigd op {colleague.address}.")).to_be_visible()


def come_in(page: Page, box: Page, colleague: Colleague) -> None:
    """From the mail to an account: the link, the code that proves the mailbox, the yes."""
    page.goto(link_for(box, colleague.address))
    expect(page.get_by_role("heading", name="De Wilgenhoek nodigt je uit")).to_be_visible()
    page.get_by_role("button", name="Mail mij een code").click()
    page.get_by_label("Code uit de mail").fill(code_for(box, colleague.address))
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_text("Je komt binnen als: leerkracht.")).to_be_visible()
    expect(page.get_by_text(f"Je logt in met {colleague.address}.")).to_be_visible()
    page.get_by_role("button", name="Ja, dit klopt").click()
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()


def link_for(box: Page, address: str) -> str:
    """The link in the invitation; mails go out by the worker."""
    mail = box.locator("main li a", has_text="nodigt je uit voor Kring")
    for _ in range(30):
        box.goto(f"/demo/mail/?to={address}")
        if mail.count():
            break
        box.wait_for_timeout(500)
    mail.first.click()
    return box.locator(".plain a[href*='/join/mail/']").get_attribute("href") or ""


def nothing_of_children(page: Page) -> None:
    """Every address leads to the gate, and what it answers names no child and no group."""
    for address in BEHIND_THE_GATE:
        answer = page.request.get(address)
        assert "/account/second-factor/" in answer.url, address
        assert not re.search(f"{CHILD}|Amrani|groep 7|Mijn klas", answer.text()), address


def looks_at_the_class(page: Page) -> None:
    """The first thing that she wants: who her children are, and whom to call."""
    page.goto("/more/")
    page.get_by_role("link", name="Mijn klas").click()
    expect(page.get_by_role("heading", name="Mijn klas")).to_be_visible()
    expect(page.get_by_text("groep 7").first).to_be_visible()
    child = page.locator("details.pupil", has_text=CHILD)
    child.locator("summary").click()
    expect(child.locator(".row .grow", has_text="Esther Bakker")).to_be_visible()


def test_a_teacher_comes_in_by_mail_and_sees_her_class_once_an_app_is_set_up(
    windows: Windows,
) -> None:
    office, page, box = windows("administrator", viewport=DESKTOP), windows(), windows()
    colleague = Colleague("Roos", "van der", "Linde")
    invite(office, colleague)
    come_in(page, box, colleague)
    nothing_of_children(page)
    page.get_by_role("link", name="Een authenticator-app").click()
    page.get_by_label("Cijfers uit de app").fill("000000")
    page.get_by_role("button", name="Gebruik deze app").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    nothing_of_children(page)
    page.get_by_label("Cijfers uit de app").fill(figures_for(page, colleague.address))
    page.get_by_role("button", name="Gebruik deze app").click()
    page.get_by_role("link", name="Nu niet").click()
    looks_at_the_class(page)
    office.goto(f"{OFFICE}/staff/?query=Linde")
    expect(office.get_by_role("row", name=re.compile("Roos van der Linde"))).to_contain_text(
        "aangesloten"
    )
    box.goto(link_for(box, colleague.address))
    expect(box.get_by_role("heading", name="Deze link werkt niet meer")).to_be_visible()


def test_a_teacher_comes_in_by_mail_and_sees_his_class_once_a_passkey_is_made(
    windows: Windows,
) -> None:
    office, page, box = windows("principal"), windows(), windows()
    device: Any = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": MADE_UP_DEVICE})
    colleague = Colleague("Sietse", "", "Boonstra")
    invite(office, colleague)
    come_in(page, box, colleague)
    nothing_of_children(page)
    page.get_by_role("link", name="Een passkey").click()
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.get_by_role("heading", name="Welkom, Sietse")).to_be_visible()
    looks_at_the_class(page)


def test_an_invitation_that_was_passed_on_opens_nothing(windows: Windows) -> None:
    office, page, box = windows("administrator"), windows(), windows()
    colleague = Colleague("Tjitske", "", "Wiarda")
    invite(office, colleague)
    page.goto(link_for(box, colleague.address))
    page.get_by_role("button", name="Mail mij een code").click()
    for guess in ("12345678", "87654321"):
        page.get_by_label("Code uit de mail").fill(guess)
        page.get_by_role("button", name="Verder").click()
        expect(page.get_by_role("alert").first).to_be_visible()
    page.goto("/join/invited/")
    expect(page.get_by_text("Tjitske")).to_have_count(0)
    for address in ("/", "/more/class/", f"{OFFICE}/children/"):
        assert "/account/sign-in/" in page.request.get(address).url
