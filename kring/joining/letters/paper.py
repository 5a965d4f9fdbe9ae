"""What every letter to a home has, and its sentences in the language of that home."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import segno
from django.utils.formats import date_format
from django.utils.translation import override

HERE = Path(__file__).parent
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


class Words:
    """The sentences of one language, each with what a letter says filled in when it is asked."""

    def __init__(self, language: str, values: Mapping[str, str]) -> None:
        self.sentences = _sentences(language)
        if language in RIGHT_TO_LEFT:
            values = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
        self.filled_in = values

    def __getitem__(self, name: str) -> str:
        return self.sentences[name].format_map(self.filled_in)

    def each(self, *names: str) -> list[str]:
        """Several of them."""
        return [self[name] for name in names]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One page for one child at one home. Each sort says what stands between head and foot."""

    sender: Sender
    language: str
    child: str  # the first name
    group: str
    names: tuple[str, ...]  # to whom
    written: date

    def said(self) -> dict[str, object]:
        """The page as sentences and what stands around them."""
        words = Words(self.language, self._common() | self.values())
        return {
            "language": self.language,
            "right_to_left": self.language in RIGHT_TO_LEFT,
            "fonts": _fonts(self.language),
            "school": self.sender.name,
            "school_lines": self.sender.lines,
            "child": " · ".join(filter(None, (self.group, self.child))),
            "addressee": self._addressee(),
            "date": self.day(self.written),
            "greeting": words["greeting"],
            "help": words["help_at" if self.sender.contact else "help"],
            "bye": words["bye"],
            "qr": _qr(self.leads_to()),
            **self.body(words),
        }

    def values(self) -> dict[str, str]:
        """What this sort fills in, besides what all do."""
        return {}

    def leads_to(self) -> str:
        """The address in the square."""
        raise NotImplementedError

    def body(self, words: Words) -> dict[str, object]:
        """Title, opening, parts with steps, what the square is, the code or none, and notes."""
        raise NotImplementedError

    def day(self, when: date) -> str:
        """A day as it is written in the language of the home."""
        with override(self.language):
            return date_format(when, "j E Y")

    def _common(self) -> dict[str, str]:
        return {
            "child": self.child,
            "school": self.sender.name,
            "address": _shown(self.leads_to()),
            "contact": self.sender.contact,
        }

    def _addressee(self) -> str:
        """The names of who live there; the child's, where the school knows of nobody."""
        *others, last = self.names or (self.child,)
        together = _sentences(self.language)["names"] if others else "{last}"
        return together.format(first=", ".join(others), last=last)


def part(heading: str, steps: Sequence[str]) -> dict[str, object]:
    """A heading with steps below it."""
    return {"heading": heading, "steps": list(steps)}


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
def _sentences(language: str) -> dict[str, str]:
    path = HERE / "texts" / f"{language}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
