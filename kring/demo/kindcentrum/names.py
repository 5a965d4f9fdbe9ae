"""Names as a Dutch town has them, by where a family's names come from; they lie in a file."""

import tomllib
from pathlib import Path
from typing import NamedTuple

LISTS = ("girls", "boys", "mothers", "fathers", "surnames")
TEXTS = Path(__file__).with_name("texts")


class Names(NamedTuple):
    """A share of the families, and what people in them are called."""

    name: str
    share: int  # of a hundred
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    mothers: tuple[str, ...]
    fathers: tuple[str, ...]
    surnames: tuple[str, ...]  # with the voorvoegsel before a comma


def _read() -> dict[str, Names]:
    told = tomllib.loads((TEXTS / "names.toml").read_text(encoding="utf-8"))["origin"]
    return {
        one["name"]: Names(one["name"], one["share"], *(_listed(one[name]) for name in LISTS))
        for one in told
    }


def _listed(told: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in told.split(";"))


ORIGINS = _read()
STREETS = (
    *("Kringweg", "Lijsterstraat", "Merelhof", "Kastanjelaan", "Beukenlaan", "Waterkant"),
    *("Schoolpad", "Ganzenbroek", "Rietkraag", "Molenwerf", "Havenstraat", "Bloemenhof"),
)
