"""The letter with a koppelcode: a way in for a home where nobody is in yet, or for one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from kring.joining.letters.paper import Paper, Words, part


@dataclass(frozen=True, kw_only=True)
class Letter(Paper):
    """``code`` is the text of the code: it is kept nowhere."""

    code: str
    asks_birth_date: bool
    places: int
    until: date  # the last day
    reopens: bool = False  # for an account that was lost

    def values(self) -> dict[str, str]:
        """Until when, and for how many."""
        return {"until": self.day(self.until), "places": str(self.places)}

    def leads_to(self) -> str:
        """The page of the code, with the code."""
        return address_of(self.code)

    def body(self, words: Words) -> dict[str, object]:
        """How to come in, and the code."""
        steps = words.each("scan", *["birth_date"] * self.asks_birth_date, "account")
        return {
            "title": words["title_again" if self.reopens else "title"],
            "opening": words["again" if self.reopens else "what"],
            "parts": [part(words["how"], steps)],
            "code": {"says": words["code"], "lines": _lines(self.code), "until": words["until"]},
            "notes": [" ".join(words.each("keep", "more"))],
            "qr_says": words["qr_says"],
        }


def address_of(code: str = "") -> str:
    """The page where a code is typed. After ``#`` nothing is sent to a server, or put in a log."""
    page = settings.ORIGIN + reverse("joining:code")
    return f"{page}#{code}" if code else page


def _lines(code: str) -> list[str]:
    """The code in two lines of the same length, so that it can be large."""
    middle = len(code) // 2
    return [code[:middle], code[middle + 1 :]]
