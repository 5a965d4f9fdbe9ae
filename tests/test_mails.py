"""Every mail that Kring sends: whole as text and without pictures, light and dark, and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override

from kring.base import clock, mail
from kring.base.registry import DigestItem, DigestSection

KRING = Path(settings.BASE_DIR) / "kring"
TEMPLATES = sorted(
    str(path).split("/templates/")[1].removesuffix("_message.mjml")
    for path in KRING.rglob("*_message.mjml")
)
WIDEST = 600  # pixels, of a column in a program for mail
LARGEST = 100_000  # bytes: Gmail cuts what is larger
READABLE = 4.5  # WCAG 2.2, 1.4.3
LIGHT, DARK = ("#ffffff", "#fbf8f1"), ("#152b30", "#0e1f23")

person = SimpleNamespace(first_name="Fatima", name="Fatima Amrani", email="fatima@post.example")
school = SimpleNamespace(name="De Wilgenhoek")
item = DigestItem(
    title="Juf Sanne", said="3 foto's", path="/posts/1/", when="woensdag", chip="groep 5"
)
CONTEXT: dict[str, Any] = {
    "person": person,
    "user": person,
    "school": school,
    "subject": "Een onderwerp",
    "said": "Wat er gezegd wordt.",
    "code": "AB12-CD34",
    "link": "https://kring.example/join/1/",
    "address": "fatima@post.example",
    "until": clock.today(),
    "stop": "https://kring.example/notifications/stop/1/",
    "weekly": True,
    "confirm_path": "/posts/read/1/",
    "sections": [DigestSection(title="Wat er binnenkwam", items=[item] * 12, more=5)] * 4,
    "items": [SimpleNamespace(title="De tuin", anchor="item-1")] * 60,
    "letter": SimpleNamespace(
        sender="De Wilgenhoek",
        subject="Een onderwerp",
        text="Er is iets voor je.",
        action="Lees het",
        path="/posts/1/",
    ),
}


class Seen(HTMLParser):
    """The words and the tags of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"style", "title", "head", "script"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words += data.split()

    def links(self) -> Iterator[str]:
        """Where it leads."""
        return (attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs)


def made(template: str, language: str = "nl") -> tuple[str, str]:
    """The subject with the text, and the HTML of a mail."""
    with override(language):
        message = mail.letter(template, to=person.email, **CONTEXT)
    return f"{message.subject}\n{message.body}", str(message.alternatives[0][0])


@pytest.mark.parametrize("template", TEMPLATES)
def test_all_that_the_html_says_and_links_to_stands_in_the_text(template: str) -> None:
    text, html = made(template)
    seen = Seen(html)
    for link in seen.links():
        assert link in text
    known = set(text.lower().split())
    said = [word.lower() for word in seen.words if len(word) > 4 and word.isalpha()]
    missing = [word for word in said if word not in known and not _as_label(word, text)]
    assert len(missing) <= len(said) // 10, missing


def _as_label(word: str, text: str) -> bool:
    """A word that the text has with a sign after it, or as a heading."""
    return word in text.lower()


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_needs_no_picture_and_loads_nothing_from_elsewhere(template: str) -> None:
    _text, html = made(template)
    seen = Seen(html)
    assert not [tag for tag, _attrs in seen.tags if tag in {"img", "script", "iframe", "video"}]
    assert "background=" not in html
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_links_are_whole_and_lead_to_this_kring(template: str) -> None:
    for link in Seen(made(template)[1]).links():
        assert link.startswith(("https://", "http://", "mailto:")), link
        assert "{{" not in link
        assert "//" not in link.partition("://")[2]


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_fits_a_phone_and_a_program_for_mail(template: str) -> None:
    _text, html = made(template)
    assert len(html.encode()) < LARGEST
    shown = re.sub(r"<!--\[if.*?endif\]-->", "", html, flags=re.DOTALL)  # what Outlook alone reads
    fixed = [int(one) for one in re.findall(r"[^-]width:\s*(\d+)px", shown)]
    assert max(fixed, default=0) <= WIDEST
    assert re.search(r"max-width:\s*5\d\dpx", shown)
    assert 'name="viewport"' in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_can_be_read_in_the_light_and_in_the_dark(template: str) -> None:
    _text, html = made(template)
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    body = re.sub(
        r"<div[^>]*display:none.*?</div>", "", html.partition("<body")[2], flags=re.DOTALL
    )
    inks = set(re.findall(r"[^-]color:\s*(#[0-9a-fA-F]{6})", body))
    assert inks
    for ink in inks:
        assert min(contrast(ink, paper) for paper in LIGHT) >= READABLE, ink
    (turned,) = set(re.findall(r"\.ink div[^{]*{\s*color:\s*(#\w{6})", html))
    assert min(contrast(turned, paper) for paper in DARK) >= READABLE


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_text_turns_light_in_the_dark(template: str) -> None:
    """But for the button, which keeps its own colours."""
    _text, html = made(template)
    cells = re.findall(r"<td align=\"left\"([^>]*)><div ", html.partition("<body")[2])
    assert cells
    assert all("ink" in cell for cell in cells)


def contrast(one: str, other: str) -> float:
    """As WCAG counts it."""
    lighter, darker = sorted(map(_light, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _light(color: str) -> float:
    parts = [int(color[start:end], 16) / 255 for start, end in pairwise((1, 3, 5, 7))]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_kring_sends_the_mails_that_are_tried_here() -> None:
    assert {"mail/notice", "mail/digest", "mail/newsletter", "joining/mail/invitation"} <= set(
        TEMPLATES
    )
