"""The versions of a school's policy: which rule held when, and who adopted it."""

from __future__ import annotations

from dataclasses import dataclass

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.schools.models import Policy, School

SHOWN = 20  # versions; nobody changes these weekly


@dataclass(frozen=True)
class Version:
    """One of them, with who adopted it: nobody for the one that the school began with."""

    policy: Policy
    by: str


def history_of(school: School, viewer: Viewer) -> list[Version]:
    """The last versions, the newest first."""
    rows = Policy.objects.visible_to(viewer).filter(school=school).order_by("-version")[:SHOWN]
    adopted = AuditEntry.objects.visible_to(viewer).filter(
        school_id=school.pk, subject_id__in=[row.pk for row in rows], verb="policy.adopted"
    )
    actors = dict(adopted.values_list("subject_id", "actor_id"))
    names = User.objects.visible_to(viewer).in_bulk(set(actors.values()) - {None})
    known = {key: names[actor].name for key, actor in actors.items() if actor in names}
    return [Version(row, known.get(row.pk, "")) for row in rows]
