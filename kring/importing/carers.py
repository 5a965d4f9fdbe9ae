"""The parents and carers of a roster: ties with children, and the name cards that wait for them.

No account is ever linked by its address: whoever is new to a child gets a card that waits, the same
one for brothers and sisters, and comes in with a code or an invitation. What the office ended or
made stricter is not touched by a file, nor does one bring somebody back under another name.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from kring.accounts.models import User
from kring.base.names import full_name, sort_key
from kring.importing.children import Met
from kring.importing.differences import NEW, Candidate, FieldChange
from kring.importing.drafting import Draft, change
from kring.importing.homes import Asked, Homes
from kring.importing.roster import CareLine
from kring.importing.shielding import SHIELDED, Shields
from kring.importing.standing import Tie, alike
from kring.schools.models import Guardianship

# Why a carer is doubtful; worded in ``importing/wording.py``.
TIE_ENDED = "tie_ended"  # the office ended the tie of this person with this child
STRICTER = "stricter"  # the office lets this person see less than the file says
SAME_ADDRESS = "same_address"  # another name with the address of somebody who is here

FACTS = ("relation", "has_authority", "access", "telephone", "email")
WIDTH = {"withheld": 0, "pick_up": 1, "informed": 2, "in_care": 3}  # of access


class Found(NamedTuple):
    """What a line is among the ties of its child."""

    tie: Tie | None = None  # none and no doubt: somebody new to this child
    doubt: str = ""
    candidates: tuple[Tie, ...] = ()


class Carers:
    """Draws up what becomes of the ties."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.homes, self.shields = Homes(draft), Shields(draft)
        self.cards: dict[tuple[str, ...], UUID] = {}
        self.names: dict[UUID, str] = {}
        for ties in draft.standing.ties.values():
            for tie in ties:
                self._learn(tie)

    def draw(self, met: list[Met]) -> None:
        """All carers of the children that were met."""
        for child in met:
            held = list(self.draft.standing.ties.get(child.student_id, ()))
            spoken_of: set[UUID] = set()
            for line in child.line.carers:
                self._meet(child, line, held, spoken_of)

    def _meet(self, child: Met, line: CareLine, held: list[Tie], spoken_of: set[UUID]) -> None:
        """One carer of one child; ``spoken_of`` are the cards that this child has had."""
        found = self._find(line, [one for one in held if one.guardian_id not in spoken_of])
        if not (found.tie or found.doubt) and (others := self.shields.against(line, held)):
            found = Found(doubt=SHIELDED, candidates=others)
        key = f"carer:{child.key}:{line.email.lower()}:{_alike(line)}"
        if child.was_asked:  # whose child it is was a question: adding somebody was shown with it
            if not found.doubt and not found.tie:
                self._add(child, line, spoken_of, moves=self._may_move(child, line))
        elif found.doubt:
            self._decide(child, line, found, key, spoken_of)
        elif found.tie:
            spoken_of.add(found.tie.guardian_id)
            self._update(child, line, found.tie, key)
        elif self._add(child, line, spoken_of, moves=self._moves_in(child, line, key)):
            shown = {"detail": _child(child), "line": line.line}
            self.draft.say("new", "carer", key, _shown(line), **shown)

    # ── which tie ────────────────────────────────────────────────────────────
    def _find(self, line: CareLine, held: list[Tie]) -> Found:
        standing = [tie for tie in held if not tie.ends_at or tie.ends_at > self.draft.now]
        match = _best(line, standing)
        if match.tie:
            wider = WIDTH[line.access] > WIDTH[match.tie.access]
            wider = wider and bool(_speaks_of_access(line) or self._changes(line, match.tie))
            if wider or _gives_authority(line, match.tie):
                return Found(doubt=STRICTER, candidates=(match.tie,))
            return match
        if match.doubt:
            return match
        ended = _best(line, [tie for tie in held if tie not in standing])
        if ended.tie:
            return Found(doubt=TIE_ENDED, candidates=(ended.tie,))
        return Found()

    def _decide(
        self, child: Met, line: CareLine, found: Found, key: str, spoken_of: set[UUID]
    ) -> None:
        """What the office said; it is shown as doubtful all the same."""
        candidates = self._ask(child, line, found, key)
        answer = self.draft.answer(key, candidates)
        tie = next((one for one in found.candidates if str(one.id) == answer), None)
        again = tie is not None and found.doubt == TIE_ENDED  # an end stays; a new tie begins
        moves = self._may_move(child, line, tie)  # one question at a time
        if answer == NEW or again:
            card = tie.guardian_id if tie else None
            self._add(child, line, spoken_of, moves=moves, card=card)
        elif tie:
            spoken_of.add(tie.guardian_id)
            self._write(line, tie, widens=True, moves=moves)

    def _ask(self, child: Met, line: CareLine, found: Found, key: str) -> tuple[Candidate, ...]:
        """Show the question; who it may be."""
        about = {"detail": _child(child), "reason": found.doubt, "line": line.line}
        if found.doubt == SHIELDED:  # not who it is, but whether it may be
            whom = ", ".join(dict.fromkeys(tie.name or tie.email for tie in found.candidates))
            self.draft.say("doubtful", "carer", key, _shown(line), **about, whom=whom)
            return ()
        candidates = tuple(
            Candidate(id=str(tie.id), name=tie.name, detail=tie.email) for tie in found.candidates
        )
        tie = found.candidates[0]
        moves = self.homes.is_open(line, tie.guardian_id)
        changes = tuple(self._changes(line, tie, widens=True, moves=moves))
        shown = {"candidates": candidates, "changes": changes}
        self.draft.say("doubtful", "carer", key, _shown(line), **about, **shown)
        return candidates

    # ── what becomes of it ───────────────────────────────────────────────────
    def _update(self, child: Met, line: CareLine, tie: Tie, key: str) -> None:
        moves = self._moves(line, tie)
        is_open = self.homes.is_open(line, tie.guardian_id)
        changes = self._changes(line, tie, moves=is_open)
        if changes:
            shown = {"detail": _child(child), "changes": tuple(changes), "line": line.line}
            self.draft.say("changed", "carer", key, tie.name or tie.email, **shown)
        if moves and not is_open:
            about = self._about(child, line, tie.guardian_id, key)
            is_open = self.homes.asked(line, about._replace(before=moves[0].before))
        self._write(line, tie, moves=is_open)

    def _write(self, line: CareLine, tie: Tie, *, widens: bool = False, moves: bool = True) -> None:
        changes = self._changes(line, tie, widens=widens, moves=moves)
        fields = {one.field for one in changes}
        values: dict[str, object] = {
            name: getattr(line, name) for name in fields - {"household", "name"}
        }
        if "household" in fields:
            values["household_id"] = self.homes.of(line.household)
        if "access" in fields and tie.asked_at:
            values["asked_at"] = None  # what is said of access is an answer
        if values:
            self.draft.change(Guardianship, tie.id, values, student=tie.student_id)
        if "name" in fields:
            self._name_card(line, tie)
        if changes:
            about = {"student": tie.student_id, "person": tie.guardian_id}
            self.draft.note("guardianship.changed", tie.id, sorted(fields), **about)

    def _changes(
        self, line: CareLine, tie: Tie, *, widens: bool = False, moves: bool = True
    ) -> list[FieldChange]:
        """What the line says otherwise; what it leaves open stays as it is."""
        wanted = {"telephone": line.telephone, "relation": said(line.relation, "other")}
        if widens or not _gives_authority(line, tie):
            wanted["has_authority"] = said(line.has_authority, "unknown")
        if line.email.lower() not in {tie.email.lower(), (tie.address or "").lower()}:
            wanted["email"] = line.email
        if _speaks_of_access(line) and (widens or WIDTH[line.access] < WIDTH[tie.access]):
            wanted["access"] = line.access
        changes = [
            change(name, getattr(tie, name), new)
            for name, new in wanted.items()
            if new and new != getattr(tie, name)
        ]
        changes += self._moves(line, tie) if moves else []
        if tie.is_unnamed and tie.waits and line.last_name:
            changes.append(change("name", tie.name, _shown(line)))
        return changes

    def _moves(self, line: CareLine, tie: Tie) -> list[FieldChange]:
        """To the home of the line; one that the office wrote down stays."""
        keys = self.draft.standing.home_keys
        home = keys.get(tie.household_id) if tie.household_id else ""
        if not line.household or home is None or home == line.household:
            return []
        return [change("household", home, line.household)]

    def _add(
        self,
        child: Met,
        line: CareLine,
        spoken_of: set[UUID],
        *,
        moves: bool,
        card: UUID | None = None,
    ) -> bool:
        """A new tie; none where this very person was named already."""
        person = card or self._card(line)
        if person in spoken_of:
            return False
        spoken_of.add(person)
        tie_id = self.draft.make(
            Guardianship,
            guardian_id=person,
            student_id=child.student_id,
            household_id=self.homes.of(line.household) if moves and line.household else None,
            **{name: getattr(line, name) for name in FACTS},
            starts_at=self.draft.now,
        )
        about = {"student": child.student_id, "person": person}
        self.draft.note("guardianship.began", tie_id, ("guardian",), **about)
        return True

    # ── cards and homes ──────────────────────────────────────────────────────
    def _learn(self, tie: Tie) -> None:
        """A card that waits may serve for a brother or sister."""
        if not tie.waits:
            return
        home = self.draft.standing.home_keys.get(tie.household_id, "") if tie.household_id else ""
        name = "" if tie.is_unnamed else alike(tie.first_name, tie.last_name)
        for at in _identities(name, tie.email, home):
            self.cards.setdefault(at, tie.guardian_id)

    def _card(self, line: CareLine) -> UUID:
        """The card of this person, made where there is none that waits."""
        person = self._known(line) or self._make_card(line)
        for one in _identities(_alike(line), line.email, line.household):
            self.cards.setdefault(one, person)
        return person

    def _known(self, line: CareLine) -> UUID | None:
        """The card that waits for this person already."""
        at = _identities(_alike(line), line.email, line.household)
        return next((self.cards[one] for one in at if one in self.cards), None)

    def _make_card(self, line: CareLine) -> UUID:
        first, infix, last = line.first_name, line.infix, line.last_name
        if not (first or last):
            first = line.email.split("@", maxsplit=1)[0].split(".", maxsplit=1)[0].capitalize()[:80]
        nobody = {"email": None, "username": None, "joined_at": None}
        names = {"first_name": first, "infix": infix, "last_name": last}
        return self.draft.make(User, **names, **nobody, sort_key=sort_key(first, last))

    def _name_card(self, line: CareLine, tie: Tie) -> None:
        """A list of addresses came first; now somebody has a name."""
        if self.names.setdefault(tie.guardian_id, _alike(line)) and tie.is_unnamed:
            first, last = line.first_name, line.last_name
            names = {"first_name": first, "infix": line.infix, "last_name": last}
            self.draft.change(User, tie.guardian_id, names | {"sort_key": sort_key(first, last)})

    def _moves_in(self, child: Met, line: CareLine, key: str) -> bool:
        """Whether somebody new is put into the home of the line: by the list alone, or asked."""
        person = self._known(line)
        if self.homes.is_open(line, person):
            return True
        return self.homes.asked(line, self._about(child, line, person, key))

    def _may_move(self, child: Met, line: CareLine, tie: Tie | None = None) -> bool:
        """The same where there is a question already: what would be asked is left out."""
        person = tie.guardian_id if tie else self._known(line)
        if self.homes.is_open(line, person):
            return True
        self.homes.leave_out(line, self._about(child, line, person, ""))
        return False

    def _about(self, child: Met, line: CareLine, person: UUID | None, key: str) -> Asked:
        return Asked(person, key, _shown(line), _child(child))


def _best(line: CareLine, held: list[Tie]) -> Found:
    """The tie of the person of this line, by address and name together, then by either."""
    name, address = _alike(line), line.email.lower()
    named = [tie for tie in held if name and alike(tie.first_name, tie.last_name) == name]
    reached = [tie for tie in held if address and address in _addresses(tie)]
    both = [tie for tie in named if tie in reached]
    if both or named:
        return Found((both or named)[0])
    if any(not name or tie.is_unnamed for tie in reached):
        return Found(next(tie for tie in reached if not name or tie.is_unnamed))
    return Found(doubt=SAME_ADDRESS, candidates=tuple(reached)) if reached else Found()


def _addresses(tie: Tie) -> set[str]:
    return {tie.email.lower(), (tie.address or "").lower()}


def _identities(name: str, email: str, home: str) -> list[tuple[str, ...]]:
    """What a card is known by: an address with a name, a home with a name, an address alone."""
    if not name:
        return [("address", email.lower())] if email else []
    parts = (("address", email.lower(), name), ("home", home, name))
    return [one for one in parts if one[1]]


def said(value: str, nothing: str) -> str:
    """A value, or empty where it says nothing."""
    return "" if value == nothing else value


def _gives_authority(line: CareLine, tie: Tie) -> bool:
    """What the office or a court took away."""
    return (tie.has_authority, line.has_authority) == ("no", "yes")


def _speaks_of_access(line: CareLine) -> bool:
    """Whether the list says anything of it; a bare list of addresses does not."""
    return line.access != "in_care" or line.has_authority != "unknown"


def _alike(line: CareLine) -> str:
    return alike(line.first_name, line.last_name) if line.last_name else ""


def _shown(line: CareLine) -> str:
    return full_name(line.first_name, line.infix, line.last_name) or line.email


def _child(child: Met) -> str:
    return full_name(child.line.first_name, child.line.infix, child.line.last_name)
