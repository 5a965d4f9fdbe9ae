"""What people type: cleaned when it comes in, and made into HTML when it goes out."""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt

LONGEST_TEXT = 10_000  # characters

# Marks that turn the direction of what follows, so that a text or a link can pose as another.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MAY_HOLD_LINK = re.compile(r"://|www\.", re.IGNORECASE)

_links = LinkifyIt(options={"fuzzy_email": False, "fuzzy_ip": False, "fuzzy_link": True})


def cleaned(text: str) -> str:
    """The text without marks that deceive, with line ends of one kind.

    Raises ValidationError for control characters: those no keyboard types.
    """
    if _CONTROL.search(text):
        raise ValidationError(_("There are characters in this text that cannot be shown."))
    return _TURNING.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


@lru_cache(maxsize=4096)  # of the text alone: the same for whoever may see it
def as_html(text: str) -> SafeString:
    """Paragraphs and lines, with links made clickable; everything else is escaped."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    inner = (_linked(paragraph).replace("\n", "<br>") for paragraph in paragraphs if paragraph)
    return mark_safe("".join(f"<p>{one}</p>" for one in inner))  # noqa: S308 - escaped in _linked


def _linked(text: str) -> str:
    matches = _links.match(text) if _MAY_HOLD_LINK.search(text) else None
    made: list[str] = []
    last = 0
    for match in matches or []:
        if not match.url.startswith(("http://", "https://")):
            continue
        made.append(escape(text[last : match.index]))
        made.append(
            f'<a href="{escape(match.url)}" rel="noopener noreferrer nofollow"'
            f' target="_blank">{escape(match.text)}</a>'
        )
        last = match.last_index
    return "".join([*made, escape(text[last:])])
