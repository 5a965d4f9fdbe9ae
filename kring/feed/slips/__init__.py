"""Slips on paper: an important message, for a family that did not read it in Kring."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import segno
import typst
from django.conf import settings
from django.utils.text import Truncator

HERE = Path(__file__).parent
FONTS = settings.BASE_DIR / "build/fonts"
MOST = 1_000  # in one file: some seconds of work
LONGEST = 420  # characters of the message; the rest stands in Kring
LONGEST_NAME = 60
RIGHT_TO_LEFT = {"ar"}
UNDRAWN = {"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"}  # categories of Unicode
LATIN, CYRILLIC, ARABIC = "Atkinson Hyperlegible Next", "Noto Sans", "Noto Sans Arabic"
# Around a name in a sentence: it keeps its own direction, and leaves that of the sentence alone.
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one slip says."""

    school: str
    language: str
    child: str  # the first name, to hand it out by
    group: str
    byline: str  # who wrote
    text: str  # of the message; none: only that there is one
    address: str  # of the post: who opens it signs in


def pdf(slips: Sequence[Slip]) -> bytes:
    """Six on a page, or four where the message stands on them; tagged (PDF/UA-1)."""
    return b"".join(_set(slips, "pdf", pdf_standards=["ua-1"]))


def png(slips: Sequence[Slip], *, ppi: float = 110) -> list[bytes]:
    """Each page as a picture."""
    return _set(slips, "png", ppi=ppi)


def _set(slips: Sequence[Slip], kind: Literal["pdf", "png"], **how: Any) -> list[bytes]:
    """Names and sentences go in as data, never as markup: what is typed is printed as it is."""
    setter = typst.Compiler(
        str(HERE / "slip.typ"),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    inputs = {
        "slips": json.dumps([_said(one) for one in slips], ensure_ascii=False),
        "title": slips[0].school,
        "rows": "2" if any(one.text for one in slips) else "3",
    }
    try:
        made = setter.compile(format=kind, sys_inputs=inputs, **how)
    except typst.TypstError:  # a sign of a script that our fonts lack, which the standard forbids
        made = setter.compile(format=kind, sys_inputs=inputs)
    return [made] if isinstance(made, bytes) else list(made or [])


def _said(one: Slip) -> dict[str, object]:
    """The slip as sentences and what stands around them."""
    texts = _texts(one.language)
    parts = urlsplit(one.address)
    values = {"school": _short(one.school), "address": parts.netloc}
    if one.language in RIGHT_TO_LEFT:
        values = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
    return {name: line.format_map(values) for name, line in texts.items()} | {
        "language": one.language,
        "right_to_left": one.language in RIGHT_TO_LEFT,
        "fonts": list(dict.fromkeys([_font(one.language), LATIN, CYRILLIC, ARABIC])),
        "school": _short(one.school),
        "child": " · ".join(filter(None, (_short(one.group), _short(one.child)))),
        "byline": _short(one.byline),
        "message": Truncator(" ".join(_printable(one.text).split())).chars(LONGEST),
        "qr": _qr(one.address),
    }


def _font(language: str) -> str:
    return CYRILLIC if language == "uk" else LATIN


def _short(name: str) -> str:
    return Truncator(" ".join(_printable(name).split())).chars(LONGEST_NAME)


def _printable(text: str) -> str:
    """Without what no font of ours draws: emoji, signs that steer, variants of signs."""
    kept = (sign for sign in text if sign == "\n" or unicodedata.category(sign) not in UNDRAWN)
    return "".join(sign for sign in kept if not "\ufe00" <= sign <= "\ufe0f").strip()


def _qr(address: str) -> str:
    """As SVG, dark on light; its quiet zone is white whatever the paper."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, scale=4
    )
    return drawn.getvalue().decode()


@cache
def _texts(language: str) -> dict[str, str]:
    path = HERE / "texts" / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
