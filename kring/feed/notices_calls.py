"""Who is told that the call list opened, and with how many families left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.audiences.families import knows_all
from kring.base import clock
from kring.base.visibility import In, Viewer
from kring.events.bus import record
from kring.events.handlers import on
from kring.events.models import Event
from kring.feed.calling import CallList
from kring.feed.models import Post
from kring.feed.notices_lines import CARD_STANDS
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify
from kring.schools.models import Employment

VERB = "post.call_due"
STAFF = In("school", "staff_of")
standing(VERB, stands=CARD_STANDS, post=Post)


@on("post.published")
def plan_the_calls(event: Event) -> None:
    """Look again when calling may begin. May run twice: who was told is told no more."""
    post = Post.objects.filter(pk=event.subject_id, withdrawn_at=None).first()
    if post is None or post.call_at is None:
        return
    if not Event.objects.filter(verb=VERB, subject_id=post.pk).exists():
        record(VERB, post, by=Viewer.service(post.school_id), at=post.call_at, urgent=True)


@on(VERB)
def tell_who_calls(event: Event) -> None:
    """The writer and the office, where families are left; nobody, when it was withdrawn."""
    post = Post.objects.filter(pk=event.subject_id, withdrawn_at=None).first()
    if post and post.call_at and CallList(Viewer.service(post.school_id), [post]).unreached:
        kind, urgent = Kind.OWN, post.is_urgent
        notify(event, to=callers_of(post), about_id=post.card_id, kind=kind, urgent=urgent)


def callers_of(post: Post) -> QuerySet[User]:
    """Who wrote it and works there still, and who leads the school.

    Whether they may see the list, the letter asks.
    """
    held = Employment.objects.filter(school=post.school_id, role__in=Employment.LEADING)
    leading = held.on(clock.today()).values("user")
    writer = Q(pk=post.author_id) & STAFF.people(post)
    people: QuerySet[User] = User.objects.filter(writer | Q(pk__in=leading))
    return people


@who_may_know(VERB)
def who_may_still_call(notification: Notification) -> QuerySet[User]:
    """The same; nobody, when the message was withdrawn."""
    post = Post.objects.filter(pk=notification.subject_id, withdrawn_at=None).first()
    return callers_of(post) if post else User.objects.none()


@letter(VERB)
def say_who_is_left(notification: Notification, person: User, viewer: Viewer) -> Letter | None:  # noqa: ARG001
    """How many families are left to call; no mail when all were reached meanwhile."""
    try:
        found = CallList.of(viewer, notification.subject_id)
    except Http404:
        return None
    if not found.unreached:
        return None
    school = found.post.school
    return Letter(
        school_id=school.pk,
        sender=school.name,
        subject=ngettext("%(count)d family to call", "%(count)d families to call", found.unreached)
        % {"count": found.unreached},
        text=_(
            "Not every family has read your school's message yet. The call list is open: there you"
            " find whom to call, and who is calling already."
        ),
        action=_("To the call list"),
        path=reverse("feed:calls", args=[found.post.pk]),
    )


@lines(VERB)
def show_the_list(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """Where it can be seen by who may know all families."""
    ids = {one.subject_id for one in told}
    seen = Post.objects.visible_to(viewer).filter(withdrawn_at=None).select_related("school")
    posts = {post.pk: post for post in seen.filter(pk__in=ids) if knows_all(viewer, post)}
    return {
        one.pk: Line(
            title=_("The call list is open"),
            said=posts[one.subject_id].school.name,
            path=reverse("feed:calls", args=[one.subject_id]),
            icon="phone",
        )
        for one in told
        if one.subject_id in posts
    }
