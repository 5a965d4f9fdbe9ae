"""Letters without a code, for who is in already: what they say, and what they do not."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image
from pypdf import PdfReader

from kring.joining import letters
from kring.joining.letters import About, Hint, Sender
from kring.joining.letters.hints import BUTTONS
from kring.joining.tests.test_letters import LANGUAGES, SCHOOL, a_letter, elements, known
from tests.cast import Cast

LEADS = {
    About.ADDRESS: f"{settings.ORIGIN}/account/address/",
    About.PUSH: f"{settings.ORIGIN}/notifications/settings/#devices",
}
CODE_LINES = "7KQ-M4X-9PT 2RC-VWD-8HN"  # in the box of a letter that lets somebody in
every_sort = pytest.mark.parametrize("about", About)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def a_hint(about: About, language: str = "nl", **fields: Any) -> Hint:
    usual: dict[str, Any] = {
        "sender": SCHOOL,
        "language": language,
        "child": "Sam",
        "group": "groep 5",
        "names": ("Fatima Amrani",),
        "written": date(2026, 11, 22),
    }
    return Hint(about=about, **usual | fields)


def read(*made: letters.Paper) -> PdfReader:
    return PdfReader(io.BytesIO(letters.pdf(made)))


def text_of(one: Hint) -> str:
    [page] = read(one).pages
    return " ".join(page.extract_text().split())


@every_sort
@every_language
def test_it_is_one_page_that_says_what_to_do_and_holds_no_code(about: About, language: str) -> None:
    said = text_of(a_hint(about, language))
    for part in ("Fatima Amrani", "groep 5 · Sam", "2026", SCHOOL.name, "030 123 45 67"):
        assert part in said
    assert LEADS[about].partition("//")[2].partition("#")[0] in said.replace(" ", "")
    assert CODE_LINES in " ".join(read(a_letter(language)).pages[0].extract_text().split())
    assert CODE_LINES not in said


@every_sort
@every_language
def test_a_camera_reads_the_page_where_it_is_done(about: About, language: str) -> None:
    [page] = letters.png([a_hint(about, language)], ppi=120)
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert found.text == LEADS[about]


@every_sort
@every_language
def test_the_longest_names_still_fit_on_one_page(about: About, language: str) -> None:
    longest = a_hint(
        about,
        language,
        sender=Sender(
            name="Samenwerkingsschool voor katholiek en openbaar onderwijs De Wijde Wereld",
            lines=("Burgemeester van der Meulenstraat 112 bis", "1234 AB  Onderdendam", "x", "y"),
            contact="030 123 45 67, administratie@samenwerkingsschool-de-wijde-wereld.example",
        ),
        child="Anna-Wilhelmina Josephina",
        group="groep 1/2 Zonnestralen-Ochtend",
        names=tuple(["Anna-Wilhelmina van der Meulen-Brouwershaven"] * 4),
    )
    assert len(read(longest, a_hint(about, language), a_letter(language)).pages) == 3


@every_sort
@every_language
def test_it_is_tagged_and_set_in_our_own_fonts(about: About, language: str) -> None:
    file = read(a_hint(about, language, child="Žofia Đặng"))
    root = known(file.trailer["/Root"])
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    found = list(elements(root["/StructTreeRoot"]))
    kinds = [one.get("/S") for one in found]
    assert kinds.count("/H1") == kinds.count("/Figure") == 1
    assert kinds.count("/H2") == kinds.count("/L") == (2 if about == About.PUSH else 1)
    for font in known(file.pages[0]["/Resources"])["/Font"].values():
        name = str(font.get_object()["/BaseFont"]).rpartition("+")[2]
        assert name.startswith(("AtkinsonHyperlegible", "NotoSans")), name


@every_sort
@pytest.mark.parametrize(
    "name", ['#import "x"', "*vet* _schuin_", "$x^2$", "<a> @b", r"\ #sys.inputs", "{code}"]
)
def test_a_name_is_printed_as_it_is(about: About, name: str) -> None:
    said = text_of(a_hint(about, child=name, names=(name,), group=name))
    assert said.count(name) >= 3


def test_two_sorts_and_letters_with_a_code_go_in_one_file() -> None:
    file = read(a_letter("tr"), *(a_hint(about, "uk") for about in About), a_letter("ar"))
    assert len(file.pages) == 4


@pytest.mark.parametrize("language", ["nl", "en"])
def test_buttons_are_called_as_they_stand_on_the_page(
    cast: Cast, sign_in: Callable[[str], Client], language: str
) -> None:
    cast.change(cast.mother, language=language)
    mother = sign_in("mother")
    shown = "".join(
        mother.get(reverse(name)).text for name in ("accounts:address", "notifications:settings")
    )
    values = a_hint(About.PUSH, language).values()
    for name in BUTTONS:
        assert escape(values[name]) in shown, name
    assert values["settings"].rpartition(" › ")[2] in mother.get(reverse("home:more")).text


@every_sort
def test_who_is_not_signed_in_is_led_through_signing_in(about: About) -> None:
    """And whoever finds the letter comes no further than that."""
    page = LEADS[about].removeprefix(settings.ORIGIN).partition("#")[0]
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?next={page}")


def test_the_square_of_push_leads_to_that_part_of_the_page(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    assert 'id="devices"' in sign_in("mother").get(reverse("notifications:settings")).text
