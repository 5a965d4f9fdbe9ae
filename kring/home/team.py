"""Who works at a school, and on which days they teach a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.utils.dates import WEEKDAYS_ABBR

from kring.base.visibility import Viewer
from kring.home.portraits import Face, face, pictures
from kring.schools.models import Employment, School, TeachingAssignment
from kring.schools.working_hours import hours_of, in_words

_ORDER = ("principal", "counselor", "administrator", "teacher", "aide", "aftercare")
_WEEK = 5  # school days


def team_of(school: School, viewer: Viewer, day: date, session_key: str) -> list[Face]:
    """Everybody employed there on a day: who leads it first, then by name."""
    seen = Employment.objects.visible_to(viewer).on(day).filter(school=school)
    jobs = seen.select_related("user").order_by("user__sort_key", "role")
    held: dict[UUID, list[Employment]] = defaultdict(list)
    for job in sorted(jobs, key=lambda one: _ORDER.index(one.role)):
        held[job.user_id].append(job)
    photos = pictures(held, viewer, session_key)
    return [
        face(roles[0].user, _roles(roles), photos, called=_called(roles)) for roles in held.values()
    ]


def teachers_of(
    groups: Collection[UUID], viewer: Viewer, day: date, session_key: str
) -> dict[UUID, list[Face]]:
    """Who teaches these groups on a day, as children call them: on which days, at what hours."""
    seen = TeachingAssignment.objects.visible_to(viewer).on(day).filter(group__in=groups)
    lessons = list(seen.select_related("user").order_by("kind", "user__sort_key"))
    people = {lesson.user_id for lesson in lessons}
    jobs = Employment.objects.visible_to(viewer).on(day).filter(user__in=people)
    called = {(job.user_id, job.school_id): job.called for job in jobs if job.called}
    photos = pictures(people, viewer, session_key)
    hours = hours_of(people, viewer)
    found: dict[UUID, list[Face]] = defaultdict(list)
    for lesson in lessons:
        known = called.get((lesson.user_id, lesson.school_id), "")
        kept = hours.get((lesson.user_id, lesson.school_id))
        found[lesson.group_id].append(
            face(
                lesson.user,
                _lesson(lesson),
                photos,
                called=known,
                reads=in_words(kept) if kept else "",
            )
        )
    return found


def days_said(weekdays: Iterable[int]) -> str:
    """Days of the week in a few letters: "ma, di, wo"; nothing for all of them or none."""
    days = sorted(set(weekdays))
    if len(days) in {0, _WEEK}:
        return ""
    return ", ".join(str(WEEKDAYS_ABBR[day - 1]).lower() for day in days)


def _lesson(lesson: TeachingAssignment) -> str:
    parts = (str(lesson.get_kind_display()), days_said(lesson.weekdays))
    return " · ".join(part for part in parts if part)


def _roles(jobs: list[Employment]) -> str:
    return ", ".join(dict.fromkeys(str(job.get_role_display()) for job in jobs))


def _called(jobs: list[Employment]) -> str:
    return next((job.called for job in jobs if job.called), "")
