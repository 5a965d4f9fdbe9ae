"""Letters without a code, for who is in already: an address that works, push on a phone.

Whoever finds such a letter finds a first name and the address of a page for who is signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kring.joining.letters.paper import Paper, Words, part

SPOKEN = {"en": "en"}  # the pages of Kring; in any other language of letters: Dutch
MORE, SETTINGS = _("More"), _("What Kring sends you")
BUTTONS = {"mail_codes": _("Mail me the codes"), "push": _("Push messages")}
BUTTONS["turn_on"] = _("Turn on here")


class About(StrEnum):
    """What somebody is asked to do."""

    ADDRESS = "address"
    PUSH = "push"


@dataclass(frozen=True, kw_only=True)
class Hint(Paper):
    """One thing to do, on a page where one signs in."""

    about: About

    def values(self) -> dict[str, str]:
        """What the buttons are called, as they stand on the page."""
        with override(SPOKEN.get(self.language, "nl")):
            named = {name: str(label) for name, label in BUTTONS.items()}
            return named | {"settings": f"{MORE} › {SETTINGS}"}

    def leads_to(self) -> str:
        """The page where it is done."""
        if self.about == About.ADDRESS:
            return settings.ORIGIN + reverse("accounts:address")
        return f"{settings.ORIGIN}{reverse('notifications:settings')}#devices"

    def body(self, words: Words) -> dict[str, object]:
        """Why, and how."""
        said = _address(words) if self.about == About.ADDRESS else _push(words)
        opening = words[f"{self.about}_what"]
        title, square = words[f"{self.about}_title"], words["qr_leads"]
        return {"title": title, "opening": opening, "qr_says": square, "code": None, **said}


def _address(words: Words) -> dict[str, object]:
    steps = words.each("hint_scan", "address_fill", "address_code")
    notes = [words["address_old"], words["address_none"], words["once"]]
    return {"parts": [part(words["address_how"], steps)], "notes": notes}


def _push(words: Words) -> dict[str, object]:
    android = words.each("hint_scan", "push_on", "push_allow")
    iphone = words.each("iphone_scan", "iphone_home", "iphone_open", "iphone_on", "push_allow")
    parts = [part(words["android"], android), part(words["iphone"], iphone)]
    return {"parts": parts, "notes": [" ".join(words.each("push_each", "once"))]}
