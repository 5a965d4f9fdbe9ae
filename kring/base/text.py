"""What people type: cleaned when it comes in, and made into HTML when it goes out."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 10_000  # characters

# Marks that turn the direction of what follows, so that a text or a link can pose as another.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# An address goes on to a space, a quote or a bracket that text puts around it. Found by hand, in
# time that grows with the text: the libraries for this need seconds for 10,000 signs made for it.
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”«»]+", re.IGNORECASE)
_BESIDE = ".,;:!?'’*_~…)]}"  # at its end these belong to the sentence


def cleaned(text: str) -> str:
    """The text without marks that deceive, with line ends of one kind.

    Raises ValidationError for control characters: those no keyboard types.
    """
    if _CONTROL.search(text):
        raise ValidationError(_("There are characters in this text that cannot be shown."))
    return _TURNING.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str) -> str:
    """A text of one line: what is no sign, or breaks a line, is a space. Never refuses."""
    return " ".join(cleaned(_CONTROL.sub(" ", text)).split())


@lru_cache(maxsize=4096)  # of the text alone: the same for whoever may see it
def as_html(text: str) -> SafeString:
    """Paragraphs and lines, with links made clickable; everything else is escaped."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    inner = (_linked(paragraph).replace("\n", "<br>") for paragraph in paragraphs if paragraph)
    return mark_safe("".join(f"<p>{one}</p>" for one in inner))  # noqa: S308 - escaped in _linked


def _linked(text: str) -> str:
    made: list[str] = []
    last = 0
    for match in _ADDRESS.finditer(text):
        shown = _without_the_end_of_the_sentence(match[0])
        url = shown if "://" in shown[:8] else f"http://{shown}"
        if not _leads_to_a_site(url):
            continue
        made.append(escape(text[last : match.start()]))
        made.append(
            f'<a href="{escape(url)}" rel="noopener noreferrer nofollow"'
            f' target="_blank">{escape(shown)}</a>'
        )
        last = match.start() + len(shown)
    return "".join([*made, escape(text[last:])])


def _without_the_end_of_the_sentence(address: str) -> str:
    """A bracket stays where it was opened in the address itself."""
    end, unopened = len(address), address.count(")") - address.count("(")
    while address[end - 1] in _BESIDE:
        if address[end - 1] == ")":
            if unopened <= 0:
                break
            unopened -= 1
        end -= 1
    return address[:end]


def _leads_to_a_site(url: str) -> bool:
    """Has a host with a dot in it; none with a name before it, which only poses as another host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    name, _, rest = (parts.hostname or "").partition(".")
    return bool(name and rest.strip(".")) and "@" not in parts.netloc
