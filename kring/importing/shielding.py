"""Whom a list may not bring back unasked: who was turned away, under another name or address."""

from __future__ import annotations

from uuid import UUID

from kring.importing.drafting import Draft
from kring.importing.roster import CareLine
from kring.importing.standing import Tie, alike

SHIELDED = "shielded"  # somebody new, who may be one that the office keeps from this child
WITHHELD = "withheld"


class Shields:
    """The ties that the office withheld or ended."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.withheld: dict[str, Tie] = {}  # of any child, by name and by address
        for ties in draft.standing.ties.values():
            for tie in ties:
                if tie.access == WITHHELD:
                    for at in (alike(tie.first_name, tie.last_name), *_addresses(tie)):
                        self.withheld.setdefault(at, tie)

    def against(self, line: CareLine, held: list[Tie]) -> tuple[Tie, ...]:
        """Whom this line may be; ``held`` are all ties of the child, also those that are over."""
        here = {tie.guardian_id for tie in held if self._stands(tie)}
        found = [tie for tie in held if self._is_kept_off(tie, here) and _may_be(line, tie)]
        name = alike(line.first_name, line.last_name) if line.last_name else ""
        elsewhere = self.withheld.get(name) if name else None
        elsewhere = elsewhere or (self.withheld.get(line.email.lower()) if line.email else None)
        if not found and elsewhere:
            found = [elsewhere]
        return tuple(found)

    def _is_kept_off(self, tie: Tie, here: set[UUID]) -> bool:
        """One that is over says nothing where the same person came back."""
        return tie.access == WITHHELD or not (self._holds(tie) or tie.guardian_id in here)

    def _stands(self, tie: Tie) -> bool:
        return self._holds(tie) and tie.access != WITHHELD

    def _holds(self, tie: Tie) -> bool:
        return not tie.ends_at or tie.ends_at > self.draft.now


def _may_be(line: CareLine, tie: Tie) -> bool:
    """The same relation, last name or address; anybody where the line says no name."""
    if not line.last_name or tie.relation == line.relation:
        return True
    same_name = tie.last_name and alike("", tie.last_name) == alike("", line.last_name)
    return bool(same_name or (line.email and line.email.lower() in _addresses(tie)))


def _addresses(tie: Tie) -> set[str]:
    return {one.lower() for one in (tie.email, tie.address) if one}
