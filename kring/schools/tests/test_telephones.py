"""Telephone numbers, as they are kept and as they are read."""

import pytest

from kring.schools.telephones import kept, readable


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+31612345678", "06 12345678"),
        ("+31201234567", "020 123 4567"),
        ("+493012345678", "+49 30 12345678"),
        ("", ""),
        ("bel de conciërge", "bel de conciërge"),
    ],
)
def test_a_number_is_read_as_people_dial_it_here(number: str, said: str) -> None:
    assert readable(number) == said


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06-12 34 56 78", "+31612345678"),
        ("020 123 4567", "+31201234567"),
        ("0049 30 12345678", "+493012345678"),
        ("+44 20 7946 0123", "+442079460123"),
        ("geen", ""),
        ("", ""),
        ("12", ""),
        ("06" * 20, ""),
    ],
)
def test_a_number_is_kept_with_its_country_and_what_is_none_is_not(typed: str, number: str) -> None:
    assert kept(typed) == number
    assert kept(readable(number)) == number
