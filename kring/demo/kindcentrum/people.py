"""Whom one can be at De Kring, by short keys for the links of the demo."""

from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from kring.demo.cast import Person
from kring.demo.kindcentrum.fixed import FIXED
from kring.demo.kindcentrum.staff import STAFF


class Known(NamedTuple):
    """A person of the demo, and the key that the rows were made from."""

    identity: str
    person: Person


def _guardian(name: tuple[str, str, str], role: str, *schools: str, language: str = "nl") -> Person:
    return Person(*name, (role,), schools or ("kring",), language)


def _colleague(key: str, role: str) -> Known:
    one = next(one for one in STAFF if one.key == key)
    schools = tuple(where.replace(" ", "_") for where in one.at)
    return Known(key, Person(one.first, one.infix, one.last, (role,), schools))


BOTH = ("kring", "kring_bso")
PEOPLE = {
    "samira": Known(
        "kring mother 0",
        _guardian(FIXED[0].mother, _("mother of Ilyas and Sofia, in groep 5 and groep 2"), *BOTH),
    ),
    "wouter": Known(
        "kring father 1",
        _guardian(
            (FIXED[1].father, *FIXED[1].surname),
            _("father of Mila in groep 5, own household"),
            *BOTH,
        ),
    ),
    "oksana": Known(
        "kring mother 3",
        _guardian(FIXED[3].mother, _("mother of Danylo in groep 3, reads English"), language="en"),
    ),
    "oma": Known(
        "kring grandmother 0",
        _guardian(
            ("Oma Malika", *FIXED[0].mother[1:]),
            _("grandmother of Ilyas and Sofia, may fetch"),
            *BOTH,
        ),
    ),
    "iris": _colleague("kring juf Iris", _("teacher of groep 5")),
    "jeffrey": _colleague("kring Jeffrey", _("after-school carer")),
    "margriet": _colleague("kring counselor", _("internal supervisor")),
    "annemiek": _colleague("kring director", _("director of school and after-school care")),
    "ria": _colleague("kring administrator", _("administrator")),
}
SCHOOLS = {"kring": "De Kring", "kring_bso": "BSO De Kring"}
