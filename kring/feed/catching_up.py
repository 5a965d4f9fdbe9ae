"""Posts and the films that hang on them: a film that is ready is shown, and a post comes out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import connection

from kring.base.jobs import at_work
from kring.base.visibility import Viewer
from kring.events.bus import FIRST, record
from kring.events.handlers import on
from kring.events.jobs import dispatch
from kring.events.models import Event
from kring.feed.models import Post, PostPhoto
from kring.feed.models.attachment import LOOKS
from kring.media.models import Asset


@on("film.ended")
def show_the_film(event: Event) -> None:
    """On each post that it hangs on."""
    for post in Post.objects.filter(photos__asset=event.subject_id).distinct():
        _catch_up(post)


@on("post.waiting")
def catch_up(event: Event) -> None:
    """With films that were ready before the post was there."""
    if post := Post.objects.filter(pk=event.subject_id).first():
        _catch_up(post)


def _catch_up(post: Post) -> None:
    """Take over how its films are, and let the card come out when none is waited for.

    One at a time for a card: two films that end at once must see each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [str(post.card_id)])
    waiting = PostPhoto.objects.filter(post=post, state=Asset.State.WAITING)
    ended = [
        photo
        for photo in waiting.select_related("asset")
        if photo.asset.state != Asset.State.WAITING
    ]
    for photo in ended:
        looks = {name: getattr(photo.asset, name) for name in LOOKS}
        PostPhoto.objects.filter(pk=photo.pk).update(**looks)
    failed = any(photo.asset.state == Asset.State.FAILED for photo in ended)
    if failed and not post.withdrawn_at:
        record("film.failed", post, by=Viewer.service(post.school_id))
        _withdraw_if_empty(post)
    _release(post.card_id)


def _withdraw_if_empty(post: Post) -> None:
    """A message of which only the film was left is none: it goes, and its writer is told."""
    standing = post.photos.exclude(state=Asset.State.FAILED)
    if not (post.text or post.has_files or standing.exists()):
        post.leave(Viewer.service(post.school_id))


def _release(card_id: UUID) -> None:
    """Those posts of a broadcast come out together, and their readers are told."""
    undo = f"{settings.UNDO_SECONDS} seconds"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_release_card(%s, %s::interval)", [card_id, undo])
        released = cursor.fetchall()
    for post_id, school_id, moment in released:
        with at_work(school_id):
            for event in Event.objects.filter(verb="post.published", subject_id=post_id):
                dispatch.enqueue(school_id, at=moment, priority=FIRST, event_id=event.pk)
