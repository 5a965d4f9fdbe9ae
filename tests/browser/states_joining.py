"""The pages of coming in and signing in, and those of one's own people: their states."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kring.demo import cast, crowd
from tests.browser.reaching import NOBODY, OFFICE, State, at, send
from tests.browser.states_office import INVITED, JOINING, invited
from tests.browser.walking import figures_for

CODE = re.compile(r"^(?:[0-9A-Z]{3}-)+[0-9A-Z]{3}$", re.MULTILINE)
FIGURES = re.compile(r"^\d{4} ?\d{4}$", re.MULTILINE)
BIRTHDAY = re.compile(r"\d{2}-\d{2}-\d{4}")
WAITING = crowd.surname(crowd.NEVER_SIGNED_IN)  # the family that never came in
NEW_BOX = "noud.peters@kring.example"
PIN = "274916"


@contextmanager
def office(page: Page) -> Iterator[Page]:
    """A window of the administrator, beside the one that is looked at."""
    browser = page.context.browser
    assert browser
    window = browser.new_context(base_url=page.url.partition("/join")[0])
    beside = window.new_page()
    beside.goto("/demo/")
    beside.locator("a.row[href*='/sign-in/administrator:']").click()
    yield beside
    window.close()


def letter(page: Page) -> tuple[str, str]:
    """The code of a new letter for a family that waits, and when the child was born."""
    with office(page) as beside:
        beside.goto(f"{JOINING}/families/?state=waiting")
        row = beside.locator("tr", has_text=WAITING).first
        row.locator("label:has(input)").click()
        known = row.locator("th a").get_attribute("href")
        with beside.expect_download() as fetched:
            beside.locator("button[formaction*='letters']").click()
        [sheet] = PdfReader(BytesIO(Path(fetched.value.path()).read_bytes())).pages
        code = "-".join(CODE.findall(sheet.extract_text()))
        beside.goto(f"{OFFICE}/children/?query={WAITING}")
        found = BIRTHDAY.search(beside.locator(f"tr:has(a[href='{known}'])").inner_text())
        assert found
        return code, found[0]


def last_code(page: Page, address: str) -> str:
    """The code of the last mail to this address, in whatever language."""
    page.goto(f"/demo/mail/?to={address}")
    page.locator("main li a").first.click()
    text = page.locator(".plain").inner_text()
    found = FIGURES.search(text)
    assert found, text
    return found[0]


def code_refused(page: Page, folder: Path) -> None:
    page.goto("/join/")
    page.locator("#id_code").fill("AAA-BBB-CCC-DDD-EEE")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def child(page: Page, folder: Path) -> None:
    """Who are you to this child?"""
    page.goto("/join/")
    code, born = letter(page)
    page.locator("#id_code").fill(code)
    page.locator("#id_born_on").fill(born)
    send(page)
    page.wait_for_url("**/join/child/")


def child_refused(page: Page, folder: Path) -> None:
    child(page, folder)
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def account(page: Page, folder: Path) -> None:
    child(page, folder)
    page.locator("input[name=place]").first.check()
    send(page)
    page.wait_for_url(re.compile("/join/(account|yes)/"))


def without_mail(page: Page, folder: Path) -> None:
    account(page, folder)
    page.locator("button[name=no_mail]").click()
    page.wait_for_url("**/join/yes/")


def without_mail_refused(page: Page, folder: Path) -> None:
    without_mail(page, folder)
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def mailbox(page: Page, folder: Path) -> None:
    account(page, folder)
    page.locator("#id_email").fill("amira.bensaid@kring.example")
    send(page)
    page.wait_for_url("**/join/account/code/")


def not_mine(page: Page, folder: Path) -> None:
    page.goto("/join/")
    page.locator("a[href$='/not-mine/']").first.click()
    page.wait_for_url("**/not-mine/")


def invitation(page: Page, folder: Path) -> None:
    """What the link in the mail of a colleague leads to."""
    page.goto("/join/")
    with office(page) as beside:
        invited(beside, folder)
        beside.locator("a[href$='/invitation/']").click()
        send(beside)
        beside.wait_for_url(re.compile("/staff/[0-9a-f-]{36}/$"))
    follow_newest(page, INVITED)
    expect(page.locator("main form.card")).to_be_visible()


def follow_newest(page: Page, address: str) -> None:
    """The link of the newest invitation: an earlier mail may come first, and its link is dead."""
    opened = ""
    for _ in range(40):
        page.goto(f"/demo/mail/?to={address}")
        newest = page.locator("main li a").first
        mail = (newest.get_attribute("href") or "") if newest.count() else ""
        if mail != opened:
            opened = mail
            page.goto(urljoin(page.url, mail))
            link = page.locator(".plain a[href*='/join/mail/']")
            if link.count():
                page.goto(link.get_attribute("href") or "")
            if page.locator("main form.card").count():
                return
        page.wait_for_timeout(500)


def invited_person(page: Page, folder: Path) -> None:
    """Who proved the mailbox, and is asked for a name and a yes."""
    invitation(page, folder)
    send(page)
    expect(page.locator("#id_code")).to_be_visible()
    here = page.url
    code = last_code(page, INVITED)
    page.goto(here)
    page.locator("#id_code").fill(code)
    send(page)
    page.wait_for_url("**/join/invited/")


def weak(address: str) -> Callable[[Page, Path], None]:
    """Somebody of a school who has shown that a mailbox is hers, and no more."""

    def reach(page: Page, folder: Path) -> None:
        page.context.clear_cookies(name=re.compile("session"))
        page.goto("/account/sign-in/?next=/more/")
        page.locator("#id_email").fill(address)
        send(page)
        page.wait_for_url("**/code/**")
        here = page.url
        code = last_code(page, address)
        page.goto(here)
        page.locator("#id_code").fill(code)
        send(page)
        page.wait_for_url("**/second-factor/**")

    return reach


def with_app(page: Page, folder: Path) -> None:
    """The app of this person, set up once."""
    page.goto("/account/second-factor/app/")
    if page.locator(".app-secret").count():
        page.locator("#id_figures").fill(figures_for(page, cast.address("duo_teacher")))
        send(page)
        expect(page.locator(".app-secret")).to_have_count(0)


def weak_with_app(page: Page, folder: Path) -> None:
    with_app(page, folder)
    weak(cast.address("duo_teacher"))(page, folder)
    expect(page.locator("#id_figures")).to_be_visible()


def app_refused(page: Page, folder: Path) -> None:
    page.goto("/account/second-factor/app/")
    page.locator("#id_figures").fill("12")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def app_going(page: Page, folder: Path) -> None:
    with_app(page, folder)
    page.goto("/account/second-factor/app/removal/")


def paper(page: Page, folder: Path) -> None:
    with_app(page, folder)
    page.goto("/account/paper-codes/")
    send(page)
    expect(page.locator(".paper-codes")).to_be_visible()


def locked(page: Page, folder: Path) -> None:
    """A tablet on which this person has a code: it asks who is there."""
    page.goto("/account/tablet/")
    page.locator("#id_pin").fill(PIN)
    page.locator("#id_again").fill(PIN)
    send(page)
    page.wait_for_url("**/tablet/switch/")


def shared(page: Page, folder: Path) -> None:
    """That tablet, in the hands of its first."""
    locked(page, folder)
    page.goto("/demo/")
    page.locator("a.row[href*='/sign-in/teacher:']").click()
    page.goto("/account/tablet/")
    expect(page.locator("#here")).to_be_visible()


def take_over(page: Page, folder: Path) -> None:
    locked(page, folder)
    page.locator("a.row").first.click()
    expect(page.locator("#id_pin")).to_be_visible()


def take_over_refused(page: Page, folder: Path) -> None:
    take_over(page, folder)
    page.locator("#id_pin").fill("111222")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def refused(address: str, field: str, value: str) -> Callable[[Page, Path], None]:
    """A form that does not take this."""

    def reach(page: Page, folder: Path) -> None:
        page.goto(address)
        page.locator(field).fill(value)
        send(page)
        expect(page.locator(".problems")).to_be_visible()

    return reach


def address_codes(page: Page, folder: Path) -> None:
    page.goto("/account/address/")
    page.locator("#id_email").fill(NEW_BOX)
    send(page)
    page.wait_for_url("**/address/codes/")


def class_open(page: Page, folder: Path) -> None:
    """With all who care for the children."""
    page.goto("/more/class/")
    expect(page.locator("details.pupil").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")


def school(page: Page, folder: Path) -> None:
    page.goto(f"/more/schools/{cast.identity('wilgenhoek')}/")


OF_JOINING = {
    "join": State(NOBODY, at("/join/")),
    "join-of-a-mother": State("mother", at("/join/")),
    "join-refused": State(NOBODY, code_refused),
    "join-child": State(NOBODY, child),
    "join-child-refused": State(NOBODY, child_refused),
    "join-account": State(NOBODY, account),
    "join-mailbox": State(NOBODY, mailbox),
    "join-without-mail": State(NOBODY, without_mail),
    "join-without-mail-refused": State(NOBODY, without_mail_refused),
    "join-yes": State("english_mother", account, alone=True),
    "join-welcome": State("mother", at("/join/welcome/")),
    "join-not-mine": State("mother", not_mine),
    "join-same-child": State("mother", at("/join/same-child/")),
    "join-over": State(NOBODY, at("/join/mail/nothing/")),
    "join-invitation": State(NOBODY, invitation),
    "join-invited": State(NOBODY, invited_person),
    "password-sign-in": State(NOBODY, at("/account/sign-in/password/")),
    "password-sign-in-refused": State(
        NOBODY, refused("/account/sign-in/password/", "#id_name", "fatima")
    ),
    "password-forgotten": State(NOBODY, at("/account/sign-in/forgotten/")),
    "password": State("mother", at("/account/password/")),
    "password-refused": State("mother", refused("/account/password/", "#id_password", "welkom")),
    "second-factor": State("counselor", weak(cast.address("counselor")), alone=True),
    "second-factor-app": State("duo_teacher", weak_with_app, alone=True),
    "app": State("aftercare", at("/account/second-factor/app/")),
    "app-refused": State("aftercare", app_refused),
    "app-going": State("duo_teacher", app_going),
    "passkeys-with-app": State("duo_teacher", with_app),
    "paper-codes": State("mother", at("/account/paper-codes/")),
    "paper-codes-made": State("duo_teacher", paper),
    "tablet": State("teacher", at("/account/tablet/")),
    "tablet-shared": State("teacher", shared, alone=True),
    "tablet-switch": State("teacher", locked, alone=True),
    "tablet-take-over": State("teacher", take_over, alone=True),
    "tablet-take-over-refused": State("teacher", take_over_refused, alone=True),
    "address": State("mother", at("/account/address/")),
    "address-codes": State("aide", address_codes),
    "children": State("mother", at("/more/children/")),
    "class": State("teacher", class_open),
    "class-of-two-groups": State("aide", at("/more/class/")),
    "class-at-the-bso": State("aftercare", class_open),
    "school": State("mother", school),
    "about-me": State("teacher", at("/more/about-me/")),
}
