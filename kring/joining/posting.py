"""Letters for homes: who gets one, the codes in them, and the file to print.

Hashing and typesetting take their time, so they are done between two blocks: one that reads whom
the letters are for, and one that puts the codes in force. Nobody waits for a lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from kring.base import clock
from kring.base.ids import new_id
from kring.base.visibility import Viewer
from kring.joining import codes, letters
from kring.joining.codes import Drawn
from kring.joining.homes import Home, State, homes_of
from kring.joining.models import CODE_LIVES, REOPENING_LIVES, LinkCode
from kring.schools.models import School
from kring.schools.telephones import readable

FOR_UNKNOWN = 2  # places for a child whose parents the school does not know by name


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """One letter that is to be written."""

    home: Home
    names: tuple[str, ...]
    places: int
    lets_fetchers_in: bool = False
    guardianship_id: UUID | None = None  # of an account that was lost


@dataclass(frozen=True, kw_only=True)
class Hinted:
    """One letter without a code, for who of this home are in already."""

    home: Home
    names: tuple[str, ...]
    about: letters.About


type Wanted = Addressed | Hinted


def addressed(
    homes: Iterable[Home], *, fetchers: bool = False, by_hand: bool = False
) -> list[Addressed]:
    """A letter for each home where somebody may come in and is not in yet.

    None for a family in mourning, unless somebody chose that one home ``by_hand``.
    """
    found = []
    for home in homes:
        if home.in_mourning and not by_hand:
            continue
        names = tuple(adult.name for adult in home.waiting(fetchers=fetchers))
        places = len(names) or (FOR_UNKNOWN if home.state == State.NOBODY else 0)
        if places:
            found.append(
                Addressed(home=home, names=names, places=places, lets_fetchers_in=fetchers)
            )
    return found


def hinted(homes: Iterable[Home], about: letters.About) -> list[Hinted]:
    """A letter without a code for each home where somebody is in; none for a family in mourning."""
    found = []
    for home in homes:
        names = tuple(adult.name for adult in home.adults if adult.is_family and adult.joined)
        if names and not home.in_mourning:
            found.append(Hinted(home=home, names=names, about=about))
    return found


def reopening_of(viewer: Viewer, school_id: UUID, tie_id: UUID) -> Addressed | None:
    """A letter for somebody whose account was lost: for this tie with a child, and no other."""
    for home in homes_of(viewer, school_id):
        for adult in home.adults:
            if adult.tie_id == tie_id and adult.joined:
                names = (adult.name,)
                return Addressed(home=home, names=names, places=1, guardianship_id=tie_id)
    return None


class OvertakenError(Exception):
    """Somebody began later with letters for one of these homes, and has them already."""


class Post:
    """A pile of letters, made in two steps."""

    def __init__(self, wanted: Sequence[Wanted], school: School) -> None:
        self.wanted, self.school = wanted, school
        self.coded = [one for one in wanted if isinstance(one, Addressed)]
        self.drawn: list[Drawn] = []
        self.ids = [new_id() for _ in self.coded]  # in the order in which piles were begun

    def write(self) -> bytes:
        """Make up the codes and set the letters: outside any block, for it takes its time."""
        self.drawn = codes.draw([one.home.knows_birth_date for one in self.coded])
        sender, drawn = sender_of(self.school), iter(self.drawn)
        return letters.pdf(
            [
                _letter(one, next(drawn), sender)
                if isinstance(one, Addressed)
                else letters.Hint(**_page(one, sender), about=one.about)
                for one in self.wanted
            ]
        )

    @transaction.atomic
    def put_in_force(self, *, by: Viewer) -> None:
        """From now on these codes hold, and the older ones of these homes do not.

        Raises OvertakenError, and nothing holds, where letters that were begun later are ready:
        who presses the button twice gets the last file, and its codes must be the ones that work.
        """
        if not self.coded:
            return
        for pk, one, drawn in zip(self.ids, self.coded, self.drawn, strict=True):
            codes.put_in_force(drawn, self._row(pk, one), by=by)
        later = LinkCode.objects.visible_to(by).filter(school=self.school, pk__gt=max(self.ids))
        theirs = set(later.values_list("student_id", "household_id", "guardianship_id"))
        if theirs & {
            (one.home.student_id, one.home.household_id, one.guardianship_id) for one in self.coded
        }:
            raise OvertakenError

    def _row(self, pk: UUID, one: Addressed) -> LinkCode:
        return LinkCode(
            pk=pk,
            school_id=self.school.pk,
            student_id=one.home.student_id,
            household_id=one.home.household_id,
            guardianship_id=one.guardianship_id,
            places=one.places,
            lets_fetchers_in=one.lets_fetchers_in,
        )


def sender_of(school: School) -> letters.Sender:
    """What stands above the letters of a school."""
    place = "  ".join(filter(None, (school.postcode, school.city)))
    telephone = readable(school.telephone)
    return letters.Sender(
        name=school.name,
        lines=tuple(filter(None, (school.street, place, telephone, school.email))),
        contact=", ".join(filter(None, (telephone, school.email))),
    )


def _letter(one: Addressed, drawn: Drawn, sender: letters.Sender) -> letters.Letter:
    lives = REOPENING_LIVES if one.guardianship_id else CODE_LIVES
    return letters.Letter(
        **_page(one, sender),
        code=drawn.text,
        asks_birth_date=drawn.asks_birth_date,
        places=one.places,
        until=clock.today() + lives,
        reopens=one.guardianship_id is not None,
    )


def _page(one: Wanted, sender: letters.Sender) -> dict[str, Any]:
    return {
        "sender": sender,
        "language": one.home.language,
        "child": one.home.first_name,
        "group": one.home.group,
        "names": one.names,
        "written": clock.today(),
    }
