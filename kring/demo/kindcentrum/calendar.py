"""The agenda of De Kring: the autumn as it was planned, and the rest of the year."""

from uuid import UUID

from kring.demo import agenda
from kring.demo.agenda import Planned
from kring.demo.cast import identity
from kring.demo.kindcentrum.population import BSO, SCHOOL, group_id
from kring.demo.kindcentrum.writings import POSTS

DIRECTOR = "kring director"
ALL = "school"
ASKED_FOR_HELP = identity(f"kring card {len(POSTS) - 1}")  # juf Iris did, in the last of them


def _group(*numbers: int) -> tuple[UUID, ...]:
    return tuple(group_id(number) for number in numbers)


ENTRIES = (
    Planned(by=DIRECTOR, to=ALL, title="Kinderboekenweek", on=(10, 7), lasts=10),
    Planned(by=DIRECTOR, to=ALL, title="Luizencontrole", ahead=3, at="08:30", until="10:30"),
    Planned(by=DIRECTOR, to=ALL, title="Kijkavond", ahead=7, at="18:30", until="19:30"),
    Planned(
        by=DIRECTOR,
        to=ALL,
        title="Sinterklaas op het plein",
        on=(12, 4),
        at="08:30",
        until="09:15",
        place="plein",
        text="Ouders mogen meekijken achter het hek.",
    ),
    Planned(by=DIRECTOR, to=ALL, title="Kerstviering met soep", on=(12, 17), at="17:00"),
    Planned(by=DIRECTOR, to=ALL, title="Nationale Voorleesdagen", on=(1, 20), lasts=10),
    Planned(by=DIRECTOR, to=ALL, title="Koningsspelen", on=(4, 23)),
    Planned(by=DIRECTOR, to=ALL, title="Avondvierdaagse", on=(5, 31), lasts=4),
    Planned(by=DIRECTOR, to=ALL, title="Zomerfeest", on=(6, 25), at="15:00", until="19:00"),
    Planned(by=DIRECTOR, to=_group(8), title="Kamp", on=(6, 9), lasts=3, at="09:00", until="15:00"),
    Planned(
        by=DIRECTOR, to=_group(3, 4, 5), title="Schoolreis", on=(6, 3), at="08:15", until="17:00"
    ),
    Planned(
        by="kring juf Iris",
        to=_group(5),
        title="Museumles",
        ahead=4,
        at="09:30",
        until="12:00",
        place="museum van het water",
        card=ASKED_FOR_HELP,
    ),
    Planned(by=DIRECTOR, to=_group(5, 6), title="Schaatsen", ahead=9, at="13:00", until="15:00"),
    Planned(by=DIRECTOR, to=_group(1, 2), title="Herfstwandeling", ahead=2, at="10:00"),
    Planned(by=DIRECTOR, to="team", title="Leerlingbespreking", ahead=5, at="14:30", until="17:00"),
)
STUDY = (("study", "Studiedag", 9, 21), ("study", "Studiedag", 2, 1), ("study", "Studiedag", 6, 28))
IN_CARE = (
    Planned(by=DIRECTOR, to=ALL, title="Pietengym", ahead=5, at="15:30", until="16:30"),
    Planned(by=DIRECTOR, to=ALL, title="Ouders blijven eten", ahead=11, at="17:30", until="19:00"),
)


def build() -> None:
    """Of school and after-school care."""
    agenda.close(identity(SCHOOL), *STUDY)
    agenda.close(identity(BSO))
    agenda.plan(SCHOOL, ENTRIES)
    agenda.plan(BSO, IN_CARE)
