"""What a school agreed on about posting, for one writer: its policy as it holds at this moment.

Row security is the outer bound (``Writes``); what stands here only narrows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Employment, Policy, School
from kring.schools.models.policy import named, named_for_all

Role = Employment.Role


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Of one organisation, for who writes there."""

    policy: Policy
    roles: frozenset[str]  # of the writer, today
    is_aftercare: bool = False
    leads: bool = False  # nobody counts the messages of who answers for the school

    @property
    def may_post_to_all(self) -> bool:
        """Whether the school named a role of this writer for messages to the whole school."""
        told = named_for_all(self.policy.school_post_roles, is_aftercare=self.is_aftercare)
        return not self.roles.isdisjoint(told)

    @property
    def who_may_post_to_all(self) -> str:
        """The roles that may, as a sentence names them."""
        told = named_for_all(self.policy.school_post_roles, is_aftercare=self.is_aftercare)
        return _listed(told)

    @property
    def may_send_urgent(self) -> bool:
        """Whether the school named a role of this writer for urgent messages."""
        return not self.roles.isdisjoint(self._named(self.policy.urgent_roles))

    @property
    def who_may_send_urgent(self) -> str:
        """The roles that may, as a sentence names them."""
        told = self._named(self.policy.urgent_roles)
        return _listed(told)

    @property
    def most_a_day(self) -> int:
        """Messages to a group on one day; 0: as many as one likes."""
        return self.policy.max_posts_a_day

    @property
    def call_after(self) -> timedelta:
        """When the call list of an urgent message opens, unless its writer says otherwise."""
        return timedelta(minutes=self.policy.call_after_minutes)

    def refuse(self, audience: Audience, *, urgent: bool) -> None:
        """Raise PermissionDenied for what the school gives to other roles."""
        if urgent and not self.may_send_urgent:
            raise PermissionDenied("the school names other roles for urgent messages")
        if audience.whole_school and not self.may_post_to_all:
            raise PermissionDenied("the school names other roles for messages to all of it")

    def _named(self, roles: Iterable[str]) -> frozenset[str]:
        return named(roles, is_aftercare=self.is_aftercare)


def _listed(told: frozenset[str]) -> str:
    return get_text_list([str(one.label) for one in Role if one in told], _("and"))


def rules_of(viewer: Viewer, school_ids: Iterable[UUID]) -> Mapping[UUID, Rules]:
    """Those of these organisations that somebody works for, in three queries."""
    wanted = viewer.staff_of.intersection(school_ids)
    policies = Policy.objects.visible_to(viewer).filter(school__in=wanted)
    newest = {one.school_id: one for one in policies.current()}
    schools = School.objects.visible_to(viewer).filter(kind=School.Kind.AFTERCARE)
    aftercare = set(schools.filter(pk__in=wanted).values_list("pk", flat=True))
    jobs = Employment.objects.visible_to(viewer).on(clock.today()).filter(user=viewer.user_id)
    roles: defaultdict[UUID, set[str]] = defaultdict(set)
    for school_id, role in jobs.filter(school__in=wanted).values_list("school", "role"):
        roles[school_id].add(role)
    return {
        school_id: Rules(
            policy=newest.get(school_id) or Policy(school_id=school_id),
            # A substitute without employment is a teacher.
            roles=frozenset(roles[school_id] or {Role.TEACHER}),
            is_aftercare=school_id in aftercare,
            leads=school_id in viewer.ids("leads", "administers"),
        )
        for school_id in wanted
    }
