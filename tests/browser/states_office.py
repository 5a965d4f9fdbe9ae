"""The pages of the office, and of inviting: their states, and the way to each."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from kring.demo import cast
from tests.browser.reaching import OFFICE, State, at, send

JOINING = f"{OFFICE}/joining"
SAM = f"{OFFICE}/children/{cast.identity('sam')}"
MILAN = f"{OFFICE}/children/{cast.identity('milan')}"
NOOR = f"{OFFICE}/children/{cast.identity('noor')}"
SECRET_HOME = f"{OFFICE}/families/{cast.identity('home of mother wilgenhoek')}"
HOME = f"{OFFICE}/families/{cast.identity('home 1')}"
TEACHER = f"{OFFICE}/staff/{cast.identity('teacher')}"
GROUP = f"{OFFICE}/groups/{cast.identity('group_5')}"
PERSON = "/guardians/"
INVITED = "wilhelmina.christina.van.den.waardenburg@kring.example"


def through(address: str, link: str) -> Callable[[Page, Path], None]:
    """What the first link of this kind on a page leads to."""

    def reach(page: Page, folder: Path) -> None:
        page.goto(address)
        page.locator(f"main {link}").first.click()
        expect(page.locator("main .back")).to_be_visible()

    return reach


def sent_empty(address: str, problems: str = ".problems") -> Callable[[Page, Path], None]:
    """A form that says what is missing."""

    def reach(page: Page, folder: Path) -> None:
        page.goto(address)
        for field in page.locator("main form.card input:is([type=text], [type=email])").all():
            field.fill("")
        send(page)
        expect(page.locator(problems)).to_be_visible()

    return reach


def refused_removal(page: Page, folder: Path) -> None:
    """A group in which somebody is."""
    page.goto(f"{GROUP}/removal/")
    page.locator("main form .danger").click()
    expect(page.locator(".problems")).to_be_visible()


def nobody_found(address: str) -> Callable[[Page, Path], None]:
    return at(f"{address}?query=zzzzzzzz")


def sure(page: Page, folder: Path) -> None:
    """A change that lets somebody see more is asked once more."""
    through(f"{MILAN}/", f".withheld a[href*='{PERSON}']")(page, folder)
    page.locator("#id_access").select_option("in_care")
    send(page)
    expect(page.locator(".question")).to_be_visible()


def over(page: Page, folder: Path) -> None:
    """Somebody whose time is over comes back."""
    page.goto(f"{SAM}/")
    page.locator(".former summary").click()
    page.locator("a[href$='/reopening/']").click()
    expect(page.locator("main .back")).to_be_visible()


def known_here(page: Page, folder: Path) -> None:
    """A new person who may be the mother of a sister."""
    page.goto(f"{SAM}/guardians/new/?query=amrani")
    expect(page.locator("a.row[href*='person=']").first).to_be_visible()


def known_chosen(page: Page, folder: Path) -> None:
    known_here(page, folder)
    page.locator("a.row[href*='person=']").first.click()
    expect(page.locator(".chosen")).to_be_visible()


def secret_address(page: Page, folder: Path) -> None:
    page.goto(f"{SECRET_HOME}/")
    page.locator("#address button.dark").click()
    expect(page.locator("#id_street")).to_be_visible()


def searched_trail(page: Page, folder: Path) -> None:
    page.goto(f"{OFFICE}/trail/?child={cast.identity('sam')}")
    expect(page.locator("details[open]")).to_be_visible()


def invited(page: Page, folder: Path) -> None:
    """A colleague who did not come in yet."""
    page.goto(f"{OFFICE}/staff/?query=Waardenburg")
    if not page.locator(".table").count():
        page.goto(f"{OFFICE}/staff/new/")
        page.locator("#id_first_name").fill("Wilhelmina-Christina")
        page.locator("#id_infix").fill("van den")
        page.locator("#id_last_name").fill("Waardenburg-Oosterhuis")
        page.locator("#id_email").fill(INVITED)
        page.locator("input[name=roles][value=teacher]").check()
        send(page)
        page.goto(f"{OFFICE}/staff/?query=Waardenburg")
    page.locator(".table th a").first.click()
    expect(page.locator("#way-in")).to_be_visible()


def invited_colleagues(page: Page, folder: Path) -> None:
    invited(page, folder)
    page.goto(f"{JOINING}/staff/")
    expect(page.locator(".table")).to_be_visible()


def invitation_form(page: Page, folder: Path) -> None:
    invited(page, folder)
    page.locator("a[href$='/invitation/']").click()
    expect(page.locator("#id_email")).to_be_visible()


def reopening(page: Page, folder: Path) -> None:
    page.goto(f"{JOINING}/families/?state=connected")
    page.locator("a[href$='/letter/']").first.click()
    expect(page.locator("main .back")).to_be_visible()


def letter_made(page: Page, folder: Path) -> None:
    """The list of codes, with one of a family that is not in yet."""
    page.goto(f"{JOINING}/families/?state=waiting")
    page.locator("tr", has=page.locator("input[name=homes]")).last.locator("label").click()
    with page.expect_download():
        page.locator("button[formaction*='letters']").click()
    page.goto(f"{JOINING}/codes/")
    expect(page.locator(".table")).to_be_visible()


def _office(reach: Callable[[Page, Path], None]) -> State:
    return State("administrator", reach)


OF_OFFICE = {
    "office-choose": State("director", at("/office/")),
    "office-start": _office(at(f"{OFFICE}/")),
    "office-start-of-the-bso": State("director", at(f"/office/{cast.identity('vijver')}/")),
    "office-children": _office(at(f"{OFFICE}/children/")),
    "office-children-of-the-principal": State("principal", at(f"{OFFICE}/children/")),
    "office-children-none": _office(nobody_found(f"{OFFICE}/children/")),
    "office-child": _office(at(f"{SAM}/")),
    "office-child-of-the-principal": State("principal", at(f"{SAM}/")),
    "office-child-next-month": _office(at(f"{OFFICE}/children/{cast.identity('yara')}/")),
    "office-child-new": _office(at(f"{OFFICE}/children/new/")),
    "office-child-new-refused": _office(sent_empty(f"{OFFICE}/children/new/")),
    "office-child-facts": _office(at(f"{SAM}/facts/")),
    "office-child-group": _office(at(f"{SAM}/placement/")),
    "office-child-leaving": _office(at(f"{SAM}/leaving/")),
    "office-guardian": _office(
        through(f"{NOOR}/", f"a[href*='{PERSON}']:not([href$='/new/'], [href*='access='])")
    ),
    "office-guardian-new": _office(at(f"{SAM}/guardians/new/")),
    "office-guardian-new-refused": _office(sent_empty(f"{SAM}/guardians/new/")),
    "office-guardian-known": _office(known_here),
    "office-guardian-chosen": _office(known_chosen),
    "office-guardian-sure": _office(sure),
    "office-guardian-ending": _office(through(f"{NOOR}/", "a[href$='/ending/']")),
    "office-guardian-reopening": _office(over),
    "office-families": _office(at(f"{OFFICE}/families/")),
    "office-families-none": _office(nobody_found(f"{OFFICE}/families/")),
    "office-family": _office(at(f"{HOME}/")),
    "office-family-secret": _office(at(f"{SECRET_HOME}/")),
    "office-family-secret-open": _office(secret_address),
    "office-family-moving": _office(at(f"{SECRET_HOME}/moving/")),
    "office-authority": _office(at(f"{OFFICE}/families/authority/")),
    "office-staff": _office(at(f"{OFFICE}/staff/")),
    "office-staff-none": _office(nobody_found(f"{OFFICE}/staff/")),
    "office-staff-former": _office(at(f"{OFFICE}/staff/?show=former")),
    "office-staff-new": _office(at(f"{OFFICE}/staff/new/")),
    "office-staff-new-refused": _office(sent_empty(f"{OFFICE}/staff/new/")),
    "office-colleague": _office(at(f"{TEACHER}/")),
    "office-colleague-invited": _office(invited),
    "office-colleague-invitation": _office(invitation_form),
    "office-colleague-name": _office(at(f"{TEACHER}/name/")),
    "office-colleague-group-new": _office(at(f"{TEACHER}/groups/new/")),
    "office-colleague-group": _office(
        through(f"{TEACHER}/", "a.row[href*='/groups/']:not([href$='/new/'])")
    ),
    "office-colleague-leaving": _office(at(f"{TEACHER}/leaving/")),
    "office-colleague-second-factor": _office(at(f"{TEACHER}/second-factor/")),
    "office-proposals": _office(at(f"{OFFICE}/staff/proposals/")),
    "office-groups": _office(at(f"{OFFICE}/groups/")),
    "office-group": _office(at(f"{GROUP}/")),
    "office-group-new": _office(through(f"{OFFICE}/groups/", "a[href$='/new/']")),
    "office-group-removal": _office(at(f"{GROUP}/removal/")),
    "office-group-removal-refused": _office(refused_removal),
    "office-trail": _office(at(f"{OFFICE}/trail/")),
    "office-trail-of-a-child": _office(searched_trail),
    "office-school": _office(at(f"{OFFICE}/school/")),
    "office-policy": _office(at(f"{OFFICE}/school/policy/")),
    "inviting": _office(at(f"{JOINING}/")),
    "inviting-families": _office(at(f"{JOINING}/families/")),
    "inviting-families-none": _office(at(f"{JOINING}/families/?state=bounced")),
    "inviting-codes": _office(letter_made),
    "inviting-staff": _office(invited_colleagues),
    "inviting-reopening": _office(reopening),
    "inviting-asked": _office(at(f"{JOINING}/asked/")),
    "inviting-namesakes": _office(at(f"{JOINING}/merging/")),
}
