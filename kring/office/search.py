"""Finding people by what somebody remembers of them: names as they sound, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kring.base.names import plain

LONGEST = 100  # characters that are looked at
MOST_WORDS = 8
SHORTEST_NUMBER = 3  # figures: fewer are no part of a telephone number
EXACT, BEGINS, NEARLY, OWN = 100, 90, 70, 5

# Between two figures: how people write a telephone number.
_BETWEEN_FIGURES = re.compile(r"(?<=\d)[\s\-./()]+(?=\d)")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of a list can be found by."""

    own: frozenset[str]  # of whom the line is about: these come first
    words: frozenset[str]
    numbers: tuple[str, ...]  # figures only

    @classmethod
    def of(cls, own: Iterable[str], others: Iterable[str], numbers: Iterable[str]) -> Entry:
        """From texts as they are written, and telephone numbers as they are kept (E.164)."""
        mine = frozenset(plain(" ".join(own)).split())
        words = mine | frozenset(plain(" ".join(others)).split())
        return cls(mine, words, tuple(number.lstrip("+") for number in numbers if number))


def found(query: str, entries: Sequence[Entry]) -> list[int]:
    """Places of the entries in which every word of the query is found, the nearest first."""
    words = words_of(query)
    known = list(frozenset[str]().union(*(entry.words for entry in entries)))
    near = [_near(word, known) for word in words]
    scores = [
        (sum(parts), -place)
        for place, entry in enumerate(entries)
        if all(parts := [_score(word, like, entry) for word, like in zip(words, near, strict=True)])
    ]
    return [-place for _score_, place in sorted(scores, reverse=True)]


def words_of(query: str) -> list[str]:
    """The words that are looked for, at most a handful; a telephone number is one."""
    joined = _BETWEEN_FIGURES.sub("", query[:LONGEST].replace("(0)", ""))
    return plain(joined).split()[:MOST_WORDS]


def _near(word: str, known: list[str]) -> dict[str, int]:
    """Every word that this one may be, and how surely."""
    near = {one: BEGINS for one in known if one.startswith(word)}
    if mistakes := _mistakes(word):
        like = extract(word, known, scorer=OSA.distance, score_cutoff=mistakes, limit=None)
        near |= {one: NEARLY - 10 * int(far) for one, far, _ in like if one not in near}
    if word in near:
        near[word] = EXACT
    return near


def _mistakes(word: str) -> int:
    """How many letters may be wrong: none in a short word, which would be like any other."""
    if word.isdigit():
        return 0
    return 0 if len(word) <= 3 else 1 if len(word) <= 5 else 2  # noqa: PLR2004


def _score(word: str, near: dict[str, int], entry: Entry) -> int:
    best = max(
        (near[one] + (OWN if one in entry.own else 0) for one in entry.words if one in near),
        default=0,
    )
    number = word.lstrip("0")
    if word.isdigit() and len(number) >= SHORTEST_NUMBER:
        best = max(best, BEGINS * any(number in one for one in entry.numbers))
    return best
