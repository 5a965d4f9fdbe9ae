"""The tags of every template: icons, files, avatars, chips, dates, fields.

What stands on a page many times is made here, in Python: a tag costs a tenth of the same in nodes.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial
from html import escape
from math import ceil
from typing import Any, Protocol

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, Token
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kring.base import clock, saying
from kring.base.sizes import said_size
from kring.base.text import as_html

register = template.Library()

_PIECES = re.compile(r"[^_.\-]+[_.\-]*|[_.\-]+")  # of a file's name, as in js/media-picker.js


class Fixed(Node):
    """Markup that is the same on every page of this process: made once, when first shown."""

    def __init__(self, make: Callable[[], SafeString]) -> None:
        self.make = cache(make)

    def render(self, context: Context) -> SafeString:  # noqa: ARG002
        """The same, whatever the page."""
        return self.make()


def fixed[Make: Callable[..., SafeString]](make: Make) -> Make:
    """Register a tag whose arguments are plain words in quotes."""

    def compiled(_parser: Parser, token: Token) -> Fixed:
        _name, *words = token.split_contents()
        return Fixed(partial(make, *(word.strip("\"'") for word in words)))

    register.tag(make.__name__, compiled)
    return make


@fixed
def asset(path: str) -> SafeString:
    """The address of a static file, with the hash of its contents in it."""
    return format_html("{}", static(path))


@fixed
def stylesheet(name: str) -> SafeString:
    """A file of ``static/css``."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"css/{name}.css"))


@fixed
def module(name: str) -> SafeString:
    """A file of ``static/js``: one custom element. What a page shows first comes before it."""
    source = static(f"js/{name}.js")
    return format_html('<script type="module" fetchpriority="low" src="{}"></script>', source)


@fixed
@cache
def icon(name: str, look: str = "") -> SafeString:
    """A drawing of ``kring/base/sprite.py``; a word always stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        look,
        static("icons/sprite.svg"),
        name,
    )


class Word(Node):
    """A word of the page's language, looked up once per language: ``{% word _("Like") %}``."""

    def __init__(self, text: FilterExpression) -> None:
        self.text = text
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The word in the language of this page."""
        language = get_language()
        if language not in self.known:
            self.known[language] = conditional_escape(self.text.resolve(context))
        return self.known[language]


@register.tag
def word(parser: Parser, token: Token) -> Word:
    """As ``translate``, for what stands in every card: a tenth of its time."""
    return Word(parser.compile_filter(token.split_contents()[1]))


@register.simple_tag
def avatar(initials: str, hue: str, look: str = "") -> SafeString:
    """The initials of a person in the ring of the group; the name always stands beside it."""
    return SafeString(
        f'<span class="avatar {escape(hue)} {escape(look)}" aria-hidden="true">'
        f"<span>{escape(initials)}</span></span>"
    )


class Chip(Protocol):
    """A group, a school, a few children: who a message is for, or what a page is about."""

    @property
    def name(self) -> str: ...
    @property
    def hue(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def current(self) -> bool: ...


@register.simple_tag
def chips(about: Iterable[Chip]) -> SafeString:
    """Each with its colour and name; the one that is chosen says so."""
    return SafeString("".join(map(_chip, about)))


def _chip(one: Chip) -> str:
    look = f'class="chip {escape(one.hue)}"'
    if not one.url:
        return f"<span {look}>{escape(one.name)}</span>"
    current = ' aria-current="true"' if one.current else ""
    return f'<a {look} href="{escape(one.url)}"{current}>{escape(one.name)}</a>'


@register.simple_tag
def said(moment: datetime) -> SafeString:
    """A moment as people say it, in full for a pointer that rests on it and for a screen reader."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        saying.said_fully(moment),
        saying.said(moment, now=clock.now()),
    )


@register.simple_tag
def file_size(size: int) -> str:
    """How large a file is, as people say it."""
    return said_size(size)


@register.filter
def breakable(name: str) -> SafeString:
    """The name of a file, that breaks after its signs rather than inside a word."""
    return SafeString("<wbr>".join(map(escape, _PIECES.findall(name))))


@register.filter
def paragraphs(text: str) -> SafeString:
    """What a person typed, as paragraphs with links made clickable."""
    return as_html(text)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One field of a form with its name, its help and what is wrong with it."""
    return {"field": bound}


@register.inclusion_tag("components/problems.html")
def problems(*forms: BaseForm) -> dict[str, Any]:
    """What went wrong, above the form and with the focus on it; nothing when all is well."""
    wrong = [(bound, error) for form in forms for bound in form for error in bound.errors]
    return {
        "wrong": wrong,
        "general": [error for form in forms for error in form.non_field_errors()],
    }


@register.simple_tag
def seconds_until(moment: datetime) -> int:
    """Whole seconds that are left, never less than none; the reader's own clock may be wrong."""
    return max(0, ceil((moment - clock.now()).total_seconds()))
