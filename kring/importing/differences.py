"""What an import would change, as plain values: shown to the office, and applied after a yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

type Kind = Literal["new", "changed", "gone", "doubtful"]
type What = Literal["school", "group", "student", "carer", "staff"]

# What the office can answer; for a doubtful one also the id of the row that it is.
NEW, SKIP, LEFT, STAYS = "new", "skip", "left", "stays"
GONE = "gone:"  # how the keys of what a file does not have begin; the id of the row follows
GONE_MOST = 0.10  # of the children: above it the office is asked once more


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One datum that would change; names of fields are worded in ``importing/wording.py``."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A row that a doubtful line may be."""

    id: str
    name: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that the source says and that does not stand so."""

    kind: Kind
    what: What
    key: str  # the same each time that this import is compared: answers are kept by it
    name: str
    detail: str = ""  # the group, the child of a carer
    reason: str = ""  # why it is doubtful or gone, worded in ``importing/wording.py``
    whom: str = ""  # the names of others that the reason is about
    changes: tuple[FieldChange, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Differences:
    """All of them, and how many of each: ``{"student": {"new": 3, …}, …}``."""

    found: tuple[Difference, ...]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    gone_share: float = 0.0  # of the children that stand, how many the file does not have

    @property
    def is_empty(self) -> bool:
        """'Geen verschillen'."""
        return not self.found

    def unanswered(self, answers: dict[str, str]) -> tuple[Difference, ...]:
        """The doubtful ones that the office has still to decide."""
        doubtful = (one for one in self.found if one.kind == "doubtful")
        return tuple(one for one in doubtful if one.key not in answers)

    def asks_again(self, answers: dict[str, str]) -> bool:
        """Whether so many would be marked as left that the office must say yes once more."""
        leaving = [one for one in self.found if one.kind == "gone" and one.what == "student"]
        marked = sum(answers.get(one.key) == LEFT for one in leaving)
        share = self.gone_share * marked / len(leaving) if marked else 0.0
        return round(share, 6) > GONE_MOST  # a tenth is not above it, however floats come out


MOST_KEPT = 500  # of what is shown only; what is asked is kept whole


def to_json(differences: Differences) -> dict[str, Any]:
    """As a column of JSON keeps it: whole counts, and of what is new or changed the first ones."""
    kept: list[Difference] = []
    numbers: dict[tuple[What, Kind], int] = {}
    for one in differences.found:
        at = (one.what, one.kind)
        numbers[at] = numbers.get(at, 0) + 1
        if one.kind in {"gone", "doubtful"} or numbers[at] <= MOST_KEPT:
            kept.append(one)
    return {
        "found": [_plain(one) for one in kept],
        "counts": differences.counts,
        "gone_share": differences.gone_share,
    }


def from_json(kept: dict[str, Any]) -> Differences:
    """The differences that were kept."""
    return Differences(
        found=tuple(_difference(**one) for one in kept.get("found", ())),
        counts=kept.get("counts", {}),
        gone_share=kept.get("gone_share", 0.0),
    )


def _plain(one: Difference) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value or name == "name"}


def _difference(
    changes: Iterable[dict[str, str]] = (), candidates: Iterable[dict[str, str]] = (), **plain: Any
) -> Difference:
    return Difference(
        changes=tuple(FieldChange(**one) for one in changes),
        candidates=tuple(Candidate(**one) for one in candidates),
        **plain,
    )
