"""The staff of a roster: proposals, which give no right until somebody of the school says yes."""

from __future__ import annotations

from uuid import UUID

from kring.base.names import full_name
from kring.importing.children import NOT_IN_FILE
from kring.importing.differences import GONE, STAYS
from kring.importing.drafting import Draft, change
from kring.importing.grouping import Groups
from kring.importing.matching import usable
from kring.importing.roster import StaffLine
from kring.importing.standing import Employed, Proposed, alike
from kring.schools.models import StaffProposal

NAMES = ("first_name", "infix", "last_name", "email")
PROPOSED = (*NAMES, "roles", "group_ids")
SETTLED = (*NAMES, "roles")  # of one that was decided on: groups change each year


class Colleagues:
    """Draws up what is proposed."""

    def __init__(self, draft: Draft, groups: Groups | None) -> None:
        self.draft, self.groups = draft, groups
        self.employed = {one.source_id: one for one in draft.standing.employed}
        self.proposed = {one.source_id: one for one in draft.standing.proposed}
        self.spoken_of: set[str] = set()

    def draw(self) -> None:
        """All of the file; afterwards those who are not in it."""
        for line in self.draft.roster.staff:
            key = usable(line.key) or self._key_by_name(line)
            self.spoken_of.add(key)
            self._meet(line, key)
        if self.draft.roster.is_whole and self.draft.roster.staff:
            self._draw_gone()

    def _key_by_name(self, line: StaffLine) -> str:
        """Of a line whose own key is good for nothing."""
        name, address = alike(line.first_name, line.last_name), line.email.lower()
        known: list[Employed | Proposed] = [*self.draft.standing.employed]
        known += self.draft.standing.proposed
        for one in known:
            theirs = one.address if isinstance(one, Employed) else one.email
            if (alike(one.first_name, one.last_name), (theirs or "").lower()) == (name, address):
                return one.source_id
        return f"#{name} {address}"[:256]

    def _meet(self, line: StaffLine, key: str) -> None:
        wanted = self._wanted(line)
        employed, proposed = self.employed.get(key), self.proposed.get(key)
        if employed:
            self._compare_employed(line, employed, proposed, wanted)
        elif proposed:
            self._compare_proposed(line, proposed, wanted)
        else:
            row_id = self.draft.make(StaffProposal, source_id=key, **wanted)
            shown = {"detail": ", ".join(line.roles), "line": line.line}
            self.draft.say("new", "staff", f"staff:{key}", _name(line), **shown)
            self.draft.note("staff_proposal.made", row_id, ("first_name", "last_name", "email"))

    def _wanted(self, line: StaffLine) -> dict[str, object]:
        units = self.groups.units if self.groups else {}
        at = [units[key].id for key in line.group_keys if key in units]
        names = {name: getattr(line, name) for name in NAMES}
        return names | {"roles": list(line.roles), "group_ids": at}

    def _compare_employed(
        self,
        line: StaffLine,
        employed: Employed,
        proposed: Proposed | None,
        wanted: dict[str, object],
    ) -> None:
        """Somebody who works here: another name or address is proposed, and nothing else."""
        now: dict[str, object] = {"first_name": employed.first_name, "infix": employed.infix}
        now |= {"last_name": employed.last_name, "email": employed.address or line.email}
        differing = {name for name in NAMES if str(now[name]).lower() != str(wanted[name]).lower()}
        if not line.email:
            differing.discard("email")
        if proposed and all(getattr(proposed, name) == wanted[name] for name in NAMES):
            return  # it was said before
        if differing:
            self._propose(line, employed.source_id, proposed, wanted, now, differing)

    def _compare_proposed(
        self, line: StaffLine, proposed: Proposed, wanted: dict[str, object]
    ) -> None:
        fields = SETTLED if proposed.settled_at else PROPOSED
        now = {name: getattr(proposed, name) for name in fields}
        differing = {name for name in fields if now[name] != wanted[name]}
        if differing:
            self._propose(line, proposed.source_id, proposed, wanted, now, differing)

    def _propose(
        self,
        line: StaffLine,
        key: str,
        proposed: Proposed | None,
        wanted: dict[str, object],
        now: dict[str, object],
        differing: set[str],
    ) -> None:
        changes = tuple(
            change(name, *self._pair(now[name], wanted[name]))
            for name in PROPOSED
            if name in differing
        )
        shown = {"changes": changes, "line": line.line}
        self.draft.say("changed", "staff", f"staff:{key}", _name(line), **shown)
        if proposed:
            opened = {"settled_at": None, "was_accepted": False}
            self.draft.change(StaffProposal, proposed.id, wanted | opened)
            row_id = proposed.id
        else:
            row_id = self.draft.make(StaffProposal, source_id=key, **wanted)
        self.draft.note("staff_proposal.changed", row_id, sorted(differing))

    def _pair(self, *values: object) -> list[object]:
        """Before and after; groups by their names, and by their years where those alone differ."""
        named = [self._named(one) for one in values]
        return named if named[0] != named[1] else [self._named(one, years=True) for one in values]

    def _named(self, value: object, *, years: bool = False) -> object:
        if not isinstance(value, list):
            return value
        return [self._name_of(one, years=years) for one in value]

    def _name_of(self, one: object, *, years: bool) -> object:
        """Of a group; a role stays as it is."""
        standing = self.draft.standing
        if not isinstance(one, UUID) or one not in standing.groups:
            return one
        name = standing.groups[one].name
        return f"{name} {standing.year_of(one).name}" if years else name

    def _draw_gone(self) -> None:
        """An employment stays until a person ends it; a proposal that waits is withdrawn."""
        for one in self.draft.standing.employed:
            key = f"{GONE}{one.id}"
            if one.source_id in self.spoken_of or self.draft.standing.settled.get(key) == STAYS:
                continue
            self.draft.say("gone", "staff", key, one.name, reason=NOT_IN_FILE)
        for waiting in self.draft.standing.proposed:
            if waiting.settled_at or waiting.source_id in self.spoken_of | self.employed.keys():
                continue
            name = full_name(waiting.first_name, waiting.infix, waiting.last_name)
            self.draft.say("gone", "staff", f"{GONE}{waiting.id}", name, reason=NOT_IN_FILE)
            values = {"settled_at": self.draft.now, "was_accepted": False}
            self.draft.change(StaffProposal, waiting.id, values)
            self.draft.note("staff_proposal.withdrawn", waiting.id)


def _name(line: StaffLine) -> str:
    return full_name(line.first_name, line.infix, line.last_name)
