"""A real server with nothing in it: how a new administrator comes to letters for all families."""

from __future__ import annotations

import logging
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from kring import serving
from tests.browser.conftest import DESKTOP, PHONE, SECONDS_TO_START, TOP, Windows, opened
from tests.browser.desk import Desk
from tests.browser.walking import figures_for
from tests.faults.post_office import PostOffice

pytestmark = [pytest.mark.browser, pytest.mark.slow]

log = logging.getLogger(__name__)
FILES = TOP / "kring/importing/tests/data"
ROSTER = FILES / "wilgenhoek_2026-2027_edexml21.xml"
CARERS = FILES / "wilgenhoek_2026_verzorgers_utf8.csv"
ADDRESS, MOTHER = "ans.beheer@wilgenhoek.example", "nynke.bakker@gezin.example"
LETTERS = 251  # a page for each of 208 children, and one more for each second home
CODE = re.compile(r"^((?:[0-9A-Z]{3}-)+[0-9A-Z]{3})$", re.MULTILINE)
WORK = 60_000  # milliseconds in which the worker is done
MINUTES = 20
# Seconds beside the pages: to find the mail and its code; to put an app on a telephone.
LOOK_IN_MAIL, GET_AN_APP, WRITE_CODES_DOWN = 30, 120, 60


class Mailbox(PostOffice):
    """Takes all mail, and keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802  (the name is aiosmtpd's)
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep it."""
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def code_for(self, address: str) -> str:
        """The code in the last mail to somebody, as soon as it is here."""
        for _ in range(300):  # on a machine that does much else
            for mail in reversed(self.taken):
                found = re.search(r"^\d{4} \d{4}\r?$", self.text(mail), re.MULTILINE)
                if mail["To"] == address and found:
                    self.taken.remove(mail)
                    return found[0].strip()
            time.sleep(0.1)
        raise AssertionError(address)

    @staticmethod
    def text(mail: EmailMessage) -> str:
        body = mail.get_body(("plain",))
        assert body
        return str(body.get_content())


@contextmanager
def running_kring(mailbox: Mailbox) -> Iterator[str]:
    """A real, empty Kring that has one administrator; its address."""
    with ExitStack() as stack:
        place = tempfile.mkdtemp(prefix="kt-")
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        smtp = stack.enter_context(mailbox.opened())
        with socket.create_server(("127.0.0.1", 0)) as free:
            origin = f"http://localhost:{free.getsockname()[1]}"
        settings = serving.clean_environment() | {
            "KRING_ORIGIN": origin,
            "KRING_DATA": f"{place}/data",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp),
        }
        kring = [sys.executable, "-m", "kring"]
        up = stack.enter_context(
            subprocess.Popen([*kring, "up"], cwd=TOP, env=settings, stderr=subprocess.PIPE)
        )
        stack.callback(up.wait, SECONDS_TO_START)
        stack.callback(up.send_signal, signal.SIGTERM)
        assert up.stderr
        assert up.stderr.readline().decode() == f"kring: serving {origin}.\n"
        asked = ["--school", "De Wilgenhoek", "--role", "administrator", ADDRESS]
        subprocess.run([*kring, "invite", *asked], cwd=TOP, env=settings, check=True)
        yield origin


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def real(chromium: Browser, mailbox: Mailbox) -> Iterator[Windows]:
    """Windows on that Kring."""
    with (
        running_kring(mailbox) as address,
        opened(chromium, {"address": address, "people": {}}) as windows,
    ):
        yield windows


def test_an_administrator_comes_from_nothing_to_letters_in_twenty_minutes(
    real: Windows, mailbox: Mailbox, tmp_path: Path
) -> None:
    page = real(viewport=DESKTOP, accept_downloads=True)
    page.set_default_timeout(WORK)  # a click waits for the file of letters
    desk = Desk(page)
    come_in(desk, mailbox)
    describe_the_school(desk)
    import_children(desk)
    import_carers(desk)
    give_colleagues_a_place(desk)
    letters = invite_and_print(desk, tmp_path)
    desk.end()
    told = "\n".join([*map(str, desk.steps), f"together: {desk.minutes:.1f} min"])
    log.info(told)  # pytest --log-cli-level=INFO shows it
    assert desk.minutes < MINUTES, told
    assert len(letters.pages) == LETTERS
    claim(real(viewport=PHONE), letters, mailbox)


def come_in(desk: Desk, mailbox: Mailbox) -> None:
    """By the code from the mail; a second step; and how she wants to hear, asked once."""
    page = desk.page
    desk.begin("signing in", LOOK_IN_MAIL)
    page.goto("/")
    desk.fill(page.get_by_label("Je e-mailadres"), ADDRESS)
    desk.click(page.get_by_role("button", name="Mail mij een code"))
    desk.fill(page.get_by_label("Code uit de mail"), mailbox.code_for(ADDRESS))
    desk.click(page.get_by_role("button", name="Inloggen"))
    desk.begin("a second step", GET_AN_APP + WRITE_CODES_DOWN)
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    desk.click(page.get_by_role("link", name="Een authenticator-app"))
    desk.fill(page.get_by_label("Cijfers uit de app"), figures_for(page, ADDRESS))
    desk.click(page.get_by_role("button", name="Gebruik deze app"))
    desk.click(page.get_by_role("button", name="Maak een nieuw vel"))
    desk.click(page.get_by_role("link", name="Ik heb ze op papier"))
    expect(page.get_by_role("heading", name="Hoe wil je van ons horen?")).to_be_visible()
    desk.click(page.get_by_role("button", name="Zo wil ik het"))
    desk.click(page.get_by_role("link", name="Naar het kantoor"))
    expect(page.get_by_role("heading", name="Van leeg tot brieven")).to_be_visible()


def describe_the_school(desk: Desk) -> None:
    """What stands above the letters."""
    page = desk.page
    desk.begin("the school")
    desk.click(page.get_by_role("link", name=re.compile("Over de school")))
    told = {
        "brin": "99WH00",
        "street": "Wilgenlaan 1",
        "postcode": "3512 AB",
        "city": "Utrecht",
        "telephone": "030 231 23 45",
        "email": "info@wilgenhoek.example",
    }
    for name, text in told.items():
        desk.fill(page.locator(f"[name={name}]"), text)
    desk.click(page.get_by_role("button", name="Opslaan"))
    expect(page.get_by_text("Bewaard.")).to_be_visible()


def import_children(desk: Desk) -> None:
    """Groups, children and staff: the file of the administration."""
    page = desk.page
    desk.begin("groups and children")
    go_on(desk, "Groepen en kinderen invoeren")
    desk.click(page.locator("input[value=edexml]"))
    desk.choose(page.locator("input[type=file]"), ROSTER)
    desk.click(page.get_by_role("button", name="Bestanden controleren"))
    expect(page.get_by_text("Er komen 208 kinderen bij.")).to_be_visible(timeout=WORK)
    apply(desk)


def import_carers(desk: Desk) -> None:
    """The list of parents and carers; the columns were guessed."""
    page = desk.page
    desk.begin("parents and carers")
    desk.click(page.get_by_role("link", name="Ouders en verzorgers invoeren"))
    desk.click(page.locator("input[value=carers]"))
    desk.choose(page.locator("input[type=file]"), CARERS)
    desk.click(page.get_by_role("button", name="Bestanden controleren"))
    desk.click(page.get_by_role("button", name="Verschillen tonen"))
    expect(page.get_by_text("386 keer komt er een ouder of verzorger")).to_be_visible(timeout=WORK)
    apply(desk)


def apply(desk: Desk) -> None:
    desk.click(desk.page.get_by_role("button", name="Doorvoeren"))
    expect(desk.page.get_by_role("heading", name="Hoe nu verder")).to_be_visible(timeout=WORK)


def go_on(desk: Desk, step: str) -> None:
    """From the list of what there is to do."""
    desk.click(desk.page.get_by_role("link", name="Overzicht"))
    desk.click(desk.page.get_by_role("link", name=re.compile(step)).first)


def give_colleagues_a_place(desk: Desk) -> None:
    """Yes to the ordinary ones at once, to those who lead one by one."""
    page = desk.page
    desk.begin("colleagues")
    go_on(desk, "20 collega's uit een invoer")
    desk.click(page.get_by_role("link", name="“Ja” invullen bij iedereen met een rol"))
    expect(page.get_by_label("Ja, werkt hier").and_(page.locator(":checked"))).to_have_count(14)
    for name in ("Mehmet Brouwer", "Gerard Peters"):
        asked = page.get_by_role("region", name=name)
        desk.click(asked.get_by_label("Ja, werkt hier"))
        desk.click(asked.get_by_label("Ja, ik weet het zeker"))
    desk.click(page.get_by_role("button", name="Deze antwoorden opslaan"))
    expect(page.get_by_text("16 collega's hebben een plek.")).to_be_visible()


def invite_and_print(desk: Desk, folder: Path) -> PdfReader:
    """A mail to whoever has an address; and a letter for each child and home."""
    page = desk.page
    desk.begin("invitations")
    go_on(desk, "Mails en brieven sturen")
    desk.click(page.get_by_role("button", name="Iedereen met een adres uitnodigen"))
    expect(page.get_by_text("256 mails zijn onderweg.")).to_be_visible()
    desk.begin("letters")
    with page.expect_download(timeout=WORK) as download:
        desk.click(page.get_by_role("button", name="Brieven voor wie niet is aangesloten"))
    download.value.save_as(folder / "letters.pdf")
    return PdfReader(folder / "letters.pdf")


def claim(page: Page, letters: PdfReader, mailbox: Mailbox) -> None:
    """A mother with the first letter in her hand, on her phone."""
    code = "-".join(CODE.findall(letters.pages[0].extract_text()))
    page.goto(f"/join/#{code}")
    expect(page.get_by_label("Code uit de brief")).to_have_value(code)
    page.get_by_label("Geboortedatum van het kind").fill("28-09-2022")
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", name="Deze brief gaat over Lina")).to_be_visible()
    page.get_by_label(re.compile("Nynke")).check()
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Je e-mailadres").fill(MOTHER)
    page.get_by_role("button", name="Mail mij een code").click()
    page.get_by_label("Code uit de mail").fill(mailbox.code_for(MOTHER))
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Ja, dit is mijn kind").click()
    expect(page.get_by_role("heading", name="Welkom, Nynke")).to_be_visible()
