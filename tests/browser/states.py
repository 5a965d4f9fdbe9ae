"""Every page of Kring in every state that it can be in, and the way there.

A way presses what has no words, or the same words in each language: links by where they lead.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from kring.base import clock
from kring.demo import cast
from tests.browser.photos import animation, broken, document, film, photos
from tests.browser.reaching import NOBODY, OFFICE, State, at, send
from tests.browser.states_agreements import OF_AGREEMENTS
from tests.browser.states_app import OF_APP
from tests.browser.states_calendar import OF_CALENDAR
from tests.browser.states_composer import OF_COMPOSER
from tests.browser.states_joining import OF_JOINING
from tests.browser.states_newsletters import OF_NEWSLETTERS
from tests.browser.states_notifications import OF_NOTIFICATIONS
from tests.browser.states_office import OF_OFFICE
from tests.browser.states_reach import OF_REACH
from tests.browser.states_urgent import OF_URGENT

OWN_POST = "article:has(a[href$='/edit/'])"
SIX_PHOTOS = "article:has([data-more='+1'])"


def new_message(page: Page) -> None:
    """An empty form, whatever was being written before."""
    page.goto("/more/")
    page.evaluate("sessionStorage.clear()")
    page.goto("/posts/new/")


def older(page: Page, folder: Path) -> None:
    page.goto("/")
    page.locator("a.older").click()
    page.wait_for_url("**before=**")


def about_a_child(page: Page, folder: Path) -> None:
    page.goto("/")
    page.locator("main > nav a").nth(1).click()
    page.wait_for_url("**about=**")


def undo(page: Page, folder: Path) -> None:
    new_message(page)
    page.locator("textarea").fill("Morgen gaan we naar buiten. Trek je laarzen aan.")
    send(page)
    expect(page.locator("post-undo button").first).to_be_visible()


def without_line(page: Page, folder: Path) -> None:
    """A tap that did not get through."""
    page.goto("/")
    page.route("**/likes/", lambda route: route.abort())
    page.locator("button.like").first.click()
    expect(page.locator("trouble-note")).to_be_visible()
    page.unroute_all()


def post(page: Page, folder: Path) -> None:
    """The one with six photos and three comments."""
    page.goto("/")
    page.locator(f"{SIX_PHOTOS} header a").first.click()
    expect(page.locator(".comment").first).to_be_visible()


def comment_refused(page: Page, folder: Path) -> None:
    post(page, folder)
    page.locator(".say button").click()
    expect(page.locator("#id_text_error")).to_be_visible()


def comment_going(page: Page, folder: Path) -> None:
    """The question that is asked once."""
    post(page, folder)
    page.locator(".ask summary").click()
    expect(page.locator(".ask .danger")).to_be_visible()


def withdraw(page: Page, folder: Path) -> None:
    """The question that is asked once."""
    page.goto("/")
    page.locator(f"{OWN_POST} header a").last.click()
    page.locator("main > .actions a[href='#withdraw']").click()
    expect(page.locator("#withdraw")).to_be_visible()


def lightbox(page: Page, folder: Path) -> None:
    post(page, folder)
    page.locator(".mosaic a").nth(1).click()
    expect(page.locator(".pswp--open .pswp__img").first).to_be_visible()


def empty_composer(page: Page, folder: Path) -> None:
    new_message(page)


def refused(page: Page, folder: Path) -> None:
    new_message(page)
    page.locator("#audience label.chip", has=page.locator("input:checked")).first.click()
    expect(page.locator("#reach.success")).to_have_count(0)
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def some_children(page: Page, folder: Path) -> None:
    new_message(page)
    page.locator("#audience label.chip", has=page.locator("input:checked")).first.click()
    page.locator("details.some summary").first.click()
    for child in page.locator("details.some label.chip").all()[:2]:
        child.click()
    expect(page.locator("#reach.success")).to_be_visible()


def with_photos(page: Page, folder: Path) -> None:
    """Three that are in, and one that was refused."""
    new_message(page)
    page.locator("textarea").fill("Vandaag keken we naar de bloemen in de tuin.")
    page.locator("input[type=file]").set_input_files([*photos(folder)[:3], broken(folder)])
    expect(page.locator("[data-part=problems] .note")).to_be_visible()
    expect(page.locator(".thumb[data-asset]")).to_have_count(3)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # from below the bar of buttons


def with_files(page: Page, folder: Path) -> None:
    """A film that is being made ready, a picture that moves, and a document; one is described."""
    new_message(page)
    page.locator("textarea").fill("Vandaag zong de hele klas.")
    page.locator("input[type=file]").set_input_files(
        [film(folder), animation(folder), document(folder), photos(folder)[0]]
    )
    expect(page.locator("media-picker [data-asset]")).to_have_count(4)
    page.locator(".describe").last.evaluate("one => { one.open = true; }")
    page.locator(".describe input").last.fill("Iris sibirica")


def sent_files(page: Page, folder: Path) -> None:
    """The same in the feed, waiting for the film."""
    with_files(page, folder)
    send(page)
    expect(page.locator("article .papers").first).to_be_visible()


def lightbox_moving(page: Page, folder: Path) -> None:
    sent_files(page, folder)
    page.locator("article:has(.papers)").first.locator(".mosaic a:has(.sign)").first.click()
    expect(page.locator(".pswp .moving").first).to_be_visible()


def edit(page: Page, folder: Path) -> None:
    page.goto("/")
    page.locator(f"{OWN_POST} a[href$='/edit/']").last.click()
    expect(page.locator("textarea")).to_be_visible()


def edit_refused(page: Page, folder: Path) -> None:
    edit(page, folder)
    page.locator("textarea").fill("")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def history(page: Page, folder: Path) -> None:
    edit(page, folder)
    text = page.locator("textarea").input_value()
    page.locator("textarea").fill(f"{text} Tot morgen.")
    send(page)
    page.locator("a[href$='/history/']").click()
    page.wait_for_url("**/history/")


def families(page: Page, folder: Path) -> None:
    page.goto("/")
    page.locator(f"{SIX_PHOTOS} a.reach").first.click()
    page.wait_for_url("**/families/")


def address_refused(page: Page, folder: Path) -> None:
    page.goto("/account/sign-in/")
    page.locator("#id_email").fill("fatima")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def code(page: Page, folder: Path) -> None:
    page.goto("/account/sign-in/")
    page.locator("#id_email").fill("mother@kring.example")
    send(page)
    page.wait_for_url("**/code/")


def code_refused(page: Page, folder: Path) -> None:
    code(page, folder)
    page.locator("#id_code").fill("1234")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def saved(page: Page, folder: Path) -> None:
    """A message above the page: what one did has worked."""
    page.goto("/account/profile/")
    send(page)
    expect(page.locator(".note.success")).to_be_visible()


def signed_out(page: Page, folder: Path) -> None:
    page.goto("/more/")
    page.locator("main form button.leave").click()
    expect(page.locator("#id_email")).to_be_visible()


def expired(page: Page, folder: Path) -> None:
    """A form that stood open until its token was gone."""
    page.goto("/account/profile/")
    page.context.clear_cookies(name=re.compile("csrf"))
    send(page)
    expect(page.locator(".empty h1")).to_be_visible()


def mail(page: Page, folder: Path) -> None:
    code(page, folder)
    page.goto("/demo/mail/")
    page.locator("main li a").first.click()
    expect(page.frame_locator("iframe").locator("table").first).to_be_visible()


def handed_in(source: str, name: str, text: str) -> Callable[[Page, Path], None]:
    """A file that the office lets Kring check, and what comes of that."""

    def reach(page: Page, folder: Path) -> None:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        page.goto(f"{OFFICE}/import/")
        page.locator(f"input[value={source}]").check()
        page.locator("input[type=file]").set_input_files(path)
        send(page)
        page.wait_for_url(re.compile("/import/[0-9a-f-]{36}/$"))
        expect(page.locator("#import > .busy")).to_have_count(0, timeout=30_000)

    return reach


def import_refused(page: Page, folder: Path) -> None:
    page.goto(f"{OFFICE}/import/")
    send(page)
    expect(page.locator(".problems")).to_be_visible()


def school_year() -> str:
    """The one in which the demo is."""
    begin = cast._first_school_day(clock.today()).year
    return f"{begin}-{begin + 1}"


ROSTER = f"""<?xml version="1.0"?><EDEX><school><schooljaar>{school_year()}</schooljaar>
<brincode>99WH</brincode><dependancecode>00</dependancecode></school>
<groepen><groep key="g5"><naam>groep 5</naam><jaargroep>5</jaargroep></groep></groepen><leerlingen>
<leerling key="#1"><achternaam>Hofstra</achternaam><roepnaam>Lina</roepnaam><jaargroep>5</jaargroep>
<groep key="g5"/></leerling></leerlingen></EDEX>"""

STATES = {
    "feed": State("mother", at("/")),
    "feed-of-staff": State("teacher", at("/")),
    "feed-older": State("mother", older),
    "feed-about-a-child": State("mother", about_a_child),
    "feed-undo": State("teacher_next_door", undo),
    "feed-without-line": State(
        "mother", without_line, alone=True, complaints=("htmx:", "Failed to load")
    ),
    "feed-may-fetch": State("grandmother", at("/")),
    "feed-next-month": State("guardian_next_month", at("/")),
    "feed-withheld": State("withheld_father", at("/")),
    "feed-no-school": State("operator", at("/")),
    "post": State("mother", post),
    "post-of-staff": State("teacher", post),
    "post-comment-refused": State("mother", comment_refused),
    "post-comment-going": State("mother", comment_going),
    "post-withdraw": State("teacher", withdraw),
    "lightbox": State("mother", lightbox),
    "composer": State("teacher", empty_composer),
    "composer-of-the-principal": State("principal", empty_composer),
    "composer-some-children": State("teacher", some_children),
    "composer-refused": State("teacher", refused),
    "composer-photos": State("teacher", with_photos),
    "composer-files": State("teacher", with_files),
    "feed-files": State("teacher_next_door", sent_files),
    "lightbox-moving": State("teacher_next_door", lightbox_moving),
    "edit": State("teacher", edit),
    "edit-refused": State("teacher", edit_refused),
    "history": State("duo_teacher", history),
    "families": State("teacher", families),
    "more": State("mother", at("/more/")),
    "more-of-staff": State("teacher_parent", at("/more/")),
    "profile": State("mother", at("/account/profile/")),
    "profile-saved": State("aide", saved),
    "devices": State("mother", at("/account/devices/")),
    "passkeys": State("mother", at("/account/passkeys/")),
    "passkey-new": State("mother", at("/account/passkeys/new/")),
    "sign-out": State("mother", at("/account/sign-out/")),
    "is-it-you": State("mother", at("/account/sign-in/again/")),
    "sign-in": State(NOBODY, at("/account/sign-in/")),
    "sign-in-refused": State(NOBODY, address_refused),
    "signed-out": State("mother", signed_out, alone=True),
    "code": State(NOBODY, code),
    "code-refused": State(NOBODY, code_refused),
    "mailbox": State(NOBODY, at("/demo/mail/"), mixed=True),
    "mail": State(NOBODY, mail, mixed=True),
    "people": State(NOBODY, at("/demo/")),
    "import": State("administrator", at(f"{OFFICE}/import/")),
    "import-without-file": State("administrator", import_refused),
    "import-refused": State("administrator", handed_in("edexml", "EDEX.XML", "<EDEX><school>")),
    "import-columns": State(
        "administrator",
        handed_in("carers", "ouders.csv", "Roepnaam;Achternaam;Mail\nLina;Bo;"),
    ),
    "import-differences": State("administrator", handed_in("edexml", "EDEX.XML", ROSTER)),
    "not-found": State("mother", at("/posts/00000000-0000-7000-8000-000000000000/")),
    "not-found-for-nobody": State(NOBODY, at("/nowhere/")),
    "page-expired": State("mother", expired),
    **OF_AGREEMENTS,
    **OF_APP,
    **OF_CALENDAR,
    **OF_COMPOSER,
    **OF_OFFICE,
    **OF_REACH,
    **OF_JOINING,
    **OF_NEWSLETTERS,
    **OF_NOTIFICATIONS,
    **OF_URGENT,
}
