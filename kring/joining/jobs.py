"""Inviting many at once, and mails that were left lying."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from kring.base.jobs import job, periodic
from kring.base.visibility import Viewer
from kring.joining.homes import homes_of, to_invite
from kring.joining.inviting import invite_each
from kring.joining.mailing import enqueue, send_invitation
from kring.joining.models import Invitation

__all__ = ["invite_many", "send_invitation", "take_up_the_left"]


@job(queue="mail")
def invite_many(school: str, group: str | None, person: str, fetchers: bool) -> None:  # noqa: FBT001
    """Invite whoever has an address and no mail yet, of a group or of the whole school.

    All or nothing, and run twice it invites nobody twice.
    """
    here = UUID(school)
    by = Viewer(user_id=UUID(person), school_ids=frozenset({here}), works_for=frozenset({here}))
    homes = homes_of(by, here, group_id=UUID(group) if group else None)
    invite_each(to_invite(homes, fetchers=fetchers), here, by=by)


@periodic(cron="25 * * * *", queue="mail")
def take_up_the_left(timestamp: int) -> None:  # noqa: ARG001
    """Send what no job will send: those of an hour ago and longer, whose job gave up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id, serial FROM kring_left_invitations()")
        left = cursor.fetchall()
    for school_id, pk, serial in left:
        enqueue(Invitation(school_id=school_id, pk=pk, serial=serial))
