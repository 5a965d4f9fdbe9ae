"""Mails to who lead a school and keep its books, of what none of them should be the last to hear.

One job for each reader, so that a mail server that fails for one makes nobody read it twice. Only
ids travel; whether the reader still leads the school is looked at when the mail goes.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kring.accounts.models import User
from kring.base import clock
from kring.base.ids import new_id
from kring.base.jobs import at_work, job
from kring.base.mail import letter
from kring.base.visibility import Viewer
from kring.notifications.channels import RefusedError
from kring.notifications.channels.email import Email, sent_by
from kring.schools.models import Employment, School

log = structlog.get_logger("kring.office")

FACTORS = "factors"  # else what happened is a role that was given
SUBJECTS: dict[str, Promise] = {
    Employment.Role.PRINCIPAL: _("%(name)s is now principal of %(school)s"),
    Employment.Role.ADMINISTRATOR: _("%(name)s is now administrator of %(school)s"),
    FACTORS: _("The second step of %(name)s was taken away"),
}
SENTENCES: dict[str, Promise] = {
    Employment.Role.PRINCIPAL: _(
        "%(by)s made %(name)s principal of %(school)s. A principal sees and changes everything of"
        " the school. Is that not right? Take the role away."
    ),
    Employment.Role.ADMINISTRATOR: _(
        "%(by)s made %(name)s administrator of %(school)s. An administrator sees and changes"
        " everything of the school. Is that not right? Take the role away."
    ),
    FACTORS: _(
        "%(by)s took away the second step of %(name)s, who works at %(school)s. From now on"
        " %(name)s gets in with a code from the mail, and then sets up a new second step. Ask"
        " %(name)s whether that is right. If not, let %(name)s stop working here at once: then all"
        " is closed."
    ),
}
SOMEBODY = _("Somebody of the office")  # who has left since


@dataclass(frozen=True)
class News:
    """What happened, as a mail says it."""

    what: str
    reader: User
    person: User
    by: User | None  # none: nobody whom this school knows any more
    school: School


def leaders(school_id: UUID, viewer: Viewer) -> set[UUID]:
    """Who lead this school today or keep its books, came in, and read mail."""
    held = Employment.objects.visible_to(viewer).on(clock.today())
    here = held.filter(school=school_id, role__in=Employment.LEADING)
    reading = here.filter(user__joined_at__isnull=False, user__is_active=True)
    return set(reading.exclude(user__email=None).values_list("user", flat=True))


def tell_leaders(what: str, person_id: UUID, *, school_id: UUID, by: Viewer) -> None:
    """Write to each of them but who did it and who it was done to; with this transaction."""
    for reader in sorted(leaders(school_id, by) - {by.user_id, person_id}):
        tell_leader.enqueue(
            school_id, what=what, reader=reader, person=person_id, by=by.person_id, key=new_id()
        )


@job(queue="mail", outside=True)
def tell_leader(school_id: str, what: str, reader: str, person: str, by: str, key: str) -> None:
    """Send one mail. However often it goes, it has the same Message-ID."""
    with at_work(school_id):
        news = _news(UUID(school_id), what, UUID(reader), UUID(person), UUID(by))
    if news is None:
        return
    try:
        with closing(Email()) as channel:
            channel.send(lambda: _compose(news, key))
    except RefusedError as error:
        log.warning("leader.not_told", reader=reader, what=what, answer=str(error))


def _news(school_id: UUID, what: str, reader: UUID, person: UUID, by: UUID) -> News | None:
    """None where the reader leads no more, or the person is not known here any more."""
    viewer = Viewer.service(school_id)
    people = User.objects.visible_to(viewer).in_bulk([reader, person, by])
    if person not in people or reader not in leaders(school_id, viewer):
        return None
    school = School.objects.visible_to(viewer).get(pk=school_id)
    return News(what, people[reader], people[person], people.get(by), school)


def _compose(news: News, key: str) -> EmailMultiAlternatives:
    page = reverse("office:colleague", args=[news.school.pk, news.person.pk])
    with override(news.reader.language):
        named = {
            "name": news.person.name,
            "school": news.school.name,
            "by": news.by.name if news.by else str(SOMEBODY),
        }
        made = letter(
            "office/mail/leaders",
            to=str(news.reader.email),
            subject=str(SUBJECTS[news.what]) % named,
            said=str(SENTENCES[news.what]) % named,
            person=news.reader,
            link=settings.ORIGIN + page,
        )
    made.from_email = sent_by(news.school.name)
    made.extra_headers["Message-ID"] = f"<{key}@{urlsplit(settings.ORIGIN).hostname}>"
    return made
