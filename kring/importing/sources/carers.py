"""A list of parents or carers: one row per child, or one per child and carer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.importing.roster import CareLine, Roster, StudentLine
from kring.importing.sources import Reading, SourceFile, columns, lists, values
from kring.importing.sources.columns import PARENTS
from kring.importing.sources.lists import Cells, ListFile
from kring.importing.wording import OF_A_CARER
from kring.schools.models import Guardianship

RELATIONS = {
    "mother": ("moeder", "mama", "mother"),
    "father": ("vader", "papa", "father"),
    "guardian": ("voogd", "guardian"),
    "foster_parent": ("pleegouder", "pleegmoeder", "pleegvader", "foster parent"),
    "step_parent": ("stiefouder", "stiefmoeder", "stiefvader", "partner", "step-parent"),
    "grandparent": ("grootouder", "oma", "opa", "grootmoeder", "grootvader", "grandparent"),
}
RELATION_OF = {word: relation for relation, words in RELATIONS.items() for word in words}
YES = {"j", "ja", "y", "yes", "1", "x", "waar", "true"}
NO = {"n", "nee", "no", "0", "onwaar", "false"}

Authority, Access = Guardianship.Authority, Guardianship.Access


class Carers:
    """Says whose child is whose; never that a child has left."""

    name: ClassVar[str] = "carers"
    label: ClassVar[str | Promise] = _("List of parents and carers")
    fields: ClassVar[Mapping[str, str | Promise]] = columns.labels(lists.CHILD)

    def read(
        self, files: Sequence[SourceFile], mapping: Mapping[int, str] | None = None
    ) -> Reading:
        """Read one list."""
        known_by = ("email", "telephone", "last_name", "first_name")
        of_carers = [f"{prefix}{one}" for prefix in PARENTS for one in known_by]
        needed = (("first_name",), ("last_name",), of_carers)
        return lists.read(files, self.fields, mapping, needed, self._roster)

    def _roster(self, found: ListFile) -> Roster:
        is_wide = any(name.startswith(PARENTS[1]) for name in found.numbers)
        children = _Children(is_wide=is_wide)
        for cells in found.rows():
            children.add(cells, lists.child_of(cells), carers_of(cells))
        if children.found and not any(one.carers for one in children.found):
            found.report.refuse("no_carers")
        return Roster(source=self.name, students=children.lines(), dropped=dict(+found.dropped))


@dataclass(slots=True)
class _Child:
    line: StudentLine
    carers: list[CareLine] = field(default_factory=list)


class _Children:
    """Rows brought together by child. By name only rows that follow each other, never more."""

    def __init__(self, *, is_wide: bool) -> None:
        self.is_wide = is_wide
        self.found: list[_Child] = []
        self.by_key: dict[str, _Child] = {}
        self.names: set[tuple[object, ...]] = set()

    def add(self, cells: Cells, line: StudentLine, carers: list[CareLine]) -> None:
        """One more row."""
        child = self.by_key.get(line.key) if line.key else self._last(line, carers)
        if child is None:
            child = self._new(cells, line)
        elif _who(child.line) != _who(line):
            cells.refuse("key_of_two_children", "key", line.key)
        elif child.line.group_name != line.group_name:
            cells.warn("two_groups_of_child", "group", line.group_name)
        for carer in carers:
            self._add_carer(child, cells, carer)

    def lines(self) -> tuple[StudentLine, ...]:
        """The children with their carers."""
        return tuple(replace(one.line, carers=tuple(one.carers)) for one in self.found)

    def _last(self, line: StudentLine, carers: list[CareLine]) -> _Child | None:
        """The child of the row above, where this can be another row of it."""
        last = self.found[-1] if self.found and not self.is_wide else None
        if last is None or last.line.key or _who(last.line) != _who(line):
            return None
        if last.line.group_name != line.group_name or any(one in last.carers for one in carers):
            return None  # two children of one name
        return last

    def _new(self, cells: Cells, line: StudentLine) -> _Child:
        if _who(line) in self.names:
            cells.warn("same_name_and_birthday", "last_name", line.last_name)
        elif not line.key and cells.reads("born_on") and not cells.has("born_on"):
            cells.warn("no_birth_date", "born_on", line.last_name)
        self.names.add(_who(line))
        child = _Child(line)
        self.found.append(child)
        if line.key:
            self.by_key[line.key] = child
        return child

    def _add_carer(self, child: _Child, cells: Cells, carer: CareLine) -> None:
        plain = replace(carer, line=None)
        if any(replace(one, line=None) == plain for one in child.carers):
            return
        email = carer.email.lower()
        if email and any(one.email.lower() == email for one in child.carers):
            if not (carer.first_name or carer.last_name):
                return
            cells.warn("email_shared", value=carer.email)
        child.carers.append(carer)


def _who(line: StudentLine) -> tuple[object, ...]:
    name = f"{line.first_name} {line.infix} {line.last_name}".casefold()
    return (name, line.born_on)


def carers_of(cells: Cells) -> list[CareLine]:
    """The one or two carers that a row names."""
    return [carer for prefix in PARENTS for carer in _carers(cells, prefix)]


def _carers(cells: Cells, prefix: str) -> list[CareLine]:
    if not cells.has(*(f"{prefix}{name}" for name in OF_A_CARER)):
        return []
    emails = cells.made(f"{prefix}email", values.emails, softly=True) or [""]
    carer = _carer(cells, prefix, emails[0])
    has_name = bool(carer.first_name or carer.last_name)
    if not (has_name or carer.email or carer.telephone):
        return []
    if len(emails) > 1 and has_name:
        cells.warn("more_emails", f"{prefix}email")
        return [carer]
    # Addresses without a name are as many people as there are addresses.
    return [carer, *(CareLine(email=one, line=cells.line) for one in emails[1:])]


def _carer(cells: Cells, prefix: str, email: str) -> CareLine:
    authority, access = _rights(cells, prefix)
    return CareLine(
        first_name=cells.text(f"{prefix}first_name", values.ADULT_FIRST_NAME),
        infix=cells.text(f"{prefix}infix", values.ADULT_INFIX),
        last_name=cells.text(f"{prefix}last_name", values.ADULT_LAST_NAME),
        email=email,
        telephone=cells.made(f"{prefix}telephone", values.telephone, softly=True) or "",
        relation=RELATION_OF.get(cells.text(f"{prefix}relation").casefold(), "other"),
        has_authority=authority,
        access=access,
        household=cells.text(f"{prefix}household", values.HOUSEHOLD),
        line=cells.line,
    )


def _rights(cells: Cells, prefix: str) -> tuple[str, str]:
    """Authority and access. Who has no authority is informed, unless the list says not even that.

    A contradiction shows nothing until somebody decides: too little can be put right, too much not.
    """
    authority = _yes_or_no(cells, f"{prefix}has_authority")
    informed = _yes_or_no(cells, f"{prefix}is_informed")
    known = {True: Authority.YES, False: Authority.NO, None: Authority.UNKNOWN}[authority]
    if informed is False:
        contradiction = "authority_without_information" if authority else "withheld"
        cells.warn(contradiction, f"{prefix}is_informed")
        return known.value, Access.WITHHELD.value
    return known.value, (Access.INFORMED if authority is False else Access.IN_CARE).value


def _yes_or_no(cells: Cells, name: str) -> bool | None:
    def made(given: str) -> bool:
        if given.casefold() not in YES | NO:
            raise values.Unusable("no_yes_or_no")
        return given.casefold() in YES

    return cells.made(name, made, softly=True)
