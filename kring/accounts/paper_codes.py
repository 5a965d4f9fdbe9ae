"""Codes on paper, for who has no mailbox or no device at hand: ten on a sheet, each good for once.

A code has twelve characters: two that find it on the sheet, and ten (50 bits) of which only the
password hash is kept. A new sheet makes the one before worthless.
"""

import re
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from kring.accounts.models import User
from kring.accounts.passwords import NO_PASSWORD

ON_A_SHEET = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like another in print
FINDS, SECRET = 2, 10  # characters
NOBODY = UUID(int=0)
KIND = Authenticator.Type.RECOVERY_CODES


def new_sheet(person: User) -> list[str]:
    """Ten new codes as they stand on paper, to show once; the sheet before opens nothing more."""
    codes: dict[str, str] = {}
    while len(codes) < ON_A_SHEET:
        codes[get_random_string(FINDS, ALPHABET)] = get_random_string(SECRET, ALPHABET)
    kept = [[finds, make_password(secret)] for finds, secret in codes.items()]
    with transaction.atomic():
        Authenticator.objects.filter(user=person, type=KIND).delete()
        Authenticator.objects.create(user=person, type=KIND, data={"codes": kept})
    return [_printed(finds + secret) for finds, secret in codes.items()]


def left(person: User) -> int:
    """How many codes of the sheet were not used yet."""
    sheet = Authenticator.objects.filter(user=person, type=KIND).first()
    return len(sheet.data["codes"]) if sheet else 0


def use(person: User | None, typed: str) -> bool:
    """Whether this code stands on the person's sheet; from then on it does not."""
    with transaction.atomic():
        sheet = _locked(person)
        found = _found(sheet, typed)
        if sheet is None or found is None:
            return False
        sheet.data["codes"].remove(found)
        sheet.save(update_fields=["data"])
    sheet.record_usage()
    return True


def fits(person: User | None, typed: str) -> bool:
    """The same, without using it: as slow where there is nobody, no sheet, or no such code."""
    return _found(_sheet(person), typed) is not None


def _sheet(person: User | None) -> Authenticator | None:
    return _sheets_of(person, Authenticator.objects.all()).first()


def _locked(person: User | None) -> Authenticator | None:
    """The sheet, for one at a time: the same code twice at once is one code."""
    return _sheets_of(person, Authenticator.objects.select_for_update()).first()


def _sheets_of(person: User | None, among: QuerySet[Authenticator]) -> QuerySet[Authenticator]:
    """For nobody too, so that the same is asked of the database."""
    return among.filter(user_id=person.pk if person else NOBODY, type=KIND)


def _found(sheet: Authenticator | None, typed: str) -> Any | None:
    code = re.sub(r"[\W_]", "", typed).upper()
    rows = sheet.data["codes"] if sheet else []
    row = next((one for one in rows if one[0] == code[:FINDS]), None)
    return row if check_password(code[FINDS:], row[1] if row else NO_PASSWORD) else None


def _printed(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
