"""A mother says how often she wants to hear, reads what comes of it, and stops a kind of mail."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, Windows, opened
from tests.browser.walking import wait_until_sent

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = "/notifications/settings/"
SAID = "#sentences"


def write(teacher: Page, text: str) -> None:
    """To her own group, and until there is no way back."""
    teacher.goto("/posts/new/")
    teacher.get_by_label("Bericht").fill(text)
    teacher.get_by_role("button", name="Versturen").click()
    wait_until_sent(teacher, text)


def look_until(page: Page, address: str, row: Locator) -> None:
    """The worker tells people a moment after the message came out."""
    for _ in range(30):
        page.goto(address)
        if row.count():
            return
        page.wait_for_timeout(1000)
    pytest.fail("nobody was told")


def save(page: Page) -> None:
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Dit geldt vanaf nu")).to_be_visible()


def test_she_finds_it_under_more_and_reads_what_comes(windows: Windows) -> None:
    page = windows("co_parent")
    page.goto("/more/")
    page.get_by_role("link", name="Wat Kring je stuurt").click()
    expect(page.get_by_role("heading", name="Zo hoor je van ons")).to_be_visible()
    expect(page.locator(SAID)).to_contain_text("Meteen, per mail")
    page.get_by_label(re.compile("Alleen de nieuwsbrief")).check()
    expect(page.locator(SAID)).to_contain_text("Met de nieuwsbrief van de week")  # not kept yet
    page.reload()
    expect(page.locator(SAID)).to_contain_text("Meteen, per mail")


def test_what_she_chooses_is_kept(windows: Windows) -> None:
    page = windows("co_parent")
    page.goto(SETTINGS)
    page.get_by_label(re.compile("Eén keer per dag")).check()
    page.get_by_label(re.compile("Berichten van de groep: Pushbericht")).uncheck()
    page.get_by_label("Stil vanaf").fill("22:00")
    page.get_by_label("Stil tot").fill("07:00")
    page.get_by_label("Stil tot").blur()
    expect(page.locator(SAID)).to_contain_text("Tussen 22.00 en 7.00 uur")
    save(page)
    expect(page.locator(SAID)).to_contain_text("Het dagoverzicht, om 18.00 uur")
    expect(page.locator(SAID)).to_contain_text("Tussen 22.00 en 7.00 uur komt er niets")
    page.get_by_label(re.compile("^Meteen")).check()
    page.get_by_label("Stil vanaf").fill("")
    page.get_by_label("Stil tot").fill("")
    page.get_by_label("Stil tot").blur()
    expect(page.locator(SAID)).not_to_contain_text("Tussen")
    save(page)
    expect(page.get_by_label(re.compile("Berichten van de groep: Pushbericht"))).not_to_be_checked()


def test_it_works_without_scripts(chromium: Browser, demo: Demo) -> None:
    with opened(chromium, demo) as open_window:
        page = open_window("english_mother", java_script_enabled=False)
        page.goto(SETTINGS)
        page.locator("input[name=rhythm][value=weekly]").check()
        page.locator("main form .button.primary").click()
        expect(page.locator("input[name=rhythm][value=weekly]")).to_be_checked()
        page.locator("input[name=rhythm][value=at_once]").check()
        page.locator("main form .button.primary").click()
        expect(page.locator("input[name=rhythm][value=at_once]")).to_be_checked()


def test_the_bell_counts_and_the_list_leads_to_the_message(windows: Windows) -> None:
    text = f"Woensdag gymmen we buiten {uuid4().hex[:6]}."
    teacher, father = windows("teacher"), windows("co_parent")
    father.goto("/notifications/")
    if father.get_by_role("button", name="Alles gelezen").count():
        father.get_by_role("button", name="Alles gelezen").click()
    expect(father.locator(".bell .count").first).to_have_count(0)
    write(teacher, text)
    row = father.get_by_role("link", name=re.compile(re.escape(text)))
    look_until(father, "/notifications/", row)
    expect(father.get_by_role("link", name="Meldingen: 1 nieuw").first).to_be_visible()
    row.click()
    expect(father.get_by_text(text).first).to_be_visible()
    father.goto("/notifications/")
    expect(father.get_by_role("link", name="Meldingen", exact=True).first).to_be_visible()


def test_one_click_in_the_mail_stops_it_and_says_what_still_comes(windows: Windows) -> None:
    """From the mailbox of the demo, by somebody who is not signed in."""
    text = f"Vergeet je gymspullen niet {uuid4().hex[:6]}."
    teacher, nobody = windows("teacher"), windows("")
    write(teacher, text)
    mails = nobody.locator("main li a")
    look_until(nobody, "/demo/mail/?to=informed.father@kring.example", mails)
    mails.first.click()
    mail = nobody.frame_locator("iframe")
    mail.get_by_role("link", name="Stop deze mails").click()
    expect(nobody.get_by_text("Berichten van de groep").first).to_be_visible()
    nobody.get_by_role("button", name="Stop deze mails").click()
    expect(nobody.get_by_role("heading", name="Gestopt")).to_be_visible()
    father = windows("informed_father")
    father.goto(SETTINGS)
    box = father.get_by_label(re.compile("Berichten van de groep: Mail"))
    expect(box).not_to_be_checked()
    nobody.get_by_role("button", name="Terugdraaien").click()
    expect(nobody.get_by_role("heading", name="Je krijgt ze weer")).to_be_visible()
    father.reload()
    expect(box).to_be_checked()
