"""An import as a page shows it: plain values, ready to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from kring.importing import wording
from kring.importing.differences import (
    LEFT,
    NEW,
    SKIP,
    STAYS,
    Difference,
    Differences,
    FieldChange,
    Kind,
    What,
)
from kring.importing.homes import JOINS_HOME
from kring.importing.shielding import SHIELDED
from kring.schools.models import Employment, Guardianship
from kring.schools.telephones import readable

MOST_ROWS = 500  # of one kind on a page; what is more is counted
MOST_QUESTIONS = 100  # asked at a time

type Answers = Mapping[str, str]
type Counts = Mapping[str, Mapping[str, int]]

KINDS: tuple[Kind, ...] = ("doubtful", "gone", "changed", "new")
WHATS: dict[What, Promise] = {
    "school": gettext_lazy("School"),
    "student": gettext_lazy("Children"),
    "carer": gettext_lazy("Parents and carers, per child"),
    "group": gettext_lazy("Groups"),
    "staff": gettext_lazy("Colleagues"),
}
DAYS = {"born_on", "starts_on", "ends_on"}
WORDS: dict[str, Mapping[str, str | Promise]] = {
    "is_homeroom": {"True": gettext_lazy("yes"), "False": gettext_lazy("no")},
    "relation": dict(Guardianship.Relation.choices),
    "has_authority": dict(Guardianship.Authority.choices),
    "access": dict(Guardianship.Access.choices),
    "roles": dict(Employment.Role.choices),
}
LISTED = {"roles"}  # more than one value, with commas
WILL_BE: dict[tuple[str, str], Promise] = {
    ("school", "changed"): ngettext_lazy(
        "%(number)d thing about the school itself is changed.",
        "%(number)d things about the school itself are changed.",
        "number",
    ),
    ("student", "new"): ngettext_lazy(
        "%(number)d child is added.", "%(number)d children are added.", "number"
    ),
    ("student", "changed"): ngettext_lazy(
        "%(number)d child is changed.", "%(number)d children are changed.", "number"
    ),
    ("student", "gone"): ngettext_lazy(
        "%(number)d child has left.", "%(number)d children have left.", "number"
    ),
    ("student", "open"): ngettext_lazy(
        "%(number)d child that is not in the file stays as it is, and is asked about again.",
        "%(number)d children that are not in the file stay as they are, and are asked about again.",
        "number",
    ),
    ("carer", "new"): ngettext_lazy(
        "%(number)d time a parent or carer is added to a child.",
        "%(number)d times a parent or carer is added to a child.",
        "number",
    ),
    ("carer", "changed"): ngettext_lazy(
        "%(number)d parent or carer is changed.",
        "%(number)d parents and carers are changed.",
        "number",
    ),
    ("group", "new"): ngettext_lazy(
        "%(number)d group is added.", "%(number)d groups are added.", "number"
    ),
    ("group", "changed"): ngettext_lazy(
        "%(number)d group is changed.", "%(number)d groups are changed.", "number"
    ),
    ("staff", "new"): ngettext_lazy(
        "%(number)d colleague is proposed. You decide about roles later.",
        "%(number)d colleagues are proposed. You decide about roles later.",
        "number",
    ),
    ("staff", "changed"): ngettext_lazy(
        "%(number)d proposal of a colleague is changed.",
        "%(number)d proposals of colleagues are changed.",
        "number",
    ),
}


# ── counted ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Tally:
    """How many of one thing differ, and in what way."""

    name: str
    numbers: tuple[int, int, int, int]  # new, changed, not in the file, doubtful

    @property
    def sentence(self) -> str:
        """'12 new, 3 changed': what is none is not said."""
        new, changed, gone, doubtful = self.numbers
        parts = (
            (new, _("%(number)d new")),
            (changed, _("%(number)d changed")),
            (gone, _("%(number)d not in the file")),
            (doubtful, ngettext("%(number)d doubtful", "%(number)d doubtful", doubtful)),
        )
        return ", ".join(text % {"number": number} for number, text in parts if number)


def tallies(counts: Counts) -> list[Tally]:
    """One for each thing that differs somewhere."""
    found = [
        Tally(
            str(name),
            (
                counts.get(what, {}).get("new", 0),
                counts.get(what, {}).get("changed", 0),
                counts.get(what, {}).get("gone", 0),
                counts.get(what, {}).get("doubtful", 0),
            ),
        )
        for what, name in WHATS.items()
    ]
    return [one for one in found if any(one.numbers)]


def summary(counts: Counts) -> list[str]:
    """For the history: a line for each thing that differed."""
    return [f"{one.name}: {one.sentence}" for one in tallies(counts)]


# ── one difference ───────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Change:
    """One datum before and after."""

    name: str
    before: str
    after: str

    @classmethod
    def of(cls, change: FieldChange) -> Change:
        """As people read it."""
        before, after = (_said(change.field, one) for one in (change.before, change.after))
        return cls(name=wording.field(change.field), before=before, after=after)


def _said(field_name: str, value: str) -> str:
    """A value as people write it; a difference holds it as the database does."""
    if not value:
        return "–"
    if field_name in DAYS:
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    if field_name == "telephone":
        return readable(value)
    if field_name == "weekdays":
        return ", ".join(str(WEEKDAYS_ABBR[int(day) - 1]) for day in value.split(", "))
    words = WORDS.get(field_name, {})
    parts = value.split(", ") if field_name in LISTED else [value]
    return ", ".join(str(words.get(one, one)) for one in parts)


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer that can be given."""

    value: str
    label: str
    detail: str = ""
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One difference; with options where the office decides."""

    key: str
    name: str
    detail: str
    reason: str
    line: int | None
    changes: list[Change]
    options: list[Option] = field(default_factory=list)

    @classmethod
    def of(cls, one: Difference, answers: Answers) -> Row:
        """As the page shows it."""
        return cls(
            key=one.key,
            name=one.name,
            detail=_said("roles", one.detail) if one.what == "staff" and one.detail else one.detail,
            reason=wording.reason(one.reason, one.whom) if one.reason else "",
            line=one.line,
            changes=[Change.of(change) for change in one.changes],
            options=_options(one, answers.get(one.key, "")),
        )


def _options(one: Difference, answer: str) -> list[Option]:
    if one.kind == "gone" and one.what == "student":
        choices = [(STAYS, _("Stays"), ""), (LEFT, _("Has left the school"), "")]
    elif one.kind == "doubtful":
        choices = [*_answers(one), (SKIP, _("Skip this time"), "")]
    else:
        return []
    return [
        Option(value=value, label=label, detail=detail, chosen=value == answer)
        for value, label, detail in choices
    ]


def _answers(one: Difference) -> list[tuple[str, str, str]]:
    """What a doubtful one can be."""
    if one.reason == JOINS_HOME:
        return [(known.id, _("Lives there too"), known.detail) for known in one.candidates]
    if one.reason == SHIELDED:
        return [(NEW, _("May be added to this child"), "")]
    known = [(known.id, known.name, known.detail) for known in one.candidates]
    return [*known, (NEW, _("Somebody new"), "")]


# ── all of them ──────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Block:
    """What differs of one thing in one way, as far as it is shown."""

    what: What
    name: str
    total: int
    rows: list[Row]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Section:
    """All that differs in one way."""

    kind: Kind
    blocks: list[Block]

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return sum(block.total for block in self.blocks)


def sections(differences: Differences, answers: Answers) -> dict[str, Section]:
    """By kind, and in each by what it is about; only kinds that occur."""
    order = list(WHATS)
    found = sorted(differences.found, key=lambda one: (one.kind, order.index(one.what)))
    made = {
        kind: Section(kind, _blocks(list(these), answers, differences.counts))
        for kind, these in groupby(found, key=lambda one: one.kind)
    }
    return {kind: made[kind] for kind in KINDS if kind in made}


def _blocks(found: list[Difference], answers: Answers, counts: Counts) -> list[Block]:
    room, blocks = MOST_QUESTIONS if found[0].kind == "doubtful" else MOST_ROWS, []
    for what, grouped in groupby(found, key=lambda one: one.what):
        these = list(grouped)
        if these[0].kind == "doubtful":
            these.sort(key=lambda one: one.key in answers)  # what waits comes first
        rows = [Row.of(one, answers) for one in these[:room]]
        room -= len(rows)
        total = counts.get(what, {}).get(these[0].kind, len(these))
        blocks.append(Block(what, str(WHATS[what]), total, rows))
    return blocks


# ── what a yes does ──────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would happen, said before it does."""

    sentences: list[str]
    waiting: int  # doubtful ones without an answer
    leaving: int
    standing: int  # children that are here
    asks_again: bool

    @classmethod
    def of(cls, differences: Differences, answers: Answers) -> Plan:
        """With the answers that were given so far."""
        gone = sum(one.kind == "gone" and one.what == "student" for one in differences.found)
        numbers: Counter[tuple[str, str]] = Counter(
            (one.what, kind)
            for one in differences.found
            if (kind := _becomes(one, answers.get(one.key, "")))
        )
        for what, kinds in differences.counts.items():  # of these only the first ones were kept
            for kind in ("new", "changed"):
                numbers[what, kind] += kinds.get(kind, 0)
        return cls(
            sentences=[
                str(text % {"number": numbers[at]}) for at, text in WILL_BE.items() if numbers[at]
            ],
            waiting=len(differences.unanswered(dict(answers))),
            leaving=numbers.get(("student", "gone"), 0),
            standing=round(gone / differences.gone_share) if gone else 0,
            asks_again=differences.asks_again(dict(answers)),
        )


def _becomes(one: Difference, answer: str) -> str:
    """What an answer comes to; empty where nothing happens, or where no answer was asked."""
    if one.kind == "gone":  # a colleague stays until a person ends it
        answered = {LEFT: "gone", STAYS: ""}.get(answer, "open")
        return answered if one.what == "student" else ""
    if one.kind == "doubtful":
        if answer in {"", SKIP}:
            return ""
        return "new" if answer == NEW else "changed"
    return ""


def dropped(numbers: Mapping[str, int]) -> list[str]:
    """What stood in the file and was not read: 'BSN in 240 lines: not read'."""
    return [
        ngettext(
            "%(what)s in %(number)d line: not read.",
            "%(what)s in %(number)d lines: not read.",
            number,
        )
        % {"what": wording.field(kind), "number": number}
        for kind, number in sorted(numbers.items())
        if number
    ]


def bounded[T](found: Iterable[T], most: int = MOST_ROWS) -> tuple[list[T], int]:
    """The first ones, and how many more there are."""
    listed = list(found)
    return listed[:most], max(0, len(listed) - most)
