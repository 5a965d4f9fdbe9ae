"""People are found by what somebody remembers of them."""

from __future__ import annotations

import time

import pytest

from kring.office.search import Entry, found, words_of

NAMES = [
    "Youssef el Amrani",
    "Lotte Janssen",
    "Daan Jansen",
    "Zoë van der Meulen",
    "Çağla Yılmaz",
    "Sam Bos",
    "Mohammed Haddad",
]
ENTRIES = [
    Entry.of([name], [f"ouder.{place}@voorbeeld.example"], []) for place, name in enumerate(NAMES)
]
ENTRIES.append(Entry.of(["Noor Visser"], ["Fatima Visser"], ["+31612345678"]))
NAMES.append("Noor Visser")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Yousef", "Youssef el Amrani"),
        ("yusuf", ""),  # as it sounds, but three letters from it
        ("amrani youssef", "Youssef el Amrani"),
        ("Amrany", "Youssef el Amrani"),
        ("zoe meulen", "Zoë van der Meulen"),
        ("van der meulen", "Zoë van der Meulen"),
        ("cagla yilmaz", "Çağla Yılmaz"),
        ("Mohamed", "Mohammed Haddad"),
        ("hadad", "Mohammed Haddad"),
        ("ouder.3@voorbeeld.example", "Zoë van der Meulen"),
        ("06 12 34 56 78", "Noor Visser"),
        ("06-12345678", "Noor Visser"),
        ("+31 (0)6 1234 5678", "Noor Visser"),
        ("0031612345678", "Noor Visser"),
        ("5678", "Noor Visser"),
        ("fatima", "Noor Visser"),
        ("sma", ""),  # a short word has no mistakes
        ("Sam Haddad", ""),  # every word must be found
        ("06 99 99 99 99", ""),
    ],
)
def test_the_first_that_is_found(query: str, name: str) -> None:
    places = found(query, ENTRIES)
    assert (NAMES[places[0]] if places else "") == name


@pytest.mark.parametrize("query", ["Jansen", "Janssen", "jnassen"])
def test_one_letter_more_or_less_finds_both(query: str) -> None:
    assert {NAMES[place] for place in found(query, ENTRIES)} == {"Lotte Janssen", "Daan Jansen"}


def test_what_is_typed_exactly_comes_first() -> None:
    assert NAMES[found("Jansen", ENTRIES)[0]] == "Daan Jansen"
    assert NAMES[found("Janssen", ENTRIES)[0]] == "Lotte Janssen"


def test_a_child_comes_before_a_guardian_of_the_same_name() -> None:
    entries = [Entry.of(["Mo Bakker"], ["Sam Bakker"], []), Entry.of(["Sam Vos"], [], [])]
    assert found("sam", entries) == [1, 0]


def test_while_typing_the_beginning_is_enough() -> None:
    assert NAMES[found("yous", ENTRIES)[0]] == "Youssef el Amrani"
    assert NAMES[found("a", ENTRIES)[0]] == "Youssef el Amrani"


def test_no_letters_find_everybody_and_signs_are_no_letters() -> None:
    assert len(found("", ENTRIES)) == len(found(" %_';-- ", ENTRIES)) == len(ENTRIES)


def test_a_query_is_bounded() -> None:
    assert len(words_of("a " * 5_000)) == 8
    entries = [Entry.of([f"Kind{n} Achternaam{n}"], [f"p{n}@x.example"], []) for n in range(4_000)]
    began = time.perf_counter()
    found("achternaam " * 1_000 + "z" * 10_000, entries)
    assert time.perf_counter() - began < 3  # a runaway, not a race
