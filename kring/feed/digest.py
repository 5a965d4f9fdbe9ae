"""What a digest tells of messages: who wrote, to whom and when; never a text or a child's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.base.registry import DigestItem, DigestSection, Span, digest_section, todo
from kring.base.saying import said_date
from kring.base.statement import Statement
from kring.base.viewer import Viewer, array
from kring.feed import newsletters
from kring.feed.models import Post, PostPhoto
from kring.schools.models import Group

__all__ = ["newsletters"]  # which declare themselves

SHOWN = 12  # messages; of the rest, how many
LOOKED_AT = 100  # of one school: who oversees a large one is told that there are more
STILL_ASKED = "30 days"  # after that nobody waits for 'I have read this'
MOST_NAMES = 3  # of groups beside a message; more of them are the school

# Of each school a limited walk along its index. Names and pictures are looked up for those that
# are shown only: what was not read yet first, each the newest first.
POSTS = Statement(
    f"""
    SELECT one.id, one.published_at, one.byline, one.is_urgent, one.by_child,
        one.to_own, one.read, one.total, home.name, rooms.names, rooms.color,
        pictures.photos, pictures.films
    FROM (
        SELECT card.*, count(*) OVER () AS total FROM (
            SELECT DISTINCT ON (post.card_id) post.id, post.school_id, post.published_at,
                post.byline, post.is_urgent, post.group_ids,
                cardinality(post.student_ids) > 0 AS by_child,
                post.student_ids && %(followed)s::uuid[] AS to_own,
                EXISTS (SELECT FROM feed_reading own
                    WHERE own.post_id = post.id AND own.user_id = %(person)s OFFSET 0) AS read
            FROM unnest((SELECT %(schools)s::uuid[])) AS one(school_id)
            CROSS JOIN LATERAL (
                SELECT * FROM feed_post post
                WHERE post.school_id = one.school_id AND post.withdrawn_at IS NULL
                    AND post.published_at > (SELECT %(since)s::timestamptz)
                    AND post.published_at <= (SELECT %(until)s::timestamptz)
                    AND post.author_id <> %(person)s AND {{post}}
                ORDER BY post.published_at DESC, post.card_id DESC LIMIT {LOOKED_AT}
            ) post
            ORDER BY post.card_id, post.id
        ) card ORDER BY card.read, card.published_at DESC LIMIT {SHOWN}
    ) one
    JOIN schools_school home ON home.id = one.school_id
    LEFT JOIN LATERAL (
        SELECT array_agg(room.name ORDER BY room.name) AS names, min(room.color) AS color
        FROM schools_group room WHERE room.id = ANY (one.group_ids)
            AND (room.id = ANY (%(units)s::uuid[]) OR NOT one.group_ids && %(units)s::uuid[])
            AND {{room}}
    ) rooms ON cardinality(one.group_ids) > 0
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE photo.kind = 'photo') AS photos,
            count(*) FILTER (WHERE photo.kind = 'film' AND photo.state <> 'failed') AS films
        FROM feed_postphoto photo WHERE photo.post_id = one.id AND {{photo}}
    ) pictures ON true
    ORDER BY one.read, one.published_at DESC
    """,  # noqa: S608 - our own numbers
    post=Post,
    room=Group,
    photo=PostPhoto,
)

# What asks to be confirmed, and was not by this person: of all siblings of a broadcast once.
UNCONFIRMED = Statement(
    f"""
    SELECT card.id, card.published_at, card.byline, card.is_urgent, home.name FROM (
        SELECT DISTINCT ON (post.card_id) post.id, post.school_id, post.published_at,
            post.byline, post.is_urgent
        FROM feed_post post
        WHERE post.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[]) AND post.asks_reading
            AND post.withdrawn_at IS NULL AND post.published_at <= now()
            AND post.published_at > now() - interval '{STILL_ASKED}'
            AND post.author_id <> %(person)s
            AND NOT EXISTS (SELECT FROM feed_confirmation own
                WHERE own.post_id = post.id AND own.person_id = %(person)s)
            AND {{post}}
        ORDER BY post.card_id, post.id
    ) card
    JOIN schools_school home ON home.id = card.school_id
    ORDER BY card.is_urgent DESC, card.published_at DESC LIMIT {SHOWN + 1}
    """,  # noqa: S608 - our own numbers
    post=Post,
)


class Told(NamedTuple):
    """A row of ``POSTS``."""

    pk: UUID
    published_at: datetime
    byline: str
    urgent: bool
    by_child: bool  # to the families of some children
    to_own: bool  # of which one is of this person
    read: bool
    total: int
    school: str
    groups: list[str] | None
    color: int | None
    photos: int
    films: int


@digest_section(10)
def what_came(viewer: Viewer, span: Span) -> DigestSection | None:
    """Messages that this person may see now, by others; what was read already is only named."""
    rows = POSTS.run(
        viewer,
        person=viewer.user_id,
        schools=array(viewer.school_ids),
        followed=array(viewer.followed_ids),
        units=array(viewer.taught_group_ids | {window.unit_id for window in viewer.windows}),
        since=span.since,
        until=span.until,
    )
    if not rows:
        return None
    told = [Told._make(row) for row in rows]
    return DigestSection(
        title=_("What came"), items=[_item(one) for one in told], more=told[0].total - len(told)
    )


def _item(one: Told) -> DigestItem:
    return DigestItem(
        title=_("A message for you") if one.by_child and one.to_own else one.byline,
        said="" if one.read else get_text_list(list(_what(one)), _("and")),
        path=reverse("feed:post", args=[one.pk]),
        when=said_date(one.published_at),
        chip=_to(one.groups) or one.school,
        color=one.color or 0 if one.groups else 0,
    )


def _what(one: Told) -> Iterable[str]:
    if one.urgent:
        yield _("urgent")
    if one.photos:
        yield ngettext("%(count)d photo", "%(count)d photos", one.photos) % {"count": one.photos}
    if one.films:
        yield ngettext("%(count)d film", "%(count)d films", one.films) % {"count": one.films}


def _to(groups: list[str] | None) -> str:
    return get_text_list(groups, _("and")) if groups and len(groups) <= MOST_NAMES else ""


@todo
def what_asks_to_be_read(viewer: Viewer) -> list[DigestItem]:
    """Messages to which this person has not said 'I have read this'."""
    rows = UNCONFIRMED.run(viewer, person=viewer.user_id, schools=array(viewer.school_ids))
    return [
        DigestItem(
            title=_("Say that you have read: urgent message of %(name)s") % {"name": byline}
            if urgent
            else _("Say that you have read: message of %(name)s") % {"name": byline},
            path=reverse("feed:post", args=[pk]),
            when=said_date(published_at),
            chip=school,
        )
        for pk, published_at, byline, urgent, school in rows
    ]
