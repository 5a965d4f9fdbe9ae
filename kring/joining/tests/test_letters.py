"""Letters on paper: what they say, in six languages, for eyes, cameras and screen readers."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import zxingcpp
from django.conf import settings
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from kring.joining import letters
from kring.joining.letters import HERE, Letter, Sender
from kring.schools.models import Household

LANGUAGES = [value for value, _name in Household.Language.choices]
CODE = "7KQ-M4X-9PT-2RC-VWD-8HN"
LONG = f"{CODE}-3ZY-5AB"
LABELS = {"mail_codes", "push", "turn_on", "settings"}  # what stands on the pages of Kring
SCHOOL = Sender(
    name="Basisschool De Wilgenhoek",
    lines=("Wilgenlaan 12", "1234 AB  Wilgendam", "030 123 45 67"),
    contact="030 123 45 67, kantoor@wilgenhoek.example",
)


def a_letter(language: str = "nl", **fields: Any) -> Letter:
    usual: dict[str, Any] = {
        "sender": SCHOOL,
        "language": language,
        "child": "Sam",
        "group": "groep 5",
        "names": ("Fatima Amrani", "Joris van der Meulen"),
        "code": CODE,
        "asks_birth_date": True,
        "places": 2,
        "until": date(2027, 2, 20),
        "written": date(2026, 11, 22),
    }
    return Letter(**usual | fields)


def read(*made: Letter) -> PdfReader:
    return PdfReader(io.BytesIO(letters.pdf(made)))


def text_of(one: Letter) -> str:
    [page] = read(one).pages
    return " ".join(page.extract_text().split())


def known(thing: Any) -> Any:
    """What a key of a PDF leads to."""
    return thing.get_object() if hasattr(thing, "get_object") else thing


def elements(node: Any) -> Iterator[DictionaryObject]:
    """All of the tree that a screen reader walks."""
    node = known(node)
    if isinstance(node, list):
        for part in node:
            yield from elements(part)
    elif isinstance(node, DictionaryObject):
        yield node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_one_page_that_says_all_there_is_to_do(language: str) -> None:
    said = text_of(a_letter(language))
    for part in ("Fatima Amrani", "7KQ-M4X-9PT 2RC-VWD-8HN", "groep 5 · Sam", "2027", SCHOOL.name):
        assert part in said
    assert f"{settings.ORIGIN.partition('//')[2]}/join/" in said
    assert "030 123 45 67" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_tagged_in_its_own_language(language: str) -> None:
    root = known(read(a_letter("nl"), a_letter(language)).trailer["/Root"])
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    found = list(elements(root["/StructTreeRoot"]))
    kinds = [one.get("/S") for one in found]
    assert kinds.count("/H1") == 2
    assert kinds.count("/Figure") == 2
    assert "/L" in kinds  # the steps are a list
    assert all(one.get("/Alt") for one in found if one.get("/S") == "/Figure")
    assert root["/Lang"] == "nl"
    others = {str(one["/Lang"]) for one in found if "/Lang" in one}
    assert others <= {"nl", language}
    assert language in others | {"nl"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [CODE, LONG])
def test_a_camera_reads_the_address_with_the_code(language: str, code: str) -> None:
    [page] = letters.png([a_letter(language, code=code)], ppi=120)
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert found.text == f"{settings.ORIGIN}/join/#{code}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sign_of_every_language_is_in_our_own_fonts(language: str) -> None:
    """A sign without a glyph would be a little box. Names may come from all over Europe."""
    fonts = set()
    for page in read(a_letter(language, child="Žofia Đặng Åse Ğül Ștefan")).pages:
        for font in known(page["/Resources"])["/Font"].values():
            fonts.add(str(font.get_object()["/BaseFont"]).rpartition("+")[2])
            assert "LastResort" not in str(font.get_object()["/BaseFont"])
    ours = ("AtkinsonHyperlegible", "NotoSans")
    assert all(name.startswith(ours) for name in fonts), fonts


def test_arabic_reads_from_right_to_left() -> None:
    """The ring of Kring stands at the end of the first line."""

    def ring(language: str) -> float:
        [page] = letters.png([a_letter(language)], ppi=50)
        picture = Image.open(io.BytesIO(page)).convert("RGB")
        width, height = picture.size
        head = [(x, y) for x in range(width) for y in range(height // 8)]
        return min(x for x, y in head if is_sun(picture.getpixel((x, y)))) / width

    assert ring("nl") > 1 / 2
    assert ring("ar") < 1 / 2


def is_sun(pixel: Any) -> bool:
    red, green, blue = pixel
    return bool(red > 230 and 150 < green < 210 and blue < 90)


@pytest.mark.parametrize(
    "name",
    [
        '#import "x"',
        "*vet* _schuin_",
        "$x^2$",
        "<a> @b",
        r"\ #sys.inputs",
        "[x](y)",
        "= kop",
        "// x",
    ],
)
def test_a_name_is_printed_as_it_is(name: str) -> None:
    said = text_of(a_letter(child=name, names=(name,), group=name))
    assert said.count(" ".join(name.split())) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_names_still_fit_on_one_page(language: str) -> None:
    longest = a_letter(
        language,
        sender=Sender(
            name="Samenwerkingsschool voor katholiek en openbaar onderwijs De Wijde Wereld",
            lines=("Burgemeester van der Meulenstraat 112 bis", "1234 AB  Onderdendam", "x", "y"),
            contact="030 123 45 67, administratie@samenwerkingsschool-de-wijde-wereld.example",
        ),
        child="Anna-Wilhelmina Josephina",
        group="groep 1/2 Zonnestralen-Ochtend",
        names=tuple(["Anna-Wilhelmina van der Meulen-Brouwershaven"] * 4),
        code=LONG,
    )
    assert len(read(longest).pages) == 1
    assert len(read(longest, longest, a_letter(language, names=())).pages) == 3


def test_without_a_birth_date_nothing_is_asked_of_it() -> None:
    assert "geboortedatum" in text_of(a_letter())
    long = text_of(a_letter(asks_birth_date=False, code=LONG))
    assert "geboortedatum" not in long
    assert "7KQ-M4X-9PT-2RC VWD-8HN-3ZY-5AB" in long


def test_a_letter_for_a_lost_account_says_so() -> None:
    said = text_of(a_letter(reopens=True))
    assert "Terug in Kring" in said
    assert "Je oude account werkt dan niet meer" in said


def test_without_names_it_is_for_the_child_and_without_contact_for_the_door() -> None:
    nameless = Sender(name="School", lines=(), contact="")
    said = text_of(a_letter(names=(), sender=nameless))
    assert "groep 5 · Sam Sam" in said
    assert "Kom gerust langs" in said
    assert "Fatima Amrani, X Y en Joris" in text_of(
        a_letter(names=("Fatima Amrani", "X Y", "Joris"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    def texts(one: str) -> dict[str, str]:
        found: dict[str, str] = json.loads((HERE / f"texts/{one}.json").read_text(encoding="utf-8"))
        return found

    def blanks(line: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", line))

    dutch, other = texts("nl"), texts(language)
    assert list(other) == list(dutch)
    buttons = {name for name, line in dutch.items() if blanks(line) & LABELS}
    for name in ("until", "scan", "hint_scan", "help_at", "names", "qr_says", "qr_leads", *buttons):
        assert blanks(other[name]) == blanks(dutch[name]), name
    assert all(
        blanks(line) <= {"child", "school", "address", "until", "places", "contact", *LABELS}
        for name, line in other.items()
        if name != "names"
    )
    assert all(unicodedata.is_normalized("NFC", line) for line in other.values())
    assert not any("!" in line for line in dutch.values())


def test_a_whole_school_is_one_file() -> None:
    file = read(*(a_letter(LANGUAGES[number % 6], child=f"Kind{number}") for number in range(250)))
    assert len(file.pages) == 250
    assert "Kind249" in file.pages[249].extract_text()
    assert file.metadata
    assert file.metadata.title == f"{SCHOOL.name}: groep 5"
