"""Which messages a newsletter can take in: those to the whole school, for all may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from kring.audiences.families import Neighbourhood
from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.feed.models import Newsletter, Post
from kring.feed.models.post import PostQuerySet

A_MONTH = timedelta(days=31)
MOST_PROPOSED = 30
GATHERED_FROM = timedelta(days=120)  # older messages are not offered
BEGINNING = 90  # letters of a message, in a list of the office


def offered(school_id: UUID, viewer: Viewer, since: datetime) -> PostQuerySet:
    """The newest first: of this school, to all of it, out, and not to be called for."""
    to_all = Post.objects.visible_to(viewer).out().filter(school=school_id, whole_school=True)
    return to_all.filter(published_at__gt=since, is_urgent=False).order_by("-published_at")


def proposed(school_id: UUID, viewer: Viewer) -> Sequence[Post]:
    """What came since the last newsletter, at most a month; the oldest first."""
    issues = Newsletter.objects.visible_to(viewer).filter(school=school_id).out()
    last = issues.order_by("-published_at").values_list("published_at", flat=True).first()
    since = max(last, clock.now() - A_MONTH) if last else clock.now() - A_MONTH
    return list(offered(school_id, viewer, since)[:MOST_PROPOSED])[::-1]


def usual_title() -> str:
    """'Newsletter of November'."""
    return _("Newsletter of %(month)s") % {"month": MONTHS[clock.today().month]}


def beginning_of(text: str) -> str:
    """The first words of a message, so that the office knows which one it is."""
    words = " ".join(text.split())
    return words if len(words) <= BEGINNING else f"{words[:BEGINNING].rsplit(' ', 1)[0]} …"


def families_of(school_id: UUID, viewer: Viewer) -> tuple[int, int]:
    """How many families it goes to, and how many of them are not connected yet."""
    today = clock.today()
    around = Neighbourhood(viewer, {school_id}, [today])
    families = around.families([Audience(school_id, whole_school=True)], today)
    return len(families), sum(not family.joined for family in families)
