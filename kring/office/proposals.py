"""The members of staff whom files named, and what the office answers to each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction

from kring.base.visibility import Viewer
from kring.office import staffing
from kring.office.forms.staff import ProposalForm, roles_of
from kring.office.team import groups_now
from kring.schools.models import School, StaffProposal

AT_ONCE = 60  # on a page; who has more, settles these first


class Proposals:
    """The first that are open, each with its answer; settled together."""

    def __init__(
        self, school: School, viewer: Viewer, data: Any = None, *, says_yes: bool = False
    ) -> None:
        self.school, self.viewer, self.data, self.says_yes = school, viewer, data, says_yes

    @staticmethod
    def count(school: School, viewer: Viewer) -> int:
        """How many wait for an answer."""
        return StaffProposal.objects.visible_to(viewer).open().filter(school=school).count()

    @cached_property
    def forms(self) -> list[ProposalForm]:
        """One for each, in the order of the file."""
        standing = StaffProposal.objects.changeable_by(self.viewer).open()
        rows = standing.filter(school=self.school).order_by("last_name", "first_name", "pk")
        shared: dict[str, Any] = {
            "groups": list(groups_now(self.school, self.viewer)),
            "roles": roles_of(self.school),
            "says_yes": self.says_yes,
        }
        return [ProposalForm(self.data, proposal=row, **shared) for row in rows[:AT_ONCE]]

    def is_valid(self) -> bool:
        """Whether each answer can be carried out."""
        return all(form.is_valid() for form in self.forms)  # the page asks the rest, too

    @transaction.atomic
    def settle(self) -> int:
        """Carry out the answers; says how many work here now."""
        return sum(self._settle(form) for form in self.forms)

    def _settle(self, form: ProposalForm) -> bool:
        told, proposal = form.cleaned_data, form.proposal
        if told["answer"] == form.NO:
            proposal.decline(by=self.viewer)
        if told["answer"] != form.YES:
            return False
        wanted = {name: told[name] for name in ("roles", "groups", "email")}
        return staffing.accept(proposal, by=self.viewer, **wanted)
