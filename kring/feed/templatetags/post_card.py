"""The parts of a message's card that stand on a page twenty times.

Written in Python because a page of twenty cards may cost 1.5 ms: each of these takes some
microseconds, and the same in template nodes takes ten times as long. Everything that people
typed goes through ``escape``; ``Card.html`` comes escaped from ``kring.base.text``.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base.templatetags.ui import avatar, chips, icon

if TYPE_CHECKING:
    from kring.feed.cards import Card, Reach

register = template.Library()


@register.simple_tag
def byline(card: Card) -> SafeString:
    """Who wrote it, in what role, for whom and when."""
    changed = " · " + _("changed") if card.edited else ""  # not in an f-string: gettext reads none
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
    word = _("Like")
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
def talk(card: Card) -> SafeString:
    """The way to the comments, where there are or may be any."""
    if not (card.comments or card.allows_comments):
        return SafeString()
    said = _("Comment")
    if count := card.comments:
        said = ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}
    return SafeString(
        f'<a class="button quiet" href="{card.url}#comments">{icon("message-circle")}{said}</a>'
    )


@register.simple_tag
def reach(count: Reach) -> SafeString:
    """How many families have read it; opens the list of who has not."""
    said = ngettext(
        "read by %(read)d of %(families)d family",
        "read by %(read)d of %(families)d families",
        count.families,
    ) % {"read": count.read, "families": count.families}
    return SafeString(
        f'<a class="reach" href="{escape(count.url)}">'
        f'<progress value="{count.read}" max="{count.families}" aria-hidden="true"></progress>'
        f"<span>{said}</span>{icon('chevron-right')}</a>"
    )
