"""Mails of invitations that the mail server of the reader refused."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from kring.base.visibility import Viewer
from kring.joining.models import Invitation
from kring.schools.models import School


def bounced(people: Iterable[UUID], school: School, viewer: Viewer) -> dict[UUID, str]:
    """Whose invitation did not arrive, with the address that it went to."""
    sent = Invitation.objects.visible_to(viewer).standing().filter(school=school)
    failed = sent.exclude(failed_at=None).filter(person__in=list(people))
    return dict(failed.values_list("person", "email"))
