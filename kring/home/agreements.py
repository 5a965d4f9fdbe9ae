"""'Onze afspraken': what a school agreed on, as sentences that families read.

Made from the school's policy of this moment and the hours that people keep, so that what stands
here is what Kring does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Employment, Enrollment, Policy, School, TeachingAssignment
from kring.schools.models.policy import named, named_for_all
from kring.schools.telephones import readable
from kring.schools.working_hours import hours_of, in_words


@dataclass(frozen=True)
class Part:
    """A few sentences about one thing."""

    title: str
    icon: str
    sentences: list[str]
    leads_to_wishes: bool = False
    rule: str = ""  # in the school's own words
    readers: list[str] = field(default_factory=list)  # who reads when, a line each


class Agreements:
    """Of one school, for who looks: the hours are those of the teachers of one's own children."""

    def __init__(self, school: School, viewer: Viewer) -> None:
        self.school, self.viewer = school, viewer
        known = Policy.objects.visible_to(viewer).filter(school=school)
        self.policy = known.order_by("version").last() or Policy(school=school)

    @property
    def is_care(self) -> bool:
        return self.school.kind == School.Kind.AFTERCARE

    @property
    def parts(self) -> list[Part]:
        """All of it, in the order in which people ask."""
        return [
            Part(_("Messages"), "message-circle", list(self._messages())),
            Part(_("When we read"), "clock", list(self._reading()), readers=self.readers),
            Part(_("Urgent messages"), "triangle-alert", list(self._urgent())),
            Part(_("Weekly newsletter"), "newspaper", list(self._newsletter())),
            Part(
                _("Photos and films"),
                "image",
                list(self._photos()),
                rule=self.policy.sharing_rule,
            ),
            Part(_("Do you want to hear less?"), "mail", [self._less()], leads_to_wishes=True),
        ]

    def _messages(self) -> Iterator[str]:
        if self.is_care:
            yield _("Messages to a group come from who works there.")
        else:
            yield _("Messages to a group come from who teaches it.")
        said = _("Messages to the whole school come from: %(who)s.")
        if self.is_care:
            said = _("Messages to everybody here come from: %(who)s.")
        roles = self.policy.school_post_roles
        yield said % {"who": self._who(named_for_all(roles, is_aftercare=self.is_care))}
        yield from self._how_often()
        if self.policy.comments_allowed:
            yield _("You may comment on a message, unless its writer switched that off.")
        else:
            yield _("Comments are off. Do you want to say something? Call or mail us.")

    def _how_often(self) -> Iterator[str]:
        least, most = self.policy.min_posts_a_week, self.policy.max_posts_a_day
        if least:
            said = ngettext(
                "Each group gets at least %(count)d message a week, but not in weeks without"
                " school.",
                "Each group gets at least %(count)d messages a week, but not in weeks without"
                " school.",
                least,
            )
            yield said % {"count": least}
        if most:
            said = ngettext(
                "A group gets at most %(count)d message a day. Urgent messages do not count.",
                "A group gets at most %(count)d messages a day. Urgent messages do not count.",
                most,
            )
            yield said % {"count": most}
        if not least and not most:
            yield _("How often a group hears from us, differs: there is no fixed number.")

    def _reading(self) -> Iterator[str]:
        if self.readers:
            yield _("What comes outside these hours, is read when the next working day begins.")
        else:
            yield _("Nobody filled in working hours here yet.")
        if self.school.telephone:
            said = _("Is it about today? Call %(telephone)s.")
            yield said % {"telephone": readable(self.school.telephone)}
        else:
            yield _("Is it about today? Call us.")

    def _urgent(self) -> Iterator[str]:
        said = _("Urgent messages come from: %(who)s.")
        held = named(self.policy.urgent_roles, is_aftercare=self.is_care)
        yield said % {"who": self._who(held)}
        yield _(
            "They come at once, by push message and by mail, also when you have chosen to hear"
            " less."
        )
        said = ngettext(
            "Read it in Kring, or press “I have read this”. Usually we call who has not read it"
            " after %(count)d minute.",
            "Read it in Kring, or press “I have read this”. Usually we call who has not read it"
            " after %(count)d minutes.",
            self.policy.call_after_minutes,
        )
        yield said % {"count": self.policy.call_after_minutes}

    def _newsletter(self) -> Iterator[str]:
        if not self.policy.weekly_newsletter:
            yield _("There is no weekly newsletter by mail.")
            return
        said = _(
            "Every week on %(day)s at %(hour)d:00 you get one mail that says which messages there"
            " were and what is coming. When there is nothing, there is no mail."
        )
        day = str(WEEKDAYS[self.policy.weekly_weekday - 1]).lower()
        yield said % {"day": day, "hour": self.policy.weekly_hour}

    def _photos(self) -> Iterator[str]:
        if self.policy.families_save_photos:
            yield _("You may save photos and films for yourself.")
        else:
            yield _("You look at photos and films in Kring. There is no button to save them.")
        if not self.policy.sharing_rule:
            yield _("Do not share photos of other children any further.")

    def _less(self) -> str:
        return _(
            "You choose yourself what comes by mail and by push message, and when you want quiet."
            " In Kring you can always read everything."
        )

    def _who(self, held: frozenset[str]) -> str:
        labels = [str(role.label) for role in Employment.Role if role in held]
        return get_text_list(labels, _("and"))

    @cached_property
    def readers(self) -> list[str]:
        """'Juf Sanne reads messages on mo and tu from 8:00 to 16:30': four queries."""
        people = self._teachers()
        hours = hours_of(people, self.viewer)
        jobs = Employment.objects.visible_to(self.viewer).on(clock.today())
        called = dict(
            jobs.filter(school=self.school, user__in=people)
            .exclude(called="")
            .values_list("user_id", "called")
        )
        return [
            _("%(name)s reads messages on %(hours)s.")
            % {"name": _name(person, called.get(key, "")), "hours": in_words(kept)}
            for key, person in people.items()
            if (kept := hours.get((key, self.school.pk)))
        ]

    def _teachers(self) -> dict[UUID, User]:
        """Of the groups of one's own children here, or of those that one teaches."""
        stays = Enrollment.objects.visible_to(self.viewer).on(clock.today())
        own = self.viewer.ids("child_ids", "informed_ids")
        groups = set(
            stays.filter(student__in=own, school=self.school).values_list("group_id", flat=True)
        )
        lessons = TeachingAssignment.objects.visible_to(self.viewer).on(clock.today())
        here = lessons.filter(group__in=groups or self.viewer.taught_group_ids, school=self.school)
        rows = here.select_related("user").order_by("kind", "user__sort_key", "user")
        return {lesson.user_id: lesson.user for lesson in rows}


def _name(person: User, called: str) -> str:
    return called[:1].upper() + called[1:] or person.name
