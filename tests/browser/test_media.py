"""Photos, films and documents from a phone: sent while one types, on any line, and seen."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.conftest import Windows
from tests.browser.photos import TURNED_FILM, broken, document, many
from tests.browser.reaching import OFFICE
from tests.browser.walking import UNDO, card

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITHOUT_LINE = ("Failed to load resource: net::",)
MADE_READY = 90_000  # milliseconds until a film is there, on a machine that does much else
ALL_IN = 120_000
SLOW_LINE = {"offline": False, "latency": 20, "downloadThroughput": 2e6, "uploadThroughput": 3e5}
NOTE_WHAT_BEGINS = """() => {
  window.begun = [];
  const note = ({ target }) => target.matches(".thumb.busy") && begun.push(target.dataset.name);
  const observer = new MutationObserver((changes) => changes.forEach(note));
  const thumbs = document.querySelector(".thumbs");
  observer.observe(thumbs, { subtree: true, attributeFilter: ["class"] });
}"""
DROP = """([files, how]) => {
  const carried = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type }));
  }
  const usual = { bubbles: true, cancelable: true };
  const event = how === "paste"
    ? new ClipboardEvent("paste", { ...usual, clipboardData: carried })
    : new DragEvent(how, { ...usual, dataTransfer: carried });
  return document.querySelector("textarea").dispatchEvent(event);
}"""


def compose(page: Page, text: str) -> None:
    """A new message of a teacher to her group."""
    page.goto("/posts/new/")
    expect(page.get_by_label("groep 5", exact=True)).to_be_checked()
    page.get_by_label("Bericht").fill(text)


def add(page: Page, *files: Path) -> None:
    page.get_by_label("Foto's of bestanden toevoegen").set_input_files(files)


def send(page: Page) -> None:
    page.get_by_role("button", name="Versturen").click()
    page.wait_for_url("**/")


def names(page: Page) -> list[str]:
    thumbs = page.locator(".thumb").all()
    return [thumb.get_attribute("data-name") or "" for thumb in thumbs]


def arrives(page: Page, text: str, seconds: int = 60) -> Locator:
    """The message, once it is out."""
    for _ in range(seconds):
        page.goto("/")
        if card(page, text).count():
            break
        page.wait_for_timeout(1000)
    expect(card(page, text)).to_be_visible()
    return card(page, text)


def test_thirty_photos_one_of_them_broken_a_turned_film_and_a_document(
    windows: Windows, tmp_path: Path
) -> None:
    if not TURNED_FILM.is_file():
        pytest.skip("the film is not at hand")
    teacher, mother = windows("teacher", has_touch=True), windows("mother", has_touch=True)
    text = f"De hele herfstwandeling {uuid4().hex[:8]}"
    compose(teacher, text)
    add(teacher, *many(tmp_path, 29), broken(tmp_path), TURNED_FILM, document(tmp_path))
    expect(teacher.locator("[data-asset]")).to_have_count(31, timeout=ALL_IN)
    expect(teacher.get_by_text("kapot.jpg is beschadigd")).to_be_visible()
    teacher.get_by_role("button", name="Verwijder kapot.jpg").click()
    describe(teacher, 0, "Paddenstoelen op een boomstam")
    send(teacher)

    post = arrives(mother, text, UNDO + MADE_READY // 1000)
    expect(post.locator(".mosaic > *")).to_have_count(5)
    expect(post.locator(".more")).to_have_attribute("data-more", "+25")
    expect(post.get_by_role("link", name="Paddenstoelen op een boomstam")).to_be_visible()
    paper = post.get_by_role("link", name="Inschrijvingsvoorwaarden")
    expect(paper).to_contain_text(re.compile(r"PDF · \d+\skB"))
    with mother.expect_download() as saved:
        paper.click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    the_album_and_the_film(mother, post)


def describe(page: Page, number: int, text: str) -> None:
    page.locator(".describe > summary").nth(number).click()
    field = page.locator(".describe input").nth(number)
    expect(field).to_be_focused()
    field.fill(text)
    field.press("Enter")  # which sends nothing
    expect(page.locator(".describe > summary").nth(number)).to_be_focused()


def the_album_and_the_film(page: Page, post: Locator) -> None:
    """All of them on the page of the message; the film plays, the right way up."""
    post.locator("header a").last.click()
    page.wait_for_url("**/posts/*/")
    expect(page.locator(".mosaic.all > a")).to_have_count(30)
    tile = page.get_by_role("link", name="Film 1 van 1")
    expect(tile).to_contain_text("0:03")
    tile.press("Enter")
    expect(page.locator(".pswp__counter")).to_have_text("30 / 30")
    film = page.locator(".pswp__item[aria-hidden=false] video")
    page.keyboard.press("Space")
    expect(film).to_have_js_property("paused", value=False)
    expect(film).not_to_have_js_property("currentTime", 0)
    assert film.evaluate("one => one.videoHeight > one.videoWidth")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pswp__counter")).to_have_text("29 / 30")
    assert page.locator("video").evaluate_all("all => all.every((one) => one.paused)")
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    expect(tile).to_be_focused()


def test_a_line_that_breaks_goes_on_at_the_file_that_failed(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("teacher", forgiven=WITHOUT_LINE)
    compose(page, f"Onderweg in de bus {uuid4().hex[:8]}")
    line = page.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.evaluate(NOTE_WHAT_BEGINS)
    add(page, *many(tmp_path, 8, width=900))
    expect(page.locator(".thumb[data-asset]").nth(1)).to_be_visible()
    line.send("Network.emulateNetworkConditions", SLOW_LINE | {"offline": True})
    gone = page.locator("[data-part=problems]").get_by_text("De verbinding is weg.")
    expect(gone).to_be_visible()
    expect(page.locator(".thumb.busy")).to_have_count(0)
    before = page.evaluate("begun.splice(0)")
    assert page.locator(".thumb[data-asset]").count() < 8
    page.get_by_role("button", name="Probeer nu").click()  # still nothing
    expect(gone).to_be_visible()
    line.send("Network.emulateNetworkConditions", SLOW_LINE | {"uploadThroughput": 3e6})
    expect(page.locator(".thumb[data-asset]")).to_have_count(8)
    expect(page.get_by_text("Alle bestanden zijn binnen.")).to_be_visible()
    expect(gone).to_have_count(0)
    assert names(page) == [f"foto-{number:02}.jpg" for number in range(1, 9)]
    assert page.evaluate("begun[0]") in before, "what failed goes before what waits"
    taken = page.locator("input[name=assets]").input_value().split(",")
    assert len(set(taken)) == 8


def test_a_server_that_asks_to_come_back_later_is_asked_again(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("teacher", forgiven=("Failed to load resource",))
    compose(page, "Even geduld")
    sentence = "De virusscanner geeft geen antwoord."
    answers = [sentence]

    def answer(route: Any) -> None:
        if answers:
            route.fulfill(status=503, json={"name": "foto-01.jpg", "error": answers.pop()})
        else:
            route.continue_()

    page.route("**/media/uploads/", answer)
    add(page, *many(tmp_path, 1))
    expect(page.locator("[data-part=problems]")).to_contain_text(sentence)
    expect(page.locator(".thumb[data-asset]")).to_have_count(1)
    expect(page.locator("[data-part=problems] .note")).to_have_count(0)
    page.unroute_all()
    remove_all(page)
    problems = windows.watches[page.context].problems
    assert [problem[:8] for problem in problems] == ["503 POST"]  # ours
    problems.clear()


@pytest.fixture
def leaving(windows: Windows) -> Callable[[Page], list[str]]:
    """Close a page as a person does; tells what was asked."""

    def close(page: Page) -> list[str]:
        asked: list[str] = []

        def note(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.once("dialog", note)
        with page.expect_event("close"):
            page.close(run_before_unload=True)
        return asked

    return close


def test_leaving_asks_as_long_as_there_are_files(
    windows: Windows, tmp_path: Path, leaving: Callable[[Page], list[str]]
) -> None:
    page = windows("teacher")
    compose(page, "Blijf nog even")
    add(page, *many(tmp_path, 2))
    expect(page.locator(".thumb[data-asset]")).to_have_count(2)
    page.get_by_label("Bericht").press("End")  # Chromium asks only who did something on the page
    assert leaving(page) == ["beforeunload"]


def test_files_are_put_in_order_by_keyboard_and_by_dragging(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("teacher")
    compose(page, "Op volgorde")
    add(page, *many(tmp_path, 3))
    expect(page.locator(".thumb[data-asset]")).to_have_count(3)
    later = page.get_by_role("button", name="Zet foto-01.jpg naar achteren")
    later.press("Enter")
    expect(page.get_by_text("foto-01.jpg staat nu op plaats 2 van 3")).to_be_visible()
    expect(later).to_be_focused()
    assert names(page) == ["foto-02.jpg", "foto-01.jpg", "foto-03.jpg"]
    drag(page, page.locator(".thumb").nth(2), page.locator(".thumb").nth(0))
    assert names(page) == ["foto-03.jpg", "foto-02.jpg", "foto-01.jpg"]
    ids = page.locator(".thumb").evaluate_all("all => all.map((one) => one.dataset.asset)")
    assert page.locator("input[name=assets]").input_value() == ",".join(ids)
    remove_all(page)


def drag(page: Page, what: Locator, to: Locator) -> None:
    """By the mouse, step by step."""
    to.scroll_into_view_if_needed()
    for locator, act in ((what, page.mouse.down), (to, page.mouse.up)):
        box = locator.locator(".picture").bounding_box()
        assert box
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
        page.mouse.move(*middle, steps=8)
        act()


def remove_all(page: Page) -> None:
    """So that leaving asks nothing."""
    for _ in range(page.locator("[data-asset]").count()):
        page.locator(".tool.remove").first.click()
    expect(page.locator("[data-asset]")).to_have_count(0)


def test_files_are_dropped_and_pasted(windows: Windows, tmp_path: Path) -> None:
    page = windows("teacher", viewport={"width": 1440, "height": 900})
    compose(page, "Van het bureaublad")
    paths = [*many(tmp_path, 2), document(tmp_path)]
    files = [as_carried(path) for path in paths]
    page.evaluate(DROP, [files[:1], "dragover"])
    expect(page.locator("form[data-drop='Laat los om toe te voegen']")).to_be_visible()
    page.evaluate(DROP, [[files[0], files[2]], "drop"])
    expect(page.locator("form[data-drop]")).to_have_count(0)
    page.evaluate(DROP, [files[1:2], "paste"])
    expect(page.locator(".thumb[data-asset]")).to_have_count(2)
    expect(page.locator(".paper[data-asset]")).to_have_count(1)
    expect(page.get_by_label("Bericht")).to_have_value("Van het bureaublad")
    assert page.locator("input[name=assets]").input_value().count(",") == 2
    remove_all(page)


def as_carried(path: Path) -> list[str]:
    kind = "image/jpeg" if path.suffix == ".jpg" else ""
    return [path.name, kind, b64encode(path.read_bytes()).decode()]


def test_no_more_than_forty(windows: Windows, tmp_path: Path) -> None:
    page = windows("teacher")
    compose(page, "Te veel")
    page.route("**/media/uploads/", lambda _route: None)  # never comes back
    add(page, *many(tmp_path, 41, width=8))
    expect(page.get_by_text("Niet meer dan 40 bestanden in een bericht.")).to_be_visible()
    expect(page.locator(".thumb")).to_have_count(40)


def test_what_was_described_is_kept_when_the_form_has_an_error(
    windows: Windows, tmp_path: Path
) -> None:
    page = windows("teacher")
    compose(page, "Voor niemand")
    add(page, *many(tmp_path, 1))
    expect(page.locator(".thumb[data-asset]")).to_have_count(1)
    describe(page, 0, "Een egel")
    page.get_by_label("groep 5", exact=True).uncheck()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies voor wie dit bericht is.")
    page.locator(".describe > summary").click()
    expect(page.get_by_label("Wat is er te zien? Zonder namen van kinderen.")).to_have_value(
        "Een egel"
    )
    remove_all(page)


def test_without_script_a_photo_and_a_document_come_along(windows: Windows, tmp_path: Path) -> None:
    page = windows("teacher", java_script_enabled=False)
    text = f"Zonder script {uuid4().hex[:8]}"
    compose(page, text)
    add(page, *many(tmp_path, 1), document(tmp_path))
    page.get_by_role("button", name="Versturen").click()
    expect(card(page, text).locator(".mosaic a")).to_have_count(1)
    expect(card(page, text).get_by_role("link", name="Inschrijvingsvoorwaarden")).to_be_visible()
    colour = card(page, text).locator(".mosaic rect")
    assert re.fullmatch("#[0-9a-f]{6}", colour.get_attribute("fill") or "")


@pytest.fixture
def published(windows: Windows, tmp_path: Path) -> str:
    """The text of a message with two photos, which is out."""
    page = windows("teacher")
    text = f"Twee foto's {uuid4().hex[:8]}"
    compose(page, text)
    add(page, *many(tmp_path, 2))
    expect(page.locator(".thumb[data-asset]")).to_have_count(2)
    send(page)
    expect(card(page, text).get_by_text("Verstuurd")).to_be_visible(timeout=(UNDO + 5) * 1000)
    return text


def test_saving_is_where_the_school_allows_it_and_its_rule_is_always_said(
    windows: Windows, published: str
) -> None:
    mother, teacher, principal = windows("mother"), windows("teacher"), windows("principal")
    below = open_first(mother, published)
    expect(below).to_contain_text("Deel deze foto's niet verder")
    expect(below.get_by_role("link", name="Opslaan")).to_have_count(0)
    expect(open_first(teacher, published).get_by_role("link", name="Opslaan")).to_be_visible()
    rule = f"Lorem ipsum dolor {uuid4().hex[:4]}"  # stays in the history, in any language
    allow(principal, rule, saving=True)
    try:
        below = open_first(mother, published)
        expect(below).to_contain_text(rule)
        with mother.expect_download() as saved:
            below.get_by_role("link", name="Opslaan").click()
        assert re.fullmatch(r"kring-\S+\.webp", saved.value.suggested_filename)
    finally:
        allow(principal, "", saving=False)
    expect(open_first(mother, published).get_by_role("link", name="Opslaan")).to_have_count(0)


def open_first(page: Page, text: str) -> Locator:
    """What stands below the first photo of a message."""
    page.goto("/")
    card(page, text).locator(".mosaic a").first.click()
    expect(page.locator(".pswp--open .pswp__img").first).to_be_visible()
    return page.locator(".pswp .below")


def allow(page: Page, rule: str, *, saving: bool) -> None:
    page.goto(f"{OFFICE}/school/policy/")
    page.get_by_label("Gezinnen mogen foto's en films opslaan").set_checked(saving)
    page.get_by_label("Jullie regel over delen").fill(rule)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Dit geldt vanaf nu.")).to_be_visible()


def test_who_saves_data_gets_small_pictures(windows: Windows, published: str) -> None:
    mother = windows("mother", extra_http_headers={"Save-Data": "on"}, device_scale_factor=3)
    mother.goto("/")
    pictures = card(mother, published).locator(".mosaic img:last-child")
    expect(pictures.first).to_have_js_property("complete", value=True)
    for picture in pictures.all():
        assert "/small/" in picture.evaluate("one => one.currentSrc")
    assert "/medium/" in (
        card(mother, published).locator(".mosaic a").first.get_attribute("href") or ""
    )


def test_nobody_else_gets_at_the_files(windows: Windows, published: str) -> None:
    mother, stranger = windows("mother"), windows("guardian_elsewhere")
    mother.goto("/")
    tile = card(mother, published).locator(".mosaic a").first
    stranger.goto("/")
    expect(card(stranger, published)).to_have_count(0)
    assert stranger.request.get(tile.get_attribute("href") or "").status == 404
