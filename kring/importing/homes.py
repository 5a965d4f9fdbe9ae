"""The homes of a list, and who may be put into one without a question.

Who lives in a home reads its address. So nobody is put by a file where others live whose address
the school knows, and never where somebody of them lives in secret.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from kring.importing.differences import Candidate
from kring.importing.drafting import Draft, change
from kring.importing.roster import CareLine, Problem
from kring.importing.standing import Tie, alike
from kring.schools.models import Household

JOINS_HOME = "joins_home"  # others live there, and their address would be seen
SECRET_HOME = "secret_home"  # noqa: S105 - somebody lives there whose address is secret


class Asked(NamedTuple):
    """Who would be put into a home, and how that is shown."""

    person: UUID | None  # the card, where there is one already
    key: str
    name: str
    detail: str
    before: str = ""  # the home of now


class Homes:
    """Finds and makes them, and asks."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.tied: defaultdict[UUID, list[Tie]] = defaultdict(list)
        for ties in draft.standing.ties.values():
            for tie in ties:
                if tie.household_id:
                    self.tied[tie.household_id].append(tie)

    def of(self, key: str) -> UUID:
        """The home with this key in lists."""
        homes = self.draft.standing.homes
        if key not in homes:
            homes[key] = self.draft.make(Household, source_id=key)
        return homes[key]

    def is_open(self, line: CareLine, person: UUID | None) -> bool:
        """Whether the list alone can put this person there."""
        others = self._others(line, person)
        is_secret = any(tie.has_secret_address for tie in others)
        return not others or not (is_secret or self._street(line))

    def asked(self, line: CareLine, asked: Asked) -> bool:
        """Whether the office puts this person there; never where it is secret."""
        others = self._others(line, asked.person)
        if any(tie.has_secret_address for tie in others):
            self.leave_out(line, asked)
            return False
        yes = Candidate(id=str(self.of(line.household)), name=line.household)
        key = f"home:{asked.key}"
        self.draft.say(
            "doubtful",
            "carer",
            key,
            asked.name,
            detail=asked.detail,
            reason=JOINS_HOME,
            whom=", ".join(dict.fromkeys(tie.name or tie.email for tie in others)),
            changes=(change("household", asked.before, self._street(line)),),
            candidates=(yes,),
            line=line.line,
        )
        return self.draft.answer(key, (yes,)) == yes.id

    def leave_out(self, line: CareLine, asked: Asked) -> None:
        """Say that the home was not taken over where somebody lives there in secret."""
        if any(tie.has_secret_address for tie in self._others(line, asked.person)):
            found = Problem(
                code=SECRET_HOME,
                level="warning",
                line=line.line,
                column="household",
                value=f"{asked.name} ({asked.detail})",
            )
            self.draft.remarks.append(found)

    def _street(self, line: CareLine) -> str:
        homes = self.draft.standing
        return homes.streets.get(homes.homes[line.household], "")

    def _others(self, line: CareLine, person: UUID | None) -> list[Tie]:
        """Who else lives or lived there; nobody where this person lives there already."""
        home_id = self.draft.standing.homes.get(line.household)
        tied = self.tied.get(home_id, []) if home_id else []
        own = [tie for tie in tied if _is_of(tie, line, person)]
        if any(not tie.ends_at or tie.ends_at > self.draft.now for tie in own):
            return []
        return [tie for tie in tied if tie not in own]


def _is_of(tie: Tie, line: CareLine, person: UUID | None) -> bool:
    """By the card; or, of who came in already, by name and address together."""
    if tie.guardian_id == person:
        return True
    named = line.last_name and alike(line.first_name, line.last_name)
    reached = line.email and line.email.lower() in {tie.email.lower(), (tie.address or "").lower()}
    return bool(named and reached and named == alike(tie.first_name, tie.last_name))
