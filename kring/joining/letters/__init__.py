"""Letters with a koppelcode on paper: one page per child and home, in the language of the home."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

HERE = Path(__file__).parent
FONTS = settings.BASE_DIR / "build/fonts"
MOST = 600  # in one file: some ten seconds of work
NAMED = 3  # groups in the title of the file
RIGHT_TO_LEFT = {"ar"}
LATIN, CYRILLIC, ARABIC = "Atkinson Hyperlegible Next", "Noto Sans", "Noto Sans Arabic"
# Around a name in a sentence: it keeps its own direction, and leaves that of the sentence alone.
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The school or after-school care, as it stands above its letters."""

    name: str
    lines: tuple[str, ...]  # of its address
    contact: str  # whom to ask


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What one letter says. ``code`` is the text of the code: it is kept nowhere."""

    sender: Sender
    language: str
    child: str  # the first name
    group: str
    names: tuple[str, ...]  # who live there and may come in
    code: str
    asks_birth_date: bool
    places: int
    until: date  # the last day
    written: date
    reopens: bool = False  # for an account that was lost


def address_of(code: str = "") -> str:
    """The page where a code is typed. After ``#`` nothing is sent to a server, or put in a log."""
    page = settings.ORIGIN + reverse("joining:code")
    return f"{page}#{code}" if code else page


def pdf(letters: Sequence[Letter]) -> bytes:
    """All of them in one tagged file (PDF/UA-1), in this order."""
    return b"".join(_set(letters, "pdf", pdf_standards=["ua-1"]))


def png(letters: Sequence[Letter], *, ppi: float = 110) -> list[bytes]:
    """Each page as a picture."""
    return _set(letters, "png", ppi=ppi)


def _set(letters: Sequence[Letter], kind: Literal["pdf", "png"], **how: Any) -> list[bytes]:
    """Names and sentences go in as data, never as markup: what is typed is printed as it is."""
    said = json.dumps([_said(one) for one in letters], ensure_ascii=False)
    inputs = {"letters": said, "title": _title(letters), "measured": ""}
    setter = typst.Compiler(
        str(HERE / "letter.typ"),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    try:
        made = setter.compile(format=kind, sys_inputs=inputs, **how)
    except typst.TypstError:  # long names: one of them does not fit
        made = setter.compile(format=kind, sys_inputs=inputs | {"measured": "yes"}, **how)
    return [made] if isinstance(made, bytes) else list(made or [])


def _title(letters: Sequence[Letter]) -> str:
    groups = list(dict.fromkeys(one.group for one in letters))
    return f"{letters[0].sender.name}: {', '.join(groups[:NAMED])}{' …' * (len(groups) > NAMED)}"


def _said(one: Letter) -> dict[str, object]:
    """The letter as sentences and what stands around them."""
    text, written = _sentences(one)
    return text | {
        "title": text["title_again" if one.reopens else "title"],
        "opening": text["again" if one.reopens else "what"],
        "help": text["help_at" if one.sender.contact else "help"],
        "steps": [text["scan"], *[text["birth_date"]] * one.asks_birth_date, text["account"]],
        "language": one.language,
        "right_to_left": one.language in RIGHT_TO_LEFT,
        "fonts": _fonts(one.language),
        "school": one.sender.name,
        "school_lines": one.sender.lines,
        "child": " · ".join(filter(None, (one.group, one.child))),
        "addressee": _joined(one),
        "date": written,
        "code_lines": _lines(one.code),
        "qr": _qr(address_of(one.code)),
    }


def _sentences(one: Letter) -> tuple[dict[str, str], str]:
    """The texts of the language with all filled in, and the date as it is written there."""
    with override(one.language):
        until, written = (date_format(day, "j E Y") for day in (one.until, one.written))
    values = {
        "child": one.child,
        "school": one.sender.name,
        "address": _shown(address_of()),
        "until": until,
        "places": str(one.places),
        "contact": one.sender.contact,
    }
    lines = _texts(one.language).items()
    return {name: _filled(line, values, one.language) for name, line in lines}, written


def _filled(line: str, values: dict[str, str], language: str) -> str:
    if language in RIGHT_TO_LEFT:
        values = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
    return line.format_map(values | {"first": "", "last": ""})


def _joined(one: Letter) -> str:
    """The names of who live there; the child's, where the school knows of nobody."""
    *others, last = one.names or (one.child,)
    together = _texts(one.language)["names"] if others else "{last}"
    return together.format(first=", ".join(others), last=last)


def _lines(code: str) -> list[str]:
    """The code in two lines of the same length, so that it can be large."""
    middle = len(code) // 2
    return [code[:middle], code[middle + 1 :]]


def _qr(address: str) -> str:
    """As SVG, dark on light; its quiet zone is white whatever the paper."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, scale=4
    )
    return drawn.getvalue().decode()


def _shown(address: str) -> str:
    """An address as people type it."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"


def _fonts(language: str) -> list[str]:
    first = CYRILLIC if language == "uk" else LATIN
    return list(dict.fromkeys([first, LATIN, CYRILLIC, ARABIC]))


@cache
def _texts(language: str) -> dict[str, str]:
    path = HERE / "texts" / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
