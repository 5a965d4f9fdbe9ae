"""The card of a message, which stands on a page twenty times.

Written in Python because a page of twenty cards may cost 1.5 ms: each of these takes some
microseconds, and the same in template nodes takes ten times as long. Everything that people
typed goes through ``escape``; ``Card.html`` comes escaped from ``kring.base.text``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kring.base.mosaic import FILM, Counts, Haste, mosaic, preloaded
from kring.base.sizes import said_size
from kring.base.templatetags.ui import avatar, breakable, chips, icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kring.feed.cards import Card, Paper, Reach

register = template.Library()


class Words(NamedTuple):
    """What every card says, in one language."""

    like: str
    comment: str
    change: str
    changed: str
    read: str
    new: str
    withdrawn: str
    urgent: str
    confirm: str
    confirmed: str
    calls: str


def words() -> Words:
    """In the language of this page."""
    return _words(get_language())


@cache
def _words(_language: str | None) -> Words:
    said = (
        _("Like"),
        _("Comment"),
        _("Change"),
        _("changed"),
        _("read"),
        _("new"),
        _("Withdrawn. Families do not see this any more."),
        _("Urgent message"),
        _("I have read this"),
        _("You said that you have read this"),
        _("Call list"),
    )
    return Words(*map(escape, said))


HASTE = (Haste.FIRST, Haste.SOON)  # of the first two cards, which a screen shows at once
ICONS = {  # of documents that are no text to read
    **dict.fromkeys(("xlsx", "ods", "csv"), "file-spreadsheet"),
    **dict.fromkeys(("pptx", "odp"), "presentation"),
    "ics": "calendar-days",
}


@register.simple_tag(takes_context=True)
def article(context: Context, card: Card, place: int = len(HASTE)) -> SafeString:
    """The whole card; ``place`` is how many stand above it."""
    unread = "" if card.read else " data-unread"
    haste = HASTE[place] if place < len(HASTE) else Haste.LATER
    photos = _photos(card, haste, sparing=_is_sparing(context))
    look = "card post urgent" if card.is_urgent else "card post"
    return SafeString(
        f'<article class="{look}" id="post-{card.id}"{unread}>\n{_strip(card)}{byline(card)}\n'
        f'<div class="text">{conditional_escape(card.html)}</div>\n{photos}{_files(card.files)}'
        f"{_parts(card)}{confirmation(card)}<footer>{like(card)}{talk(card)}{_change(card)}{_mark(card)}</footer>\n"
        f"{f'{reach(card.reach)}\n' if card.reach else ''}</article>"
    )


@register.simple_tag(takes_context=True)
def first_picture(context: Context, cards: Sequence[Card]) -> SafeString:
    """The picture that a screen shows first is asked for before the page has come to it."""
    for card in cards[: len(HASTE)]:
        if card.photos:
            return preloaded(card.photos, sparing=_is_sparing(context))
    return SafeString()


def _strip(card: Card) -> str:
    """Above a card that went out this moment, or that was withdrawn."""
    if card.undo_until:
        strip = "feed/_awaited.html" if card.awaited else "feed/_undo.html"
        return render_to_string(strip, {"card": card})
    if card.withdrawn:
        return f'<p class="strip">{icon("eye-off", "small")}{words().withdrawn}</p>'
    if card.is_urgent:
        return f'<p class="strip alarm">{icon("siren", "small")}{words().urgent}</p>'
    return ""


def _parts(card: Card) -> str:
    """What other apps hang on it."""
    return "".join(render_to_string(template, {"part": part}) for template, part in card.parts)


def _is_sparing(context: Context) -> bool:
    """Whether the reader asked for little data."""
    request = context.get("request")
    return request is not None and request.headers.get("save-data", "").lower() == "on"


def _photos(card: Card, haste: Haste, *, sparing: bool) -> str:
    if not card.photos:
        return ""
    films = sum(photo.kind == FILM for photo in card.photos) + card.more_films
    counts = Counts(len(card.photos) + card.more_photos - films, films)
    rule = next((photo.rule for photo in card.photos if photo.rule), "")
    said = f' data-rule="{escape(rule)}"' if rule else ""
    tiles = mosaic(card.photos, counts, haste, sparing=sparing)
    return f'<photo-lightbox data-page="{card.url}"{said}>{tiles}</photo-lightbox>\n'


def _files(files: Sequence[Paper]) -> str:
    if not files:
        return ""
    return f'<ul class="papers">{"".join(map(_file, files))}</ul>\n'


def _file(paper: Paper) -> str:
    kind = f"{escape(paper.extension.upper())} · {said_size(paper.bytes)}"
    return (
        f'<li><a class="row" href="{escape(paper.url)}" download>'
        f"{icon(ICONS.get(paper.extension, 'file-text'))}"
        f'<span class="grow">{breakable(paper.name)}<small>{kind}</small></span>'
        f"{icon('download')}</a></li>"
    )


def _change(card: Card) -> str:
    if not card.may_rewrite:
        return ""
    return f'<a class="button quiet" href="{card.url}edit/">{icon("pencil")}{words().change}</a>'


def _mark(card: Card) -> str:
    """Whether one has read it; staff see how many have instead."""
    if card.reach:
        return ""
    said = words()
    mark = f"{icon('check')}{said.read}" if card.read else f'<span class="new">{said.new}</span>'
    return f'<span class="meta">{mark}</span>'


@register.simple_tag
def byline(card: Card) -> SafeString:
    """Who wrote it, in what role, for whom and when."""
    changed = f" · {words().changed}" if card.edited else ""
    return SafeString(
        f"<header>{avatar(card.initials, card.hue)}"
        f'<div class="byline"><h2>{escape(card.byline)}</h2>'
        f'<div class="whom">{chips(card.audience)}</div></div>'
        f'<p class="meta">{escape(card.role)} · <a href="{card.url}">'
        f'<time datetime="{card.iso}" title="{escape(card.full_time)}">{escape(card.said)}</time>'
        f"</a>{changed}</p></header>"
    )


@register.simple_tag
def like(card: Card) -> SafeString:
    """The heart with its count: a button for who may take part, else only the count."""
    word = words().like
    said = f'<span class="hidden">{word}</span>{card.likes}' if card.likes else word
    if not card.may_like:
        return SafeString(f'<span class="button quiet">{icon("heart")}{said}</span>')
    wanted, pressed = ("no", "true") if card.liked else ("yes", "false")
    return SafeString(
        f'<button class="button quiet like" id="like-{card.id}" name="liked" value="{wanted}"'
        f' aria-pressed="{pressed}" form="act" formaction="{card.url}likes/"'
        f' hx-post="{card.url}likes/" hx-swap="outerHTML">{icon("heart")}{said}</button>'
    )


@register.simple_tag
def confirmation(card: Card) -> SafeString:
    """The question to say that one has read it; said, it stays as an answer."""
    if not card.asks:
        return SafeString()
    said = words()
    if card.confirmed:
        return SafeString(
            f'<p class="asked" id="asked-{card.id}" role="status">{icon("circle-check")}'
            f"<span>{said.confirmed}</span></p>"
        )
    return SafeString(
        f'<p class="asked" id="asked-{card.id}"><button class="button primary wide" form="act"'
        f' formaction="{card.url}confirmation/" hx-post="{card.url}confirmation/"'
        f' hx-target="#asked-{card.id}" hx-swap="outerHTML">{icon("check")}{said.confirm}'
        f"</button></p>"
    )


@register.simple_tag
def talk(card: Card) -> SafeString:
    """The way to the comments, where there are or may be any."""
    if not (card.comments or card.allows_comments):
        return SafeString()
    said = _comments(card.comments, get_language()) if card.comments else words().comment
    return SafeString(
        f'<a class="button quiet" href="{card.url}#comments">{icon("message-circle")}{said}</a>'
    )


@lru_cache(maxsize=1024)
def _comments(count: int, _language: str | None) -> str:
    return ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}


@register.simple_tag
def reach(count: Reach) -> SafeString:
    """How many families have read it; opens the list of who has not."""
    said = ngettext(
        "read by %(read)d of %(families)d family",
        "read by %(read)d of %(families)d families",
        count.families,
    ) % {"read": count.read, "families": count.families}
    if count.confirmed is not None:
        said += f", {_confirmed(count.confirmed, get_language())}"
    list_of_calls = (
        f'<a class="reach" href="{escape(count.calls_url)}">{icon("phone")}'
        f"<span>{words().calls}</span>{icon('chevron-right')}</a>"
        if count.calls_url
        else ""
    )
    return SafeString(
        f'<a class="reach" href="{escape(count.url)}">'
        f'<progress value="{count.read}" max="{count.families}" aria-hidden="true"></progress>'
        f"<span>{said}</span>{icon('chevron-right')}</a>{list_of_calls}"
    )


@lru_cache(maxsize=1024)
def _confirmed(count: int, _language: str | None) -> str:
    return ngettext("confirmed by %(count)d", "confirmed by %(count)d", count) % {"count": count}
