"""The sweep: what has been kept long enough goes, school by school."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import models
from django.db.models import ProtectedError

from kring.base import clock
from kring.base.registry import Retention, asset_holders, retentions
from kring.base.visibility import VisibleQuerySet
from kring.media.files import delete_files, stored_ids
from kring.media.models import Asset
from kring.schools.models import Household, Student

log = structlog.get_logger("kring.retention")

AT_ONCE = 500  # rows of one delete
UNUSED_FOR = timedelta(days=1)  # a photo that was uploaded and never sent


def sweep(school_id: UUID) -> None:
    """Delete what is due of one school. Runs inside a block that works for it."""
    for rule in retentions.values():
        if rule.keep is not None:
            _note(rule.model.__name__, school_id, _delete(_due(rule, school_id)))
    students = Student.objects.filter(school=school_id, enrollments=None)
    _note("Student", school_id, _delete(students.filter(created_at__lt=clock.now() - UNUSED_FOR)))
    homes = Household.objects.filter(school=school_id, guardianships=None)
    _note("Household", school_id, _delete(homes.filter(created_at__lt=clock.now() - UNUSED_FOR)))


def unused_photos(school_id: UUID) -> list[UUID]:
    """Photos that hang on nothing any more, or never did, and that no draft holds."""
    held = {one for asked in asset_holders for one in asked(school_id)}
    old = Asset.objects.filter(school=school_id, created_at__lt=clock.now() - UNUSED_FOR)
    loose = old.loose().exclude(pk__in=held)
    return list(loose.values_list("pk", flat=True)[:AT_ONCE])


def forget_photo(asset_id: UUID, school_id: UUID) -> None:
    """The row first, the files after it: a file without a row is swept, never the reverse (I6)."""
    Asset.objects.filter(pk=asset_id, school=school_id).delete()
    delete_files(asset_id)


def strays(known: set[UUID]) -> list[UUID]:
    """Files of photos without a row, old enough that no upload is still at work on them."""
    oldest = clock.now() - UNUSED_FOR
    return [one for one in stored_ids() if one not in known and _made_at(one) < oldest]


def _made_at(asset_id: UUID) -> datetime:
    """A UUIDv7 begins with its moment, in milliseconds (RFC 9562 §5.7)."""
    return datetime.fromtimestamp((asset_id.int >> 80) / 1000, clock.SCHOOL_TIME)


def _due(rule: Retention, school_id: UUID) -> models.QuerySet[models.Model]:
    rows = rule.model._default_manager.all()
    if not isinstance(rows, VisibleQuerySet) or rows.school is None or rule.keep is None:
        return rows.none()
    before = clock.now() - rule.keep
    since = rule.model._meta.get_field(rule.since)
    moment = isinstance(since, models.DateTimeField)
    limit = before if moment else before.astimezone(clock.SCHOOL_TIME).date()
    return rows.filter(**{rows.school: school_id, f"{rule.since}__lt": limit})


def _delete(rows: models.QuerySet[models.Model]) -> int:
    """In bounded steps. A row that something still rests on stays until that is gone."""
    gone, resting = 0, set[object]()
    while ids := list(rows.exclude(pk__in=resting).values_list("pk", flat=True)[:AT_ONCE]):
        try:
            rows.model._default_manager.filter(pk__in=ids).delete()
            gone += len(ids)
        except ProtectedError as error:
            held = {getattr(one, "asset_id", None) for one in error.protected_objects}
            resting |= held.intersection(ids) or set(ids)
    return gone


def _note(name: str, school_id: UUID, count: int) -> None:
    if count:
        log.info("retention.deleted", model=name, school=str(school_id), count=count)
