"""The main job, walked on the real thing: a teacher writes, and exactly the right people see it."""

import re
import time
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from kring.demo import cast
from tests.browser.conftest import DESKTOP, PHONE, Windows
from tests.browser.photos import broken, photos
from tests.browser.walking import ON_THE_WAY, Letters, address_of, card, mails, wait_until_sent

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CROWD = [*range(1, 7), *range(8, 19), 39, 40]  # of groep 5; family 7 never came in
# Whom the rights table lets see a message for groep 5; its writer hears of comments on it.
TOLD = {
    *(f"ouder{number}@kring.example" for number in CROWD),
    *map(
        cast.address,
        (
            *("mother", "co_parent", "informed_father", "teacher_parent", "english_mother"),
            *("teacher", "duo_teacher", "substitute_today", "aide", "counselor"),
            *("principal", "director", "administrator"),
        ),
    ),
}
ELSEWHERE = "/posts/00000000-0000-7000-8000-000000000000/"
VARYING = re.compile(rb'"X-CSRFToken": "\w+"|nonce="[^"]*"')  # drawn anew for every page


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    chosen: ViewportSize = request.param
    return chosen


def test_a_message_with_photos_reaches_exactly_the_right_people(
    windows: Windows, size: ViewportSize, tmp_path: Path
) -> None:
    text = f"Vandaag zochten we kikkers bij de sloot {uuid4().hex[:8]}"
    box = windows()
    before = [mail for mail, _, _ in mails(box)]
    teacher, mother, father, stranger, withheld = (
        windows(key, viewport=size, has_touch=size == PHONE)
        for key in ("teacher", "mother", "co_parent", "guardian_elsewhere", "withheld_father")
    )
    write(teacher, text, tmp_path)
    taken_back = take_back(teacher, text)
    teacher.get_by_role("button", name="Versturen").dblclick()
    address = address_of(teacher, text)
    nothing_of(mother, text, address)
    back_and_forth(teacher, text)
    wait_until_sent(teacher, text)

    teacher.goto("/")
    expect(card(teacher, text)).to_contain_text("gelezen door 0 van 24 gezinnen")
    like_and_comment(mother, text, "Sam heeft er vijf gezien")
    like_and_comment(father, text, "Wat een modder", likes=2)
    expect(father.locator(".comment", has_text="Sam heeft er vijf gezien")).to_be_visible()
    look_at_photos(mother, size)
    who_has_read_it(teacher, text)

    picture = mother.locator(".mosaic a").first.get_attribute("href") or ""
    for stranger_here in (stranger, withheld):
        nothing_of(stranger_here, text, address)
        nothing_of_picture(stranger_here, picture)
    told = everybody_is_told_once(Letters(box, address, before))
    assert Letters(box, taken_back, before).look() == {}
    led_to_by_mail(mother, told[cast.address("mother")][0], address, text)


def write(page: Page, text: str, folder: Path) -> None:
    """To her group, with three photos, and one that is no photo any more."""
    page.get_by_role("link", name="Schrijven").filter(visible=True).click()
    expect(page.get_by_label("groep 5", exact=True)).to_be_checked()
    reach = page.get_by_text("24 gezinnen, 26 kinderen. 1 gezin is nog niet aangesloten.")
    expect(reach).to_be_visible()
    page.get_by_label("Bericht").fill(f"{text}\nhttps://dewilgenhoek.example/kikkers")
    page.get_by_label("Foto's of bestanden toevoegen").set_input_files(
        [broken(folder), *photos(folder)[2:5]]
    )
    expect(page.get_by_text("kapot.jpg is beschadigd of niet compleet.")).to_be_visible()
    expect(page.locator(".thumb[data-asset]")).to_have_count(3)
    page.get_by_role("button", name="Versturen").click()  # what went wrong is settled first
    remove = page.locator(".thumb.failed").get_by_role("button", name="Verwijder kapot.jpg")
    expect(remove).to_be_focused()
    expect(page.get_by_text("Haal eerst het bestand weg dat niet lukte")).to_be_visible()
    remove.press("Enter")
    expect(page.locator("[data-part=problems] .note")).to_have_count(0)
    page.get_by_role("button", name="Versturen").click()


def take_back(page: Page, text: str) -> str:
    """The seconds count down; within them all that was written comes back, and nothing goes out."""
    address = address_of(page, text)
    counting = card(page, text).get_by_role("timer")
    expect(counting).to_have_text(re.compile(r"Versturen over \d+ s"))
    expect(counting).not_to_have_text(counting.inner_text())
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.get_by_label("Bericht")).to_have_value(re.compile(f"^{text}"))
    expect(page.locator(".thumb[data-asset]")).to_have_count(3)
    expect(page.get_by_label("groep 5", exact=True)).to_be_checked()
    expect(page.get_by_label("Reacties toestaan")).to_be_checked()
    return address


def back_and_forth(page: Page, text: str) -> None:
    """Neither the double click, nor loading again, nor going back has sent a second one."""
    expect(card(page, text)).to_have_count(1)
    page.reload()
    page.go_back()
    expect(page.get_by_role("heading", name="Nieuw bericht")).to_be_visible()
    page.go_forward()
    expect(card(page, text)).to_have_count(1)
    page.reload()
    expect(card(page, text)).to_have_count(1)
    expect(card(page, text).locator(".mosaic a")).to_have_count(3)


def like_and_comment(page: Page, text: str, comment: str, likes: int = 1) -> None:
    """From the feed: the heart stays on the page, the comment stands under the message."""
    page.goto("/")
    expect(card(page, text)).to_have_count(1)
    heart = card(page, text).get_by_role("button", name="Leuk")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_contain_text(str(likes))
    card(page, text).get_by_role("link", name=re.compile("Reageren|reactie")).click()
    page.get_by_label("Jouw reactie").fill(comment)
    page.get_by_role("button", name="Plaatsen").click()
    expect(page.locator(".comment", has_text=comment)).to_have_count(1)
    expect(page.get_by_label("Jouw reactie")).to_have_value("")
    page.reload()
    expect(page.locator(".comment", has_text=comment)).to_have_count(1)
    expect(page.get_by_role("button", name="Leuk")).to_have_attribute("aria-pressed", "true")


def look_at_photos(page: Page, size: ViewportSize) -> None:
    """They came through, the right way up; large they swipe, and closing leads back."""
    pictures = page.locator(".mosaic img:last-child")
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("one => one.naturalWidth") > 0
    for link in page.locator(".mosaic a").all():
        small_and_bare(page.request.get(link.get_attribute("href") or "").body())
    page.locator(".mosaic a").first.click()
    counter = page.locator(".pswp__counter")
    expect(counter).to_have_text("1 / 3")
    swipe(page, size)
    expect(counter).to_have_text("2 / 3")
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text("3 / 3")
    expect(page.locator(".pswp__item[aria-hidden=false] img.pswp__img").last).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)


def small_and_bare(content: bytes) -> None:
    """An independent reader finds a WebP that fits, and no place, camera or colour table in it."""
    with Image.open(BytesIO(content)) as photo:
        assert photo.format == "WEBP"
        assert max(photo.size) <= 1600
        assert not photo.getexif()
        assert not {"exif", "xmp", "icc_profile"} & photo.info.keys()


def swipe(page: Page, size: ViewportSize) -> None:
    """To the left, by mouse here: the lightbox follows a pointer, whatever it is."""
    middle = size["height"] / 2
    page.mouse.move(size["width"] * 0.8, middle)
    page.mouse.down()
    for part in (0.7, 0.5, 0.3, 0.1):
        page.mouse.move(size["width"] * part, middle)
    page.mouse.up()


def who_has_read_it(page: Page, text: str) -> None:
    """Two homes of one child are two families; the others are still to come."""
    page.goto("/")
    page.get_by_role("link", name="gelezen door 2 van 24 gezinnen").first.click()
    have, have_not = (
        page.locator("section", has=page.get_by_role("heading", name=re.compile(rf"^{name} \d")))
        for name in ("Gelezen", "Nog niet")
    )
    expect(have.get_by_role("listitem")).to_contain_text(["Fatima Amrani", "Joris van der Meulen"])
    expect(have_not.get_by_role("listitem")).to_have_count(21)
    expect(have_not).to_contain_text("Grace Okafor")
    expect(page.get_by_text("Nog niet aangesloten")).to_be_visible()


def nothing_of(page: Page, text: str, address: str) -> None:
    """Not in the feed, and by its address the very answer of what never was."""
    page.goto("/")
    expect(page.get_by_role("main")).not_to_contain_text(text)
    answers = [page.request.get(where) for where in (address, ELSEWHERE)]
    assert [answer.status for answer in answers] == [404, 404]
    bodies = [VARYING.sub(b"", answer.body()) for answer in answers]
    assert bodies[0] == bodies[1]
    assert alike(answers[0].headers) == alike(answers[1].headers)


def nothing_of_picture(page: Page, picture: str) -> None:
    """The address was signed for another session: as if there were no such picture."""
    never = re.sub(r"/media/[0-9a-f-]{36}", "/media/00000000-0000-7000-8000-000000000000", picture)
    answers = [page.request.get(where) for where in (picture, never)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body() == answers[1].body()
    assert alike(answers[0].headers) == alike(answers[1].headers)


def alike(headers: dict[str, str]) -> dict[str, str]:
    """Without what differs from answer to answer."""
    changing = {"date", "expires", "set-cookie", "content-length", "content-security-policy"}
    return {name: value for name, value in headers.items() if name not in changing}


def everybody_is_told_once(letters: Letters) -> dict[str, list[str]]:
    """The mail goes to whom the rights table names, once, and says where to look and no more."""
    until = time.monotonic() + ON_THE_WAY
    while (told := letters.look()).keys() < TOLD:
        assert time.monotonic() < until, f"no mail came to {TOLD - told.keys()}"
    assert told.keys() == TOLD
    assert {len(received) for received in told.values()} == {1}
    return told


def led_to_by_mail(page: Page, mail: str, address: str, text: str) -> None:
    page.goto(mail)
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("Hallo Fatima,")).to_be_visible()
    assert text not in page.content() + letter.locator("body").inner_text()
    letter.get_by_role("link", name="Lees het bericht").click()
    page.wait_for_url(address)
    expect(card(page, text)).to_be_visible()
