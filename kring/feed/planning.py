"""Planned messages: taken back by their writer, and looked at before their moment comes."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from kring.accounts.models import User
from kring.audiences.rules import rules_of
from kring.base.jobs import at_work, job
from kring.base.registry import holds_assets
from kring.base.visibility import Allowed, Viewer, Writes
from kring.events.bus import FIRST, record
from kring.events.handlers import on
from kring.events.models import AuditEntry, Event
from kring.feed import begun
from kring.feed.models import Draft, Post
from kring.feed.models.draft import typed_in
from kring.schools.viewers import viewer_of


@transaction.atomic
def hold_back(post: Post, *, by: Viewer) -> bool:
    """It does not go, and its form is a draft again; False when its moment has come."""
    form = begun.of_post(post, by)
    if not post.unplan(by=by):
        return False
    if not Draft.free_card(post.card_id, by=by):
        but = frozenset({"text", "assets", "key"})
        Draft.keep(
            begun.new_key(),
            by=by,
            school_id=post.school_id,
            text=str(form["text"]),
            assets=begun.ids_in(str(form["assets"])),
            typed=typed_in(form, but),
        )
    return True


@on("post.planned")
def look_at_it(event: Event) -> None:
    """A minute before its moment. By a job of its own: who the writer is now is asked outside."""
    let_go.enqueue(event.school_id, priority=FIRST, post=event.subject_id)


@job(queue="events", outside=True)
def let_go(school_id: str, post: str) -> None:
    """Let it come out, and tell the readers then; or withdraw it, where its writer may not write.

    Nobody sees it before this ran, however late: then it comes out now.
    """
    with at_work(school_id):
        found = Post.objects.planned().filter(pk=post).first()
    if found is None:  # taken back, or out: nobody is told once more
        return
    writer = viewer_of(found.author_id)
    with at_work(school_id):
        if _may_still(found, writer):
            _let_go(found, writer)
        elif found.leave(Viewer.service(found.school_id)):
            _keep_for_the_writer(found)
            AuditEntry.note(
                "post.stopped", found, by=Viewer.service(found.school_id), person=found.author_id
            )
            record("post.stopped", found, by=Viewer.service(found.school_id))


def _may_still(post: Post, writer: Viewer) -> bool:
    """Whether this person could write it today: by row security's rule, and by the school's."""
    rules = rules_of(writer, [post.school_id]).get(post.school_id)
    mine = Post.objects.filter(Allowed(Writes(), writer, Post), pk=post.pk)
    here = User.objects.filter(pk=post.author_id, is_active=True)
    if rules is None or not (here.exists() and mine.exists()):
        return False
    try:
        rules.refuse(post.audience, urgent=post.is_urgent)
    except PermissionDenied:
        return False
    return True


def _let_go(post: Post, writer: Viewer) -> None:
    """Once, though the job may run twice, and not what was taken back just now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_let_go(%s)", [post.pk])
        for (moment,) in cursor.fetchall():
            record("post.published", post, by=writer, at=moment)


def _keep_for_the_writer(post: Post) -> None:
    """What was written is a draft again, for as long as its writer works there at all."""
    Draft.objects.filter(card_id=post.card_id, author=post.author_id).update(
        card_id=None, key=begun.new_key()
    )


@on("post.published")
def forget_the_form(event: Event) -> None:
    """Of a planned message that is out there is nothing left to change it from."""
    cards = Post.objects.filter(pk=event.subject_id, planned_at__isnull=False).values("card_id")
    Draft.objects.filter(card_id__in=cards).delete()


@holds_assets
def what_drafts_hold(school_id: UUID) -> list[UUID]:
    """Files that somebody uploaded to what is not sent yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kring_drafted(%s)", [school_id])
        return [row[0] for row in cursor.fetchall()]
