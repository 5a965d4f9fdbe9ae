"""Telling of a newsletter of the school: whom, by which letter, and how the office tries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kring.accounts.models import User
from kring.audiences.recipients import recipients_of
from kring.base import clock
from kring.base.jobs import job
from kring.base.registry import DigestItem, DigestSection, Span, digest_section
from kring.base.saying import said_date
from kring.base.statement import Statement
from kring.base.viewer import array
from kring.base.visibility import Viewer, seen_by
from kring.events.handlers import on
from kring.events.models import Event
from kring.feed.issues import titles_of
from kring.feed.models import Newsletter
from kring.feed.models.newsletter import CLOCKS_DIFFER
from kring.notifications.channels.email import Email, compose
from kring.notifications.kinds import Kind
from kring.notifications.letters import Letter, Line, letter, lines, who_may_know
from kring.notifications.models import Notification
from kring.notifications.standing import standing
from kring.notifications.telling import notify
from kring.schools.models import Guardianship
from kring.schools.viewers import viewer_of

PUBLISHED = "newsletter.published"
MOST = 5  # newsletters in one digest

CAME = Statement(
    f"""
    SELECT issue.id, issue.title, issue.published_at, home.name
    FROM feed_newsletter issue JOIN schools_school home ON home.id = issue.school_id
    WHERE issue.school_id = ANY ((SELECT %(schools)s::uuid[])::uuid[])
        AND issue.published_at > %(since)s AND issue.published_at <= %(until)s
        AND issue.published_at <= now() AND issue.withdrawn_at IS NULL AND {{issue}}
    ORDER BY issue.published_at DESC LIMIT {MOST}
    """,  # noqa: S608 - our own number
    issue=Newsletter,
)


class TooEarlyError(Exception):
    """By the clock of this machine it is not out yet: the job is tried again."""


@on("newsletter.scheduled")
def let_it_go(event: Event) -> None:
    """At its moment, if who sent it last still leads or keeps the school; else a draft again."""
    sent = Event.objects.filter(verb=event.verb, subject_id=event.subject_id)
    if sent.filter(created_at__gt=event.created_at).exists():
        return  # it was held back, and sent again
    if issue := Newsletter.objects.filter(pk=event.subject_id).first():
        issue.let_go(sender=event.actor_id)


@on(PUBLISHED)
def tell_of_the_newsletter(event: Event) -> None:
    """Nobody, when it was held back, put off or withdrawn: then another event tells of it."""
    issue = Newsletter.objects.filter(pk=event.subject_id, withdrawn_at=None).first()
    if issue is None or issue.published_at is None:
        return
    if issue.published_at > clock.now() + CLOCKS_DIFFER:
        return
    if issue.published_at > clock.now():
        raise TooEarlyError
    notify(event, to=_readers(issue), about_id=issue.pk, kind=Kind.SCHOOL)


def _readers(issue: Newsletter) -> QuerySet[User]:
    people = recipients_of(issue)
    if issue.tells_staff:
        return people
    families = Guardianship.objects.filter(school=issue.school_id)
    return people.filter(pk__in=families.values("guardian"))


@on("newsletter.withdrawn")
def take_it_out_of_the_list(event: Event) -> None:
    """Nobody finds a notification of what is gone."""
    Notification.objects.filter(verb=PUBLISHED, subject_id=event.subject_id).delete()


@who_may_know(PUBLISHED)
def who_may_still_read(notification: Notification) -> QuerySet[User]:
    """Nobody, when it was withdrawn."""
    issue = Newsletter.objects.out().filter(pk=notification.subject_id).first()
    return recipients_of(issue) if issue else User.objects.none()


@letter(PUBLISHED)
def say_what_stands_in_it(
    notification: Notification,
    person: User,  # noqa: ARG001
    viewer: Viewer,
) -> Letter | None:
    """Its first words and what else there is: the office wrote those to be mailed."""
    out = Newsletter.objects.visible_to(viewer).out().select_related("school")
    issue = out.filter(pk=notification.subject_id).first()
    return letter_of(issue, viewer) if issue else None


def letter_of(issue: Newsletter, viewer: Viewer) -> Letter:
    """Titles with links; never the text of a message, and no photos."""
    path = reverse("feed:newsletter", args=[issue.pk])
    return Letter(
        school_id=issue.school_id,
        sender=issue.school.name,
        subject=issue.title,
        text=issue.intro,
        action=_("Read the newsletter"),
        path=path,
        stops=Kind.SCHOOL,
        template="mail/newsletter",
        context={
            "items": [one for one in titles_of(issue, viewer) if not one.gone],
            "school": issue.school.name,
        },
    )


standing(
    PUBLISHED,
    stands="""EXISTS (
        SELECT FROM feed_newsletter issue WHERE issue.id = note.subject_id
            AND issue.withdrawn_at IS NULL AND issue.published_at <= now() AND {issue})""",
    issue=Newsletter,
)


@lines(PUBLISHED)
def show_in_the_list(told: Sequence[Notification], viewer: Viewer) -> Mapping[UUID, Line]:
    """By its title, in one query; withdrawn ones not at all."""
    asked = {one.subject_id for one in told}
    out = Newsletter.objects.visible_to(viewer).out().select_related("school").in_bulk(asked)
    return {
        one.pk: Line(
            title=_("Newsletter of %(school)s") % {"school": out[one.subject_id].school.name},
            said=out[one.subject_id].title,
            path=reverse("feed:newsletter", args=[one.subject_id]),
            icon="newspaper",
        )
        for one in told
        if one.subject_id in out
    }


@digest_section(5)
def newsletters_of_the_school(viewer: Viewer, span: Span) -> DigestSection | None:
    """For who reads mail of the school in the digest only, and for who missed it."""
    rows = CAME.run(viewer, schools=array(viewer.school_ids), since=span.since, until=span.until)
    items = [
        DigestItem(
            title=title,
            path=reverse("feed:newsletter", args=[pk]),
            when=said_date(published_at),
            chip=school,
        )
        for pk, title, published_at, school in rows
    ]
    return DigestSection(title=_("Newsletter of the school"), items=items) if items else None


@job(queue="mail", outside=True)
def send_to_oneself(school_id: str, newsletter: str, person: str) -> None:
    """A mail of a draft to who makes it; nobody else hears of it. Again is another mail."""
    viewer = viewer_of(UUID(person))
    with seen_by(viewer):
        found = Newsletter.objects.changeable_by(viewer).filter(
            pk=newsletter, school=UUID(school_id)
        )
        issue = found.select_related("school").first()
        who = User.objects.visible_to(viewer).filter(pk=person, email__isnull=False).first()
        if issue is None or who is None:
            return
        with override(who.language):
            written = letter_of(issue, viewer)
    email = Email()
    try:
        email.send(lambda: compose(written, who, uuid4()))
    finally:
        email.close()
