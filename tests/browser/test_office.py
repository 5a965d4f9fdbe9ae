"""The office ends what somebody sees of a child: at the next tap nothing of it is left."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from kring.base import clock
from kring.demo import cast
from tests.browser.conftest import DESKTOP, Windows
from tests.browser.photos import photos
from tests.browser.reaching import OFFICE
from tests.browser.walking import address_of, card, wait_until_sent

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHILD = f"Tjeerd-{uuid4().hex[:6]}"  # of the mother in this test only
GROUP = str(cast.identity("group_6"))  # where she has nobody else


def write_in(office: Page) -> str:
    """A child that no other test knows, with its mother; the address of its page."""
    office.goto(f"{OFFICE}/children/new/")
    office.get_by_label("Voornaam").fill(CHILD)
    office.get_by_label("Achternaam").fill("Amrani")
    office.get_by_label("Groep").select_option(GROUP)
    office.get_by_label("Eerste dag").fill(f"{clock.today() - timedelta(days=30):%Y-%m-%d}")
    office.get_by_role("button", name="Inschrijven").click()
    office.get_by_role("link", name="Iemand toevoegen").first.click()
    office.get_by_label("Is deze persoon hier al bekend").fill("Fatima Amrani")
    office.get_by_role("button", name="Zoeken").click()
    office.locator("a.row", has_text="Noor").click()
    office.get_by_label("Relatie").select_option(label="moeder")
    office.get_by_role("button", name="Toevoegen").click()
    if office.get_by_role("button", name="Ja, ik weet het zeker").count():
        office.get_by_role("button", name="Ja, ik weet het zeker").click()
    expect(office.get_by_role("heading", name="Fatima Amrani")).to_be_visible()
    return office.url


def write(teacher: Page, text: str, folder: Path) -> str:
    """A message with a photo for the group of that child."""
    teacher.goto("/posts/new/")
    teacher.get_by_label("Bericht").fill(text)
    teacher.get_by_label("Foto's of bestanden toevoegen").set_input_files(photos(folder)[:1])
    expect(teacher.locator(".thumb[data-asset]")).to_have_count(1)
    teacher.get_by_role("button", name="Versturen").click()
    address = address_of(teacher, text)
    wait_until_sent(teacher, text)
    return address


def end(office: Page, child: str) -> None:
    """One question, and it is over at once."""
    office.goto(child)
    office.get_by_role("link", name="Beëindigen Fatima Amrani").click()
    expect(office.get_by_role("heading", name=re.compile(CHILD))).to_be_visible()
    office.get_by_role("button", name="Nu stoppen").click()
    expect(office.get_by_text(f"Fatima Amrani ziet niets meer van {CHILD}")).to_be_visible()
    office.get_by_text("Wie er niet meer bij hoort").click()
    expect(office.locator(".former .grow", has_text="Fatima Amrani")).to_be_visible()


def test_at_her_next_tap_nothing_is_left_of_a_child_whose_guardianship_has_ended(
    windows: Windows, tmp_path: Path
) -> None:
    office = windows("administrator", viewport=DESKTOP)
    mother = windows("mother", ("Response Status Error Code 404",))  # to what is gone
    teacher = windows("teacher_next_door")
    child = write_in(office)
    text = f"Vandaag bouwden we een brug van papier {uuid4().hex[:8]}"
    address = write(teacher, text, tmp_path)

    mother.goto("/")  # her feed is open, with all that she may see
    chip = mother.locator("main > nav").get_by_role("link", name=CHILD)
    expect(chip).to_be_visible()
    expect(card(mother, text)).to_be_visible()
    picture = mother.locator("article", has_text=text).locator(".mosaic a").get_attribute("href")
    assert mother.request.get(picture or "").status == 200
    about = chip.get_attribute("href") or ""

    end(office, child)
    nothing_is_left(mother, text, address, picture or "", about)
    others_are_still_there(mother)
    expect(card(teacher, text)).to_be_visible()


def nothing_is_left(mother: Page, text: str, address: str, picture: str, about: str) -> None:
    """Neither what stood on the open page, nor any address that she kept.

    The address of a picture is signed for her session and minutes: it ends by itself (see
    kring.media.signing). From now on no page gives her one.
    """
    card(mother, text).get_by_role("button", name="Leuk").click()  # on the page of before
    expect(mother.locator("trouble-note")).to_be_visible()
    assert mother.request.get(address).status == 404
    for where in (about, "/", "/more/", "/more/children/", "/join/"):
        mother.goto(where)
        for told in (CHILD, text, picture.split("/")[2]):
            assert told not in mother.content(), where


def others_are_still_there(mother: Page) -> None:
    """Only this child: her own two, and what she reads about them, stay."""
    mother.goto("/")
    for name in ("Sam", "Noor"):
        expect(mother.locator("main > nav").get_by_role("link", name=name)).to_be_visible()
    expect(mother.locator("article").first).to_be_visible()
