"""The agenda in the newsletter by mail: the days that follow."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.base.registry import DigestItem, DigestSection, Span, digest_section
from kring.base.visibility import Viewer
from kring.calendar.items import (
    Item,
    closed_items,
    entries_shown,
    groups_named,
    in_order,
    items_of,
)
from kring.schools.models import ClosedDay

MOST = 12  # lines; the agenda has them all


def coming(viewer: Viewer, span: Span) -> list[Item]:
    """What this person sees of these days, in order."""
    entries = entries_shown(viewer, span.first_day, span.last_day + timedelta(days=1))
    seen = ClosedDay.objects.visible_to(viewer).between(span.first_day, span.last_day)
    days = list(seen.select_related("school").order_by("starts_on", "name"))
    several = len({day.school_id for day in days}) > 1
    groups = groups_named(entries, viewer)
    return sorted(items_of(entries, groups) + closed_items(days, several=several), key=in_order)


@digest_section(20)
def what_comes(viewer: Viewer, span: Span) -> DigestSection | None:
    """Next week; nothing where nothing stands in it."""
    items = coming(viewer, span)
    if not items:
        return None
    return DigestSection(
        title=_("In the agenda"),
        items=[_told(item) for item in items[:MOST]],
        more=max(len(items) - MOST, 0),
    )


def _told(item: Item) -> DigestItem:
    title = _("Called off: %(title)s") % {"title": item.title} if item.is_off else item.title
    return DigestItem(
        title=title,
        said=item.place or item.kind,
        path=item.url or reverse("calendar:agenda"),
        when=item.days,
        chip=", ".join(chip.name for chip in item.chips),
        color=_color(item),
    )


def _color(item: Item) -> int:
    hue = item.hue
    return int(hue[1:]) if hue.startswith("g") else 0
