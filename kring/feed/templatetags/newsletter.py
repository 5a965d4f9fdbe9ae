"""What a newsletter shows beside the cards of messages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from kring.base.mosaic import Counts, mosaic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kring.feed.cards import Photo

register = template.Library()


@register.simple_tag
def pictures(photos: Sequence[Photo], page: str) -> SafeString:
    """All of them, side by side; ``page`` is where they stand, to fetch their addresses again."""
    if not photos:
        return SafeString()
    rule = next((one.rule for one in photos if one.rule), "")
    said = f' data-rule="{escape(rule)}"' if rule else ""
    tiles = mosaic(photos, Counts(len(photos), 0))
    return SafeString(f'<photo-lightbox data-page="{escape(page)}"{said}>{tiles}</photo-lightbox>')


@register.filter
def said_photos(count: int) -> str:
    """'3 photos'."""
    return ngettext("%(count)d photo", "%(count)d photos", count) % {"count": count}
