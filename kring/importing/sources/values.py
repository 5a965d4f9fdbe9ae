"""Single values as files have them: made into ours, or refused with a code."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kring.base import clock
from kring.base.text import cleaned
from kring.schools.telephones import kept

# As many characters as our columns hold.
FIRST_NAME, INFIX, LAST_NAME = 64, 20, 200  # of a child
ADULT_FIRST_NAME, ADULT_INFIX, ADULT_LAST_NAME = 80, 30, 80
KEY, GROUP_NAME, HOUSEHOLD, EMAIL = 256, 64, 64, 254
CONTENT = 2_000  # of any value: above it a quotation mark or a tag was left open

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]{5,12})?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DUTCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: +[\d:]{4,8})?", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})[- ]([a-z]{3,9})\.?[- ](\d{4}|\d{2})", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"(\d{5})(?:[.,]0+)?", re.ASCII)
_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
)
SERIALS = range(25569, 73051)  # 1970 to 2100, as Excel counts days
_FIRST_DAY = date(1899, 12, 30)  # of Excel, which counts 29 February 1900 too
_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE | re.ASCII)
_TELEPHONE = re.compile(r"[+(]*\d[\d\s().–-]*", re.ASCII)
_DIGITS_OF_BSN, EDUCATION_REMAINDER = 9, 5
DUTCH, DUTCH_DIGITS = "+31", 9  # of a telephone number, without the 0; services have fewer


class Unusable(ValueError):  # noqa: N818 - the file's error, not ours
    """A value that is not what it should be. Its text is the code of the problem."""


def text(given: str, most: int = CONTENT) -> str:
    """Composed (NFC), with single spaces; control characters are refused."""
    try:
        plain = cleaned(given) if not given.isprintable() else given
    except ValidationError:
        raise Unusable("control_characters") from None
    plain = " ".join(unicodedata.normalize("NFC", plain).split())
    if len(plain) > most:
        raise Unusable("too_long")
    return plain


def iso_day(given: str) -> date:
    """A day as XML writes it, with or without a time zone."""
    match = _ISO.fullmatch(given)
    if not match:
        raise Unusable("no_date")
    return _day(int(match[1]), int(match[2]), int(match[3]))


def any_day(given: str) -> date:
    """A day as lists write it: 13-04-2018, 13/4/18, 2018-04-13, 13 april 2018, or 43203."""
    if match := _DUTCH.fullmatch(given):
        return _day(_year(match[3]), int(match[2]), int(match[1]))
    if (match := _SERIAL.fullmatch(given)) and int(match[1]) in SERIALS:
        return _FIRST_DAY + timedelta(days=int(match[1]))
    if match := _WRITTEN.fullmatch(given):
        word = match[2].lower().replace("mrt", "maart")
        for number, month in enumerate(_MONTHS, start=1):
            if month.startswith(word):
                return _day(_year(match[3]), number, int(match[1]))
    return iso_day(given)


def birth_date(day: date) -> date:
    """Not to come, and of a person who can still be at school."""
    if day > clock.today():
        raise Unusable("born_later")
    return day


def _year(digits: str) -> int:
    if len(digits) == len("2018"):
        return int(digits)
    this_year = clock.today().year
    year = this_year // 100 * 100 + int(digits)
    return year if year <= this_year + 1 else year - 100  # an end date may be next year


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unusable("no_date") from None


def school_year(given: str) -> str:
    """Two years that follow each other. No list of years: the official one ended in 2025."""
    if not re.fullmatch(r"20\d\d-20\d\d", given, re.ASCII):
        raise Unusable("no_school_year")
    if int(given[5:]) != int(given[:4]) + 1:
        raise Unusable("no_school_year")
    return given


def email(given: str) -> str:
    """An address as it was typed, without what copying put around it."""
    address = re.sub(r"\s+", "", given).strip("<>;,.")
    try:
        validate_email(address)
    except ValidationError:
        raise Unusable("no_email") from None
    if len(address) > EMAIL:
        raise Unusable("no_email")
    return address


def emails(given: str) -> list[str]:
    """All addresses of one cell, each once, however they are parted."""
    parts = re.findall(r"<([^<>]+)>", given) or re.split(
        r"[;,/|]|\s+(?:en|of|and|or|&)\s+|(?<=\w)\s+(?=\S+@)", given
    )
    found: dict[str, str] = {}
    for part in parts:
        if part.strip("<>;,. \t"):
            address = email(re.sub(r"^\s*mailto:", "", part, flags=re.IGNORECASE))
            found.setdefault(address.lower(), address)
    return list(found.values())


@lru_cache(maxsize=64)  # brothers and sisters follow each other
def telephone(given: str) -> str:
    """The first number of a cell as E.164, Dutch unless it says otherwise."""
    bare = re.sub(r"^tel:", "", given.strip(), flags=re.IGNORECASE)
    if _ROUNDED.fullmatch(bare):
        raise Unusable("telephone_rounded")
    match = _TELEPHONE.search(bare)
    digits = re.sub(r"[^\d+]", "", match[0]) if match else ""
    for written in (digits, f"+{digits}"):  # 31612345678 has lost its plus
        if number := _number(written):
            return number
    raise Unusable("no_telephone")


def _number(written: str) -> str:
    number = kept(written)
    is_short = number.startswith(DUTCH) and len(number) < len(DUTCH) + DUTCH_DIGITS
    return "" if is_short else number


def is_bsn(given: str) -> bool:
    """Whether a number passes the test of eleven of citizen service and education numbers."""
    digits = given.replace(".", "").replace(" ", "")
    if len(digits) != _DIGITS_OF_BSN or not (digits.isascii() and digits.isdigit()):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    is_education_number = digits.startswith("10") and total % 11 == EDUCATION_REMAINDER
    return is_education_number or (total % 11 == 0 and int(digits) > 0)


def grade(given: str) -> int:
    """A year group of primary school: 6, or groep 6."""
    match = re.fullmatch(r"(?:groep|gr\.?|klas)? ?([1-8])(?:[.,]0)?", given, re.IGNORECASE)
    if not match:
        raise Unusable("unknown_grade")
    return int(match[1])


def shown_text(given: str) -> str:
    """A header, which is shown whatever is in it."""
    return " ".join("".join(one if one.isprintable() else " " for one in given).split())[:80]
