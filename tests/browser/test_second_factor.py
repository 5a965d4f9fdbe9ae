"""The first morning of who works at a school: a second step, set up on the way in."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_passkey import MADE_UP_DEVICE
from tests.browser.walking import code_for, figures_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def address_of(key: str) -> str:
    return f"{key.replace('_', '.')}@kring.example"


def sign_in_by_mail(page: Page, box: Page, key: str, going: str) -> None:
    page.goto(going)
    page.get_by_label("Je e-mailadres").fill(address_of(key))
    page.get_by_role("button", name="Mail mij een code").click()
    page.get_by_label("Code uit de mail").fill(code_for(box, address_of(key)))
    page.get_by_role("button", name="Inloggen").click()


def test_a_teacher_sets_up_an_app_takes_codes_on_paper_and_uses_one_on_another_device(
    windows: Windows,
) -> None:
    page, box, other = windows(), windows(), windows()
    sign_in_by_mail(page, box, "teacher_next_door", "/more/")
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("groep 6")
    page.get_by_role("link", name="Een authenticator-app").click()
    page.get_by_label("Cijfers uit de app").fill(figures_for(page, address_of("teacher_next_door")))
    page.get_by_role("button", name="Gebruik deze app").click()
    expect(page.get_by_text("Je app werkt vanaf nu.")).to_be_visible()
    page.get_by_role("button", name="Maak een nieuw vel").click()
    codes = page.locator(".paper-codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Ik heb ze op papier").click()
    expect(page).to_have_url(re.compile("/more/$"))

    sign_in_by_mail(other, box, "teacher_next_door", "/")
    other.get_by_text("Gebruik een code van je vel").click()
    other.get_by_label("Code van je vel").fill(codes[0].lower())
    other.get_by_role("button", name="Ga verder met deze code").click()
    expect(other.locator("article").first).to_be_visible()


def test_a_teacher_makes_a_passkey_and_is_in(windows: Windows) -> None:
    page, box = windows(), windows()
    device: Any = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": MADE_UP_DEVICE})
    sign_in_by_mail(page, box, "teacher_parent", "/")
    page.get_by_role("link", name="Een passkey").click()
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.locator("article").first).to_be_visible()


def test_a_parent_is_not_asked(windows: Windows) -> None:
    page, box = windows(), windows()
    sign_in_by_mail(page, box, "co_parent", "/")
    expect(page.locator("article").first).to_be_visible()
