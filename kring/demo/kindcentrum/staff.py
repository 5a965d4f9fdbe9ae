"""Who works at De Kring and its after-school care."""

from typing import NamedTuple

from kring.base.names import full_name

WEEK = (1, 2, 3, 4, 5)


class Colleague(NamedTuple):
    """A member of staff, by a key that stays."""

    key: str
    first: str
    infix: str
    last: str
    role: str
    called: str = ""
    lessons: tuple[tuple[int | str, str, tuple[int, ...]], ...] = ()  # group, kind, weekdays
    at: tuple[str, ...] = ("kring",)

    @property
    def name(self) -> str:
        """As the school writes it."""
        return full_name(self.first, self.infix, self.last)


def _teacher(
    first: str, infix: str, last: str, called: str, group: int, days: tuple[int, ...] = WEEK
) -> Colleague:
    key = f"kring {called}"
    return Colleague(key, first, infix, last, "teacher", called, ((group, "teacher", days),))


BOTH = ("kring", "kring bso")
BSO = ("kring bso",)
STAFF = (
    Colleague("kring director", "Annemiek", "van der", "Plas", "principal", at=BOTH),
    Colleague("kring administrator", "Ria", "", "Kamminga", "administrator", at=BOTH),
    Colleague("kring counselor", "Margriet", "", "Oosting", "counselor", "juf Margriet"),
    Colleague("kring caretaker", "Ger", "", "Hofman", "aide", "meester Ger"),
    _teacher("Loes", "", "Wassenaar", "juf Loes", 1, (1, 2, 3)),
    _teacher("Carola", "", "Blok", "juf Carola", 1, (4, 5)),
    _teacher("Nienke", "van", "Wijk", "juf Nienke", 2),
    _teacher("Marloes", "", "Geerts", "juf Marloes", 3, (1, 2, 3)),
    _teacher("Astrid", "de", "Bruin", "juf Astrid", 3, (4, 5)),
    _teacher("Joost", "", "Willemsen", "meester Joost", 4),
    _teacher("Iris", "", "Verhagen", "juf Iris", 5, (1, 2, 3)),
    _teacher("Tom", "van", "Es", "meester Tom", 5, (4, 5)),
    _teacher("Farida", "", "Amghar", "juf Farida", 6),
    _teacher("Sander", "", "Klaassen", "meester Sander", 7, (1, 2, 5)),
    _teacher("Petra", "", "Noordam", "juf Petra", 7, (3, 4)),
    _teacher("Wim", "", "Terpstra", "meester Wim", 8),
    Colleague(
        "kring meester Stefan",
        *("Stefan", "", "Rooijakkers", "teacher", "meester Stefan"),
        tuple((group, "teacher", (2, 4)) for group in range(3, 9)),
    ),
    Colleague(
        "kring juf Gülay",
        "Gülay",
        "",
        "Aksoy",
        "aide",
        "juf Gülay",
        ((1, "aide", (1, 3)), (2, "aide", (2, 4))),
    ),
    Colleague(
        "kring Rens", "Rens", "", "Bolt", "aide", "Rens", ((5, "aide", (1, 2)), (6, "aide", (3, 4)))
    ),
    Colleague(
        "kring Chantal",
        "Chantal",
        "",
        "Vroom",
        "aftercare",
        "Chantal",
        (("vlinders", "teacher", WEEK),),
        BSO,
    ),
    Colleague(
        "kring Jeffrey",
        "Jeffrey",
        "",
        "Wirjo",
        "aftercare",
        "Jeffrey",
        (("uilen", "teacher", WEEK),),
        BSO,
    ),
    Colleague(
        "kring Dounia",
        "Dounia",
        "",
        "Saidi",
        "aftercare",
        "Dounia",
        (("uilen", "teacher", (1, 2, 4)),),
        BSO,
    ),
    Colleague(
        "kring Pieter",
        "Pieter",
        "",
        "Hartog",
        "aftercare",
        "Pieter",
        (("vossen", "teacher", WEEK),),
        BSO,
    ),
)
