"""Who is in and who is not yet: each child at each of its homes, for the office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.names import full_name
from kring.base.visibility import Viewer
from kring.joining.models import Invitation, LinkCode
from kring.schools.models import Enrollment, Guardianship, Household, Mourning, in_mourning

Access = Guardianship.Access
FAMILY = frozenset({Access.IN_CARE, Access.INFORMED})  # each of them has a place
FETCHERS = frozenset({Access.PICK_UP})  # only where the office says so


class State(models.TextChoices):
    """How far a home is. The first that is true, from here down."""

    FETCHERS = "fetchers", _("only fetches")
    NOBODY = "nobody", _("no parent known")
    CONNECTED = "connected", _("connected")
    BOUNCED = "bounced", _("mail came back")
    INVITED = "invited", _("invited")
    CODE = "code", _("code given")
    NO_ADDRESS = "no_address", _("no address to invite")
    NOTHING = "nothing", _("nothing sent yet")


class Mail(NamedTuple):
    """The invitation of somebody that stands."""

    id: UUID
    person_id: UUID
    email: str
    sent_at: datetime | None
    failed_at: datetime | None
    expires_at: datetime

    @property
    def is_late(self) -> bool:
        return self.expires_at <= clock.now()


class Code(NamedTuple):
    """The code of a home that is in force."""

    id: UUID
    student_id: UUID
    household_id: UUID | None
    places: int
    expires_at: datetime
    made_at: datetime
    used: int


@dataclass(frozen=True)
class Adult:
    """Somebody who belongs to a child, in one home."""

    tie_id: UUID
    person_id: UUID
    name: str
    email: str
    access: str
    joined: bool
    mail: Mail | None

    @property
    def is_family(self) -> bool:
        return self.access in FAMILY

    @property
    def went_elsewhere(self) -> bool:
        """Whether the mail went to another address than the school has now: it lets nobody in."""
        return self.mail is not None and self.mail.email.lower() != self.email.lower()

    @property
    def only_fetches(self) -> bool:
        return self.access in FETCHERS


@dataclass(frozen=True)
class Home:
    """One child at one of its homes: what a letter is for."""

    student_id: UUID
    household_id: UUID | None
    first_name: str
    name: str
    sort_key: str
    knows_birth_date: bool
    group_id: UUID
    group: str
    language: str
    adults: tuple[Adult, ...]
    has_family_elsewhere: bool  # the child, at another home
    code: Code | None
    in_mourning: bool = False  # nothing goes to it by itself

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.student_id}:{self.household_id or ''}"

    @cached_property
    def state(self) -> State:
        family = [adult for adult in self.adults if adult.is_family]
        mails = [adult.mail for adult in family if adult.mail and not adult.went_elsewhere]
        known = {
            State.FETCHERS: not family and self.has_family_elsewhere,
            State.NOBODY: not family,
            State.CONNECTED: any(adult.joined for adult in family),
            State.BOUNCED: any(mail.failed_at for mail in mails),
            State.INVITED: any(not mail.is_late for mail in mails),
            State.CODE: self.code is not None and self.code.used < self.code.places,
            State.NO_ADDRESS: not any(adult.email for adult in family),
        }
        return next((state for state, holds in known.items() if holds), State.NOTHING)

    def waiting(self, *, fetchers: bool = False) -> list[Adult]:
        """Who may come in and is not in yet."""
        return [
            adult
            for adult in self.adults
            if not adult.joined and (adult.is_family or (fetchers and adult.only_fetches))
        ]


type ByHome = dict[UUID | None, list[Adult]]


class Place(NamedTuple):
    """Where a child is, or will be."""

    student_id: UUID
    group_id: UUID
    group: str
    is_homeroom: bool
    first_name: str
    infix: str
    last_name: str
    sort_key: str
    born: bool


def homes_of(
    viewer: Viewer, school_id: UUID, *, group_id: UUID | None = None, only: Iterable[str] = ()
) -> list[Home]:
    """Every child of the school at each home, by group and name. Seven queries, however many.

    ``group_id``: of one group. ``only``: of those, the homes with these keys.
    """
    places = _places(viewer, school_id)
    wanted = {id_ for id_, place in places.items() if group_id in (None, place.group_id)}
    mails = {mail.person_id: mail for mail in _mails(viewer, school_id)}
    codes = {(code.student_id, code.household_id): code for code in _codes(viewer, school_id)}
    adults, languages = _adults(viewer, school_id, mails)
    mourns = _Silence(viewer, school_id, adults)
    made = [
        _home(places[student], home, adults[student], languages, codes, mourns)
        for student in wanted
        for home in adults[student] or [None]
    ]
    chosen = set(only)
    return sorted(
        (one for one in made if not chosen or one.key in chosen),
        key=lambda one: (one.group, one.sort_key, one.first_name, one.key),
    )


def _home(
    place: Place,
    household_id: UUID | None,
    by_home: ByHome,
    languages: Mapping[UUID | None, str],
    codes: Mapping[tuple[UUID, UUID | None], Code],
    mourns: _Silence,
) -> Home:
    return Home(
        student_id=place.student_id,
        household_id=household_id,
        first_name=place.first_name,
        name=full_name(place.first_name, place.infix, place.last_name),
        sort_key=place.sort_key,
        knows_birth_date=place.born,
        group_id=place.group_id,
        group=place.group,
        language=languages.get(household_id, Household.Language.DUTCH),
        adults=tuple(by_home.get(household_id, ())),
        has_family_elsewhere=any(
            adult.is_family for home in by_home if home != household_id for adult in by_home[home]
        ),
        code=codes.get((place.student_id, household_id)),
        in_mourning=mourns.keeps_from(place.student_id, household_id),
    )


class _Silence:
    """Homes that nothing reaches by itself: of this school's own word, or of another's."""

    def __init__(self, viewer: Viewer, school_id: UUID, adults: Mapping[UUID, ByHome]) -> None:
        standing = Mourning.objects.visible_to(viewer).standing().filter(school=school_id)
        self.around = {one for row in standing.values_list("student", "household") for one in row}
        self.around.discard(None)
        self.adults = adults
        people = {
            one.person_id for homes in adults.values() for who in homes.values() for one in who
        }
        self.people = in_mourning(people)

    def keeps_from(self, student_id: UUID, household_id: UUID | None) -> bool:
        here = self.adults.get(student_id, {}).get(household_id, ())
        return not self.around.isdisjoint({student_id, household_id}) or any(
            adult.person_id in self.people for adult in here
        )


def _places(viewer: Viewer, school_id: UUID) -> dict[UUID, Place]:
    """The group of each child that is here or comes: its own class before a Latin club."""
    stays = Enrollment.objects.visible_to(viewer).filter(
        Q(ends_on=None) | Q(ends_on__gte=clock.today()), school=school_id
    )
    columns = ("student", "group", "group__name", "group__is_homeroom")
    names = ("first_name", "infix", "last_name", "sort_key", "born_on")
    rows = stays.order_by("group__is_homeroom", "-starts_on").values_list(
        *columns, *(f"student__{name}" for name in names)
    )
    return {row[0]: Place._make([*row[:-1], row[-1] is not None]) for row in rows}


def _mails(viewer: Viewer, school_id: UUID) -> list[Mail]:
    standing = Invitation.objects.visible_to(viewer).standing().filter(school=school_id)
    columns = ("id", "person", "email", "sent_at", "failed_at", "expires_at")
    guardians = standing.filter(kind=Invitation.Kind.GUARDIAN)
    return [Mail(*row) for row in guardians.values_list(*columns)]


def _codes(viewer: Viewer, school_id: UUID) -> list[Code]:
    codes = LinkCode.objects.visible_to(viewer).open(clock.now()).filter(school=school_id)
    columns = ("id", "student", "household", "places", "expires_at", "created_at", "used")
    of_homes = codes.filter(guardianship=None).annotate(used=Count("uses"))
    return [Code(*row) for row in of_homes.values_list(*columns)]


def _adults(
    viewer: Viewer, school_id: UUID, mails: Mapping[UUID, Mail]
) -> tuple[defaultdict[UUID, ByHome], dict[UUID | None, str]]:
    """Who belongs to each child, by home; and the language of each home."""
    ties = Guardianship.objects.visible_to(viewer).at(clock.now()).filter(school=school_id)
    ties = ties.exclude(access=Access.WITHHELD).order_by("starts_at", "pk")
    columns = ("pk", "student", "household", "household__letter_language", "email", "access")
    of_guardian = ("pk", "first_name", "infix", "last_name", "joined_at")
    found: defaultdict[UUID, ByHome] = defaultdict(dict)
    languages: dict[UUID | None, str] = {}
    rows = ties.values_list(*columns, *(f"guardian__{name}" for name in of_guardian))
    for tie, student, home, language, email, access, person, first, infix, last, joined in rows:
        name = full_name(first, infix, last)
        adult = Adult(tie, person, name, email, access, joined is not None, mails.get(person))
        found[student].setdefault(home, []).append(adult)
        if language:
            languages[home] = language
    return found, languages


class Tally(NamedTuple):
    """How far a group is, in homes."""

    group_id: UUID
    group: str
    homes: int
    connected: int
    invited: int  # by mail or by code, and not in yet
    bounced: int
    to_invite: int  # people with an address, nothing sent or too long ago
    letters: int  # homes where nobody is in


def tallies(homes: Iterable[Home]) -> list[Tally]:
    """Per group; the homes stand together by group. Of who only fetch, nobody is missed."""
    groups: defaultdict[tuple[UUID, str], list[Home]] = defaultdict(list)
    for home in homes:
        if home.state != State.FETCHERS:
            groups[home.group_id, home.group].append(home)
    return [_tally(*group, members) for group, members in groups.items()]


def _tally(group_id: UUID, group: str, homes: list[Home]) -> Tally:
    states = [home.state for home in homes]
    return Tally(
        group_id,
        group,
        homes=len(homes),
        connected=states.count(State.CONNECTED),
        invited=states.count(State.INVITED) + states.count(State.CODE),
        bounced=states.count(State.BOUNCED),
        to_invite=len(to_invite(homes)),
        letters=sum(
            bool(home.waiting()) or home.state == State.NOBODY
            for home in homes
            if home.state != State.CONNECTED and not home.in_mourning
        ),
    )


def to_invite(homes: Iterable[Home], *, fetchers: bool = False, anew: bool = False) -> list[Adult]:
    """Who has an address and no mail that can still be accepted; each person once.

    ``anew``: also who has one. Nobody of a family in mourning.
    """
    found: dict[UUID, Adult] = {}
    for home in homes:
        if home.in_mourning:
            continue
        for adult in home.waiting(fetchers=fetchers):
            if adult.email and (anew or not _stands(adult)):
                found.setdefault(adult.person_id, adult)
    return list(found.values())


def mourning_among(homes: Iterable[Home]) -> int:
    """How many homes are left out because their family mourns: siblings in one are one."""
    return len({home.household_id or home.student_id for home in homes if home.in_mourning})


def _stands(adult: Adult) -> bool:
    mail = adult.mail
    return bool(mail and not (mail.failed_at or mail.is_late or adult.went_elsewhere))
