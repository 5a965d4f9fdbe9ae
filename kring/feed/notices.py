"""Who is told of posts, and where they are sent to look."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.audiences.recipients import recipients_of
from kring.base import clock
from kring.base.visibility import Viewer
from kring.events.handlers import on
from kring.events.models import Event
from kring.feed import (
    notices_calls,
    notices_comments,
    notices_lines,
    notices_newsletters,
    notices_planned,
    silence,
)
from kring.feed.catching_up import catch_up, show_the_film
from kring.feed.models import Post
from kring.feed.urgent_letter import urgent_letter
from kring.notifications.kinds import Kind, offered
from kring.notifications.letters import Letter, letter, who_may_know
from kring.notifications.models import Notification
from kring.notifications.telling import notify
from kring.schools.models import Employment, Group

__all__ = [
    "notices_calls",
    "notices_comments",
    "notices_lines",
    "notices_newsletters",
    "notices_planned",
    "silence",
]  # which declare themselves

MOST_NAMES = 3  # of groups in a subject; more of them are the school


offered |= {Kind.SCHOOL, Kind.GROUP}

on("film.ended")(show_the_film)
on("post.waiting")(catch_up)


class TooEarlyError(Exception):
    """The clocks of the database and of this machine differ: the job is tried again."""


@on("post.published")
def tell_who_may_see_it(event: Event) -> None:
    """Once for all siblings of a broadcast; nobody, when it was withdrawn by now."""
    post = Post.objects.filter(pk=event.subject_id, withdrawn_at=None).first()
    if post is None:
        return
    if post.published_at > clock.now():
        raise TooEarlyError
    notify(
        event,
        to=recipients_of(post),
        about_id=post.card_id,
        kind=kind_of(post),
        urgent=post.is_urgent,
    )


def kind_of(post: Post) -> Kind:
    """Under which switch of the settings it falls."""
    return Kind.GROUP if post.group_ids or post.student_ids else Kind.SCHOOL


@who_may_know("post.published")
def who_may_still_see(notification: Notification) -> QuerySet[User]:
    """Whoever may see one of the siblings; nobody, when all were withdrawn."""
    out = Post.objects.filter(card_id=notification.about_id).out()
    # Not as a subquery: then whoever asks about some people has the rule asked of those only.
    return reduce(or_, map(recipients_of, out), User.objects.none())


@on("post.withdrawn")
def take_it_out_of_the_list(event: Event) -> None:
    """Nobody finds a notification of what is gone; a sibling that stands keeps its own."""
    Notification.objects.filter(verb="post.published", subject_id=event.subject_id).delete()


@on("film.failed")
def tell_the_writer(event: Event) -> None:
    """Once for a card: what did not come along, its post says."""
    if post := Post.objects.filter(pk=event.subject_id).first():
        writer = User.objects.filter(pk=post.author_id)
        notify(event, to=writer, about_id=post.card_id, kind=Kind.OWN)


@who_may_know("film.failed")
def who_still_looks_after_it(notification: Notification) -> QuerySet[User]:
    """The writer, who works there still; nobody, when the message was withdrawn."""
    post = Post.objects.filter(pk=notification.subject_id, withdrawn_at=None).first()
    if post is None:
        nobody: QuerySet[User] = User.objects.none()
        return nobody
    held = Employment.objects.on(clock.today()).filter(school=post.school_id, user=post.author_id)
    people: QuerySet[User] = User.objects.filter(pk__in=held.values("user"))
    return people


@letter("film.failed")
def say_what_failed(notification: Notification, person: User, viewer: Viewer) -> Letter | None:  # noqa: ARG001
    """To the writer, who may have put the phone away."""
    own = Post.objects.visible_to(viewer).filter(pk=notification.subject_id)
    post = own.select_related("school").first()
    if post is None:
        return None
    return Letter(
        school_id=post.school_id,
        sender=post.school.name,
        subject=_("A film did not come along"),
        text=_(
            "A film in your message could not be made ready. With the message you read why,"
            " and what you can do."
        ),
        action=_("Open the message"),
        path=reverse("feed:post", args=[post.pk]),
    )


@letter("post.published")
def say_where_to_look(notification: Notification, person: User, viewer: Viewer) -> Letter | None:
    """The post, or a sibling of it where this person may not see that one any more."""
    siblings = Post.objects.visible_to(viewer).filter(card_id=notification.about_id)
    found = {post.pk: post for post in siblings.select_related("school")}
    if not found:
        return None
    post = found.get(notification.subject_id) or next(iter(found.values()))
    if post.is_urgent:
        return urgent_letter(post, person)
    return Letter(
        school_id=post.school_id,
        sender=post.school.name,
        subject=_subject(post, viewer),
        text=_(
            "There is a new message for you on Kring. What it says is not in this mail:"
            " that stays between you and the school."
        ),
        action=_("Read the message"),
        path=reverse("feed:post", args=[post.pk]),
        stops=kind_of(post),
    )


def _subject(post: Post, viewer: Viewer) -> str:
    if post.staff_only:
        return _("New message for the team of %(school)s") % {"school": post.school.name}
    if post.student_ids:
        if viewer.followed_ids.isdisjoint(post.student_ids):
            return _("New message for some families of %(school)s") % {"school": post.school.name}
        return _("New message for you")
    return _("New message from %(name)s") % {"name": _groups(post, viewer) or post.school.name}


def _groups(post: Post, viewer: Viewer) -> str:
    """Those of the groups that this person has to do with; all of them for who oversees."""
    own = viewer.taught_group_ids | {window.unit_id for window in viewer.windows}
    ids = own.intersection(post.group_ids) or post.group_ids
    names = Group.objects.visible_to(viewer).filter(pk__in=ids).order_by("name")
    listed = list(names.values_list("name", flat=True))
    return get_text_list(listed, _("and")) if len(listed) <= MOST_NAMES else ""
