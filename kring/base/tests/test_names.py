import pytest
from hypothesis import given
from hypothesis import strategies as some

from kring.base import names


@pytest.mark.parametrize(
    ("person", "written"),
    [
        (("Sanne", "van der", "Berg"), "Sanne van der Berg"),
        (("Sanne", "", "Berg"), "Sanne Berg"),
        (("", "", "Berg"), "Berg"),
    ],
)
def test_a_name_is_written_as_people_do(person: tuple[str, str, str], written: str) -> None:
    assert names.full_name(*person) == written


@pytest.mark.parametrize(
    ("first", "last", "letters"),
    [("Sanne", "Berg", "SB"), ("'s", "IJzer", "SI"), ("", "Öz", "Ö"), ("", "", "")],
)
def test_an_avatar_shows_two_letters_at_most(first: str, last: str, letters: str) -> None:
    assert names.initials(first, last) == letters


def test_names_are_sorted_without_accents_capitals_and_voorvoegsels() -> None:
    people = [("Zoë", "Ångström"), ("Bo", "O'Brien"), ("Łukasz", "Ørsted"), ("An", "bakker-Vos")]
    keys = sorted(names.sort_key(*person) for person in people)
    assert keys == ["angstrom zoe", "bakker vos an", "obrien bo", "orsted lukasz"]


@given(some.text(max_size=80), some.text(max_size=80))
def test_a_sort_key_always_fits_and_says_the_same_twice(first: str, last: str) -> None:
    key = names.sort_key(first, last)
    assert len(key) <= names.LONGEST
    assert names.sort_key(first, last) == key
    assert "  " not in key
