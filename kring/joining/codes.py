"""Koppelcodes: what stands on a letter, and how it is recognised without being kept.

The first six symbols find the row, the rest is the secret: 60 bits where the child's birth date is
asked as well, else 90. Only an argon2id digest of the secret is stored. A wrong code, one that was
used up, taken back or too old, and what is no code at all have the same answer at the same cost.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple
from unicodedata import normalize
from uuid import UUID

from allauth.core.internal import ratelimit
from django.db import connection
from django.http import HttpRequest

from kring.accounts.passwords import Argon2id
from kring.base.visibility import Viewer, seen_by
from kring.joining.models import LinkCode
from kring.schools.models import Household, Student

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
SELECTOR = 6
SHORT, LONG = 12, 18  # symbols of the secret, of five bits each
IN_A_GROUP = 3
HASHERS = 2  # threads: argon2 lets go of the interpreter
# What people type for what they read: look-alikes, also from a Cyrillic or an Arabic keyboard.
_READ = str.maketrans(
    "OILОІАВЕКМНРСТХУЗ" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "01101ABEKMHPCTXY3" + "0123456789" * 2,
)
_SPACING = str.maketrans("", "", " \t\r\n\u00a0-‐‑–—−.·_")
_LONGEST = 100  # characters that are looked at

LIMITS = {
    "network": "60/m/ip,900/h/ip",  # a school's information evening may share one
    "code": "20/h/key",  # for one code, from anywhere
}


class Drawn(NamedTuple):
    """A new code that stands nowhere yet. ``text`` is for the letter only."""

    selector: str
    digest: str
    text: str
    asks_birth_date: bool


class Issued(NamedTuple):
    """A code in force, and what it reads like: known now and never again."""

    row: LinkCode
    text: str


@dataclass(frozen=True)
class Recognised:
    """Somebody holds a letter that still lets somebody in."""

    id: UUID
    school_id: UUID
    student_id: UUID
    household_id: UUID | None
    guardianship_id: UUID | None  # a letter for a lost account: for this tie and no other
    asks_birth_date: bool
    places_left: int


# ── making ───────────────────────────────────────────────────────────────────
def draw(asking: Sequence[bool]) -> list[Drawn]:
    """Make up a code for each; True: the birth date will be asked as well.

    Each costs a hash of some 22 ms, so where there are many, this is done outside any block.
    """
    selectors = _free_selectors(len(asking))
    with ThreadPoolExecutor(HASHERS) as hashers:
        return list(hashers.map(_drawn, selectors, asking))


def _drawn(selector: str, asks_birth_date: bool) -> Drawn:  # noqa: FBT001
    secret = _random(SHORT if asks_birth_date else LONG)
    digest = Argon2id().encode(secret, Argon2id().salt())
    return Drawn(selector, digest, grouped(selector + secret), asks_birth_date)


def grouped(symbols: str) -> str:
    """In groups of three, as one reads it aloud."""
    return "-".join(symbols[at : at + IN_A_GROUP] for at in range(0, len(symbols), IN_A_GROUP))


def issue(student: Student, household: Household | None, *, places: int, by: Viewer) -> Issued:
    """A code for a child and one of its homes. An older one is worth nothing from now on."""
    [drawn] = draw([student.born_on is not None])
    home = household.pk if household else None
    ids = {"school_id": student.school_id, "student_id": student.pk, "household_id": home}
    return put_in_force(drawn, LinkCode(places=places, **ids), by=by)


def put_in_force(drawn: Drawn, row: LinkCode, *, by: Viewer) -> Issued:
    """Write down a code that was made up before: ``row`` says for whom."""
    row.selector, row.digest = drawn.selector, drawn.digest
    row.asks_birth_date = drawn.asks_birth_date
    row.put_in_force(by=by)
    return Issued(row, drawn.text)


def _free_selectors(many: int) -> list[str]:
    """Beginnings that no code has. There are a milliard: on a large server two do meet at times."""
    found: set[str] = set()
    while len(found) < many:
        drawn = [_random(SELECTOR) for _ in range(many - len(found))]
        with connection.cursor() as cursor:
            cursor.execute("SELECT kring_free_selectors(%s)", [drawn])
            found |= {row[0] for row in cursor.fetchall()}
    return list(found)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


# ── recognising ──────────────────────────────────────────────────────────────
def read(text: str) -> tuple[str, str] | None:
    """Selector and secret of what somebody typed or scanned; None where it is no code."""
    typed = normalize("NFKC", text[:_LONGEST]).translate(_SPACING).upper().translate(_READ)
    if len(typed) not in {SELECTOR + SHORT, SELECTOR + LONG} or set(typed) - set(ALPHABET):
        return None
    return typed[:SELECTOR], typed[SELECTOR:]


def may_try(request: HttpRequest, text: str) -> bool:
    """Whether one more try may be made: by this network, and at this code from anywhere.

    To be asked before every ``recognise`` and every ``fits``, with what was typed as the code.
    A code that does not exist is counted just so.
    """
    if not _within(request, "network", None):
        return False
    parts = read(text)
    return parts is None or _within(request, "code", parts[0])


def recognise(text: str) -> Recognised | None:
    """Whose letter this is. Outside any block: only the web's own login may look it up."""
    selector, secret = read(text) or ("", "")
    found = _find(selector)
    digest = found[1] if found else _nothing()
    if not Argon2id().verify(secret, digest) or found is None:
        return None
    return found[0]


def fits(recognised: Recognised, born_on: date) -> bool:
    """Whether the child was born then. After ten wrong days the code lets nobody in any more.

    Opens a service block: who holds a letter sees nothing of the school yet. The count stands when
    the block that it is called in, if any, is committed.
    """
    with seen_by(Viewer.service(recognised.school_id)):
        return LinkCode.fits(recognised.id, born_on)


@cache
def _nothing() -> str:
    """The digest of a code that nobody has: comparing with it costs what any other does."""
    return Argon2id().encode(_random(LONG), Argon2id().salt())


def _find(selector: str) -> tuple[Recognised, str] | None:
    _nothing()  # made before anything is known, so that the first of all gives nothing away
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, school_id, student_id, household_id, guardianship_id, asks_birth_date,"
            " places_left, digest FROM kring_link_code(%s)",
            [selector],
        )
        row = cursor.fetchone()
    return (Recognised(*row[:7]), row[7]) if row else None


def _within(request: HttpRequest, action: str, key: str | None) -> bool:
    used = ratelimit.consume(
        request, app="kring.joining", action=action, config=LIMITS, key=key, limit_get=True
    )
    return used is not None
