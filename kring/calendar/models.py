"""The agenda: dated entries of a school, its groups and its staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from kring.audiences.models import Addressed, Audience
from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import In, PlannedQuerySet, Viewer, Writes
from kring.calendar.telling import check_telling
from kring.events.bus import record
from kring.events.models import AuditEntry

LONGEST_TITLE, LONGEST_PLACE = 120, 120  # characters
SOON = timedelta(days=7)  # families are told what changes nearer than this
CALM = timedelta(minutes=10)  # what is changed within them is told together
APART = timedelta(hours=1)  # from one telling to the next; of what is near, only ``CALM``
NEAR = timedelta(days=1)

TOLD = ("title", "place", "text", "whole_day", "starts_at", "ends_at")
PLANNING = frozenset({"place", "whole_day", "starts_at", "ends_at"})  # what one goes by


class CalendarEntryQuerySet(PlannedQuerySet["CalendarEntry"]):
    """For whom an entry is and who put it down stays as it was."""

    acts = replace(
        PlannedQuerySet.acts,
        # Who may write to these readers still: each change that is told reaches them.
        update=Writes() | In("school", "leads", "administers", "cares_for"),
        columns=(
            *TOLD,
            *("changed_at", "told_at", "published_at"),
            *("withdrawn_at", "withdrawn_by", "is_called_off"),
        ),
    )

    def between(self, since: datetime, until: datetime) -> Self:
        """Those that touch the time from ``since`` until just before ``until``."""
        touching = Q(ends_at__gt=since) | Q(starts_at__gte=since)
        return self.filter(touching, starts_at__lt=until)

    def shown(self) -> Self:
        """Those that stand on a page: out, and there, or called off."""
        there = Q(withdrawn_at=None) | Q(is_called_off=True)
        return self.filter(there, published_at__lte=clock.now())

    def standing(self) -> Self:
        """Those that can be changed still."""
        return self.filter(withdrawn_at=None)


class CalendarEntry(Addressed):
    """What happens on a day, at a time, or on several days; times are of the school's clock.

    ``ends_at`` is the first moment after it: of a whole day, the midnight that follows. The same
    moment as ``starts_at`` where nobody said until when.
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    text = models.TextField(blank=True)
    whole_day = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Of the message that made it; siblings of one broadcast share it.
    card_id = models.UUIDField(null=True, editable=False)
    key = models.UUIDField(editable=False)  # of the form: a second try makes no second entry
    changed_at = models.DateTimeField(null=True, editable=False)
    # When families were told last, or will be: what changes until then is told with it.
    told_at = models.DateTimeField(null=True, editable=False)
    # Withdrawn, and still seen by its audience, so that nobody comes for nothing.
    is_called_off = models.BooleanField(default=False, editable=False)

    objects = CalendarEntryQuerySet.as_manager()

    class Meta(Addressed.Meta):
        verbose_name_plural = "calendar entries"
        constraints: ClassVar = [
            *Addressed.Meta.constraints,
            models.UniqueConstraint(fields=["school", "author", "key"], name="entry_once_per_form"),
            models.UniqueConstraint(fields=["school", "card_id"], name="entry_once_per_card"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                | Q(ends_at=F("starts_at"), whole_day=False),
                name="entry_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_called_off=False) | Q(withdrawn_at__isnull=False),
                name="entry_called_off_is_withdrawn",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["school", "starts_at"], name="entry_of_school"),
            models.Index(fields=["school", "ends_at"], name="entry_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def happens_soon(self) -> bool:
        """Timed, not over, and nearer than people look ahead by themselves."""
        now = clock.now()
        return not self.whole_day and self.starts_at < now + SOON and self.ends_at >= now

    @classmethod
    @transaction.atomic
    def plan(
        cls,
        audience: Audience,
        *,
        by: Viewer,
        key: UUID,
        told: Mapping[str, Any],
        tell: bool = False,
        card_id: UUID | None = None,
        at: datetime | None = None,
    ) -> CalendarEntry:
        """Put it in the agenda, once a form: ``told`` says the fields of ``TOLD``.

        ``tell`` sends families a notice: ValidationError where the school agreed that it goes not.
        One that a message made comes out with it, ``at``.
        """
        made: dict[str, Any] = {"key": key, "card_id": card_id, "published_at": at or clock.now()}
        made["told_at"] = clock.now() if tell else None
        entry = cls(**audience.columns(), **told, author_id=by.person_id, **made)
        if not entry._is_first():
            mine = cls.objects.visible_to(by).filter(author=by.person_id)
            return mine.get(school=audience.school_id, key=key)
        if tell:
            check_telling(audience, clock.today(), by=by)
        AuditEntry.note("calendar.planned", entry, by=by)
        record("calendar.planned", entry, by=by)
        if tell:
            record("calendar.announced", entry, by=by)
        return entry

    def _is_first(self) -> bool:
        """Write it; False where the same form did."""
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError as error:
            if "entry_once_per" not in str(error):
                raise
            return False
        return True

    @transaction.atomic
    def change(self, *, by: Viewer, told: Mapping[str, Any], tell: bool = False) -> bool:
        """Say it otherwise. Families are told where ``tell`` asks it, or it is soon: in a while.

        False where nothing is otherwise, or it was withdrawn. ValidationError where it may not be
        told: what is soon may.
        """
        mine = type(self).objects.changeable_by(by).standing().filter(pk=self.pk)
        stood = mine.select_for_update().first()
        if stood is None:
            return False
        changed = [name for name, value in told.items() if getattr(stood, name) != value]
        if not changed:
            return False
        was_soon = stood.happens_soon
        for name in changed:
            setattr(stood, name, told[name])
        stood.changed_at = clock.now()
        stood.save(update_fields=[*changed, "changed_at"])
        AuditEntry.note("calendar.changed", stood, by=by, fields=changed)
        record("calendar.changed", stood, by=by)
        must = PLANNING.intersection(changed) and (was_soon or stood.happens_soon)
        if tell or must:
            stood.tell_in_a_while(by, asked=not must)
        return True

    def tell_in_a_while(self, by: Viewer, *, asked: bool) -> None:
        """Once for all that changes until then: a notice says how it stands when it is written.

        ``change`` has asked whether one may change it; what is ``asked`` keeps the school's rules.
        """
        now = clock.now()
        if self.told_at and self.told_at > now:
            return
        at, is_near = now + CALM, self.starts_at < now + NEAR
        if self.told_at and not is_near:
            at = max(at, self.told_at + APART)
        if asked:
            check_telling(self.audience, at.astimezone(clock.SCHOOL_TIME).date(), by=by)
        self.told_at = at
        self.save(update_fields=["told_at"])
        record("calendar.moved", self, by=by, at=at)

    @transaction.atomic
    def withdraw(self, *, by: Viewer, called_off: bool = False) -> bool:
        """Take it out of the agenda; what is ``called_off``, or soon, stays to say so.

        False where it was gone. In a service block: the row leaves the sight of who does it.
        """
        mine = type(self).objects.changeable_by(by).standing().filter(pk=self.pk)
        if (stood := mine.select_for_update().first()) is None:
            return False
        return stood.leave(by, called_off=called_off or stood.happens_soon)

    def leave(self, by: Viewer, *, called_off: bool = False) -> bool:
        """Take it out; ``withdraw`` has asked whether one may. A job may, too."""
        with at_work(self.school_id):
            left = type(self).objects.filter(pk=self.pk, withdrawn_at=None)
            gone = left.update(
                withdrawn_at=clock.now(), withdrawn_by=by.user_id, is_called_off=called_off
            )
            if gone:
                AuditEntry.note("calendar.withdrawn", self, by=by)
                record("calendar.withdrawn", self, by=by)
                if called_off and self.happens_soon:
                    record("calendar.called_off", self, by=by)
        return bool(gone)
