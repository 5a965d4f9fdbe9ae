"""The form of a row of the matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.circles import NOBODY, SIGNED_IN, STAFF, Circle

ANYBODY: Circle = SIGNED_IN | {"anonymous"}
ALL_STAFF: Circle = STAFF | {"aftercare", "principal_elsewhere"}
SEE_OTHER, FOUND, NO_CONTENT, NOT_FOUND, UNPROCESSABLE = 303, 302, 204, 404, 422


@dataclass(frozen=True)
class Row:
    """One thing asked of one address."""

    url: str
    method: str
    thing: str  # what stands in the address, or in the form
    who: Circle
    status: int = 200  # for who gets in
    others: int = NOT_FOUND
    anonymous: int = FOUND  # to the page for signing in
    refused: Circle = field(default=NOBODY)  # who sees the page, and whose form is not taken


def rows(url: str, method: str, things: dict[str, Circle], status: int = 200) -> list[Row]:
    """The same asked of several things."""
    return [Row(url, method, thing, who, status) for thing, who in things.items()]


def open_to_all(url: str, method: str, thing: str = "", status: int = 200) -> Row:
    """Needs no sign-in."""
    return Row(url, method, thing, ANYBODY, status)
