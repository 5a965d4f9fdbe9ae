"""One page of the feed, newest first, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.cursor import Cursor
from kring.base.ids import id_of
from kring.base.statement import Statement
from kring.base.viewer import Viewer, array
from kring.feed.cards import Card, Chip, Surroundings, cards, group_hue, here
from kring.feed.hanging import Aside, with_asides
from kring.feed.models import Post
from kring.feed.reach import with_reach
from kring.feed.shown import COLUMNS, Shown
from kring.schools.models import Enrollment, Group, School

SIZE = 20
ON_TOP = "7 days"  # at most, an urgent message that nobody confirmed
LAST = UUID(int=2**128 - 1)  # comes after every other

# Of each school one limited walk along its index; siblings of a broadcast take one place together.
# Above them what is urgent, until this person said to have read it: on the first page only, found
# by an index of its own. It stands there for a week; by then the school has called.
# The values stand in a SELECT of their own, so that the plan is the same for all, and kept.
_POSTS = f"""
    SELECT {COLUMNS}, post.place = 0
    FROM (
        SELECT post.*, dense_rank() OVER (ORDER BY published_at DESC, card_id DESC) AS place
        FROM unnest((SELECT %(schools)s::uuid[])) AS one(school_id)
        CROSS JOIN LATERAL (
            SELECT * FROM feed_post post
            WHERE post.school_id = one.school_id AND post.withdrawn_at IS NULL
                AND (post.planned_at IS NULL OR post.published_at <= now())  -- those have a list
                AND (post.published_at, post.card_id)
                    < ((SELECT %(moment)s::timestamptz), (SELECT %(card)s::uuid))
                AND {{post}} {{asked}}
            ORDER BY post.published_at DESC, post.card_id DESC LIMIT {SIZE + 1}
        ) post
        UNION ALL
        SELECT post.*, 0
        FROM feed_post post
        WHERE (SELECT %(first)s::boolean) AND post.is_urgent AND post.withdrawn_at IS NULL
            AND post.school_id = ANY (%(schools)s::uuid[])
            AND post.published_at > now() - interval '{ON_TOP}' AND post.published_at <= now()
            AND post.author_id <> (SELECT %(person)s::uuid)
            AND NOT EXISTS (SELECT FROM feed_confirmation own
                WHERE own.post_id = post.id AND own.person_id = (SELECT %(person)s::uuid))
            AND {{post}}
    ) post
    JOIN schools_school home ON home.id = post.school_id
    WHERE post.place <= {SIZE + 1}
    ORDER BY post.place, post.published_at DESC, post.card_id DESC
"""  # noqa: S608 - our own columns
_ABOUT = """
    AND (post.school_id = %(unit)s
        OR post.group_ids && %(units)s::uuid[] OR post.student_ids && %(units)s::uuid[]
        OR (post.whole_school AND post.school_id = ANY (%(units)s::uuid[])))
"""
POSTS = Statement(_POSTS.replace("{asked}", ""), post=Post)
POSTS_ABOUT = Statement(_POSTS.replace("{asked}", _ABOUT), post=Post)

# Where these children are on a day.
STAYS = Statement(
    """
    SELECT child.id, child.first_name, room.id, room.name, room.color, home.id, home.name, home.kind
    FROM schools_enrollment stay
    JOIN schools_student child ON child.id = stay.student_id
    JOIN schools_group room ON room.id = stay.group_id
    JOIN schools_school home ON home.id = stay.school_id
    WHERE stay.student_id = ANY (%(children)s::uuid[]) AND stay.starts_on <= %(day)s
        AND (stay.ends_on IS NULL OR stay.ends_on >= %(day)s) AND {stay}
    ORDER BY child.first_name, room.name
    """,
    stay=Enrollment,
)

# These groups, and all of this year in these schools.
GROUPS = Statement(
    """
    SELECT room.id, room.name, room.color, room.school_id
    FROM schools_group room JOIN schools_schoolyear year ON year.id = room.year_id
    WHERE (room.id = ANY (%(named)s::uuid[])
            OR (room.school_id = ANY (%(schools)s::uuid[]) AND year.ends_on >= %(day)s))
        AND {room}
    ORDER BY room.name
    """,
    room=Group,
)


class Stay(NamedTuple):
    """A child in a group."""

    child_id: UUID
    first_name: str
    group_id: UUID
    group_name: str
    color: int
    school_id: UUID
    school_name: str
    school_kind: str


class Room(NamedTuple):
    """A group, as far as a page shows it."""

    id: UUID
    name: str
    color: int
    school_id: UUID


@dataclass
class FeedPage:
    """What one person sees from a cursor on, all of it or about one child or group."""

    viewer: Viewer
    session_key: str
    before: Cursor | None = None
    about: str = ""

    @property
    def cards(self) -> list[Card]:
        return self._shown[0]

    @property
    def asides(self) -> list[Aside]:
        """What other apps show beside them."""
        return self._shown[1]

    @cached_property
    def _shown(self) -> tuple[list[Card], list[Aside]]:
        around = Surroundings(self.viewer, self.session_key, self._groups)
        on_top = {thread[0].card_id for thread in self._on_top}
        below = [thread for thread in self._threads[:SIZE] if thread[0].card_id not in on_top]
        shown = [*self._on_top, *below]
        found = with_reach(cards(shown, around), shown, self.viewer)
        return found, with_asides(found, shown, self.viewer)

    @property
    def older_url(self) -> str | None:
        """The next page, or None at the end."""
        if len(self._threads) <= SIZE:
            return None
        last = self._threads[SIZE - 1][0]
        asked = {"before": str(Cursor(last.published_at, last.card_id))}
        if self.about:
            asked["about"] = self.about
        return f"{here()}?{urlencode(asked)}"

    @cached_property
    def filters(self) -> list[Chip]:
        """Everything, then each child with its group, each after-school care, each group taught."""
        chips = [_chip(str(one), name, hue, self.about) for one, name, hue in self._units]
        return [_chip("", _("All"), "school", self.about), *chips] if len(chips) > 1 else []

    @property
    def _threads(self) -> list[list[Shown]]:
        """The posts of this page and one more, siblings of a broadcast together."""
        return self._found[1]

    @property
    def _on_top(self) -> list[list[Shown]]:
        """What is urgent and not confirmed."""
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[list[list[Shown]], list[list[Shown]]]:
        moment, card = self.before or ("infinity", LAST)
        posts = POSTS if self._unit is None else POSTS_ABOUT
        rows = posts.run(
            self.viewer,
            person=self.viewer.user_id,
            schools=array(self.viewer.school_ids),
            moment=moment,
            card=card,
            unit=self._unit,
            units=array(self._units_asked),
            first=self.before is None,
        )
        on_top: dict[UUID, list[Shown]] = {}
        threads: dict[UUID, list[Shown]] = {}
        for *post, is_on_top in rows:
            shown = Shown._make(post)
            (on_top if is_on_top else threads).setdefault(shown.card_id, []).append(shown)
        return list(on_top.values()), list(threads.values())

    @cached_property
    def _unit(self) -> UUID | None:
        """The child, group or after-school care that is asked about; None for everything."""
        return id_of(self.about)

    @property
    def _units_asked(self) -> Iterable[UUID]:
        """That one; of a child also its group and its school."""
        if self._unit:
            yield self._unit
            for stay in self._stays:
                if stay.child_id == self._unit:
                    yield from (stay.group_id, stay.school_id)

    @cached_property
    def _stays(self) -> list[Stay]:
        """Where one's own children are today."""
        children = self.viewer.ids("child_ids", "informed_ids")
        if not children:
            return []
        found = STAYS.run(self.viewer, children=array(children), day=clock.today())
        return list(map(Stay._make, found))

    @cached_property
    def _groups(self) -> dict[UUID, Room]:
        """The groups that the posts name, and those of the staff that looks."""
        threads = [*self._on_top, *self._threads]
        named = {one for siblings in threads for post in siblings for one in post.group_ids}
        found = GROUPS.run(
            self.viewer,
            named=array(named | self.viewer.taught_group_ids),
            schools=array(self._overseen),
            day=clock.today(),
        )
        return {room.id: room for room in map(Room._make, found)}

    @cached_property
    def _overseen(self) -> frozenset[UUID]:
        return self.viewer.ids("leads", "administers", "coaches", "cares_for")

    @property
    def _units(self) -> Iterable[tuple[UUID, str, str]]:
        cares: dict[UUID, tuple[UUID, str, str]] = {}
        for stay in self._stays:
            if stay.school_kind == School.Kind.AFTERCARE:
                cares[stay.school_id] = (stay.school_id, stay.school_name, "bso")
            else:
                yield stay.child_id, f"{stay.first_name} · {stay.group_name}", group_hue(stay)
        yield from cares.values()
        for room in self._groups.values():
            if room.id in self.viewer.taught_group_ids or room.school_id in self._overseen:
                yield room.id, room.name, group_hue(room)


def _chip(unit: str, name: str, hue: str, about: str) -> Chip:
    url = f"{here()}?{urlencode({'about': unit})}" if unit else here()
    return Chip(name, hue, url, current=unit == about)
