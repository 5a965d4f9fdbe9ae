"""Passkeys, walked with an authenticator that Chromium plays by itself."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

MADE_UP_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(window: BrowserContext, page: Page) -> tuple[Any, str]:
    """An authenticator: the session that speaks with it, and its number."""
    spoken = window.new_cdp_session(page)
    spoken.send("WebAuthn.enable")
    made = spoken.send("WebAuthn.addVirtualAuthenticator", {"options": MADE_UP_DEVICE})
    return spoken, made["authenticatorId"]


def add_passkey(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['address']}account/passkeys/new/")
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.get_by_text("Je passkey werkt vanaf nu.")).to_be_visible()


def sign_out(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['address']}account/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()


@pytest.mark.usefixtures("device")
def test_a_passkey_is_made_signs_in_gets_a_name_and_is_removed(
    page: Page, demo: dict[str, Any]
) -> None:
    page.goto(demo["people"]["counselor"]["sign_in"])
    add_passkey(page, demo)
    sign_out(page, demo)
    page.goto(f"{demo['address']}account/devices/")
    page.get_by_role("button", name="Gebruik een passkey").click()
    expect(page.get_by_role("heading", name="Apparaten", level=1)).to_be_visible()

    page.goto(f"{demo['address']}account/passkeys/")
    expect(page.get_by_text(re.compile("Laatst gebruikt"))).to_be_visible()
    page.get_by_role("link", name="Andere naam").click()
    page.get_by_label("Naam van deze passkey").fill("Mijn telefoon")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_role("link", name=re.compile("Verwijderen.*Mijn telefoon")).click()
    page.get_by_role("button", name="Verwijderen").click()
    expect(page.get_by_text("De passkey is weg.")).to_be_visible()

    sign_out(page, demo)
    page.get_by_role("button", name="Gebruik een passkey").click()
    expect(page.get_by_text("Inloggen met een passkey is niet gelukt.")).to_be_visible()


@pytest.mark.usefixtures("device")
def test_a_device_that_has_one_already_is_told_so(page: Page, demo: dict[str, Any]) -> None:
    page.goto(demo["people"]["aide"]["sign_in"])
    add_passkey(page, demo)
    page.goto(f"{demo['address']}account/passkeys/new/")
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.get_by_role("alert").filter(has_text="Dat is niet gelukt")).to_be_visible()


def test_a_device_that_does_not_know_who_holds_it_gets_no_passkey(
    page: Page, demo: dict[str, Any], device: tuple[Any, str]
) -> None:
    spoken, number = device
    verified = {"authenticatorId": number, "isUserVerified": False}
    spoken.send("WebAuthn.setUserVerified", verified)
    page.goto(demo["people"]["principal"]["sign_in"])
    page.goto(f"{demo['address']}account/passkeys/new/")
    page.get_by_role("button", name="Passkey toevoegen").click()
    expect(page.get_by_role("alert").filter(has_text="Dat is niet gelukt")).to_be_visible()
    page.goto(f"{demo['address']}account/passkeys/")
    expect(page.get_by_role("heading", name="Je passkeys")).to_have_count(0)
