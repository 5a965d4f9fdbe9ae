import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from kring.accounts import passwords
from kring.accounts.models import User


def refused(password: str, *words: str) -> bool:
    try:
        passwords.check(password, words)
    except ValidationError:
        return True
    return False


def test_a_password_is_kept_as_argon2id_with_19_mib_two_passes_and_one_lane(
    settings: Settings,
) -> None:
    settings.PASSWORD_HASHERS = ["kring.accounts.passwords.Argon2id"]
    kept = passwords.encoded("paarse olifant fluit")
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert len(kept) <= 128
    assert not identify_hasher(kept).must_update(kept)
    assert passwords.fits(User(password=kept), "paarse olifant fluit")


@pytest.mark.parametrize(
    "password",
    [
        "paarse olifant fluit",
        "          x1y2",  # spaces are characters too
        "ñçáéñåöñ😀z",
        "correcthorsebattery",
        "x" * 60 + "yzab" * 17,
        "ALLEENHOOFDLETTERS",
        "kringloopwinkel",  # has Kring in it, and enough besides
        "'; DROP TABLE users",
    ],
)
def test_any_characters_make_a_password(password: str) -> None:
    assert not refused(password, "Anneke van der Élburg", "De Wilgenhoek")
    person = User(password=passwords.encoded(password))
    assert passwords.fits(person, password)
    assert not passwords.fits(person, password[:-1])


@pytest.mark.parametrize(
    "password",
    [
        "",
        "negenteke",
        "x1y2" * 32 + "z",
        "qwertyuiop",
        "QWERTYUIOP",
        "password123",
        "welcome2026!",
        "1234567890",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
    ],
)
def test_what_is_short_long_or_tried_first_is_refused(password: str) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "Kring2026!!",
        "kringkringkring",
        "KrïngKrïng1",
        "annekeelburg",
        "Anneke-1984-06",
        "van der elburg",
        "DeWilgenhoek!",
        "wilgenhoek123",
        "anneke@kring.example",
        "bos.anneke.bos",
    ],
)
def test_a_password_of_words_about_the_person_is_refused(password: str) -> None:
    words = ["Anneke van der Élburg", "De Wilgenhoek", "anneke@kring.example", "bos"]
    assert refused(password, *words)


def test_nothing_is_cut_off() -> None:
    long = "abcdefgh" * 16
    person = User(password=passwords.encoded(long))
    assert passwords.fits(person, long)
    assert not passwords.fits(person, long[:-1])
    assert not passwords.fits(person, f"{long} ")


def test_two_spellings_of_one_letter_are_one_password() -> None:
    person = User(password=passwords.encoded("caf\u00e9 caf\u00e9 12"))
    assert passwords.fits(person, "cafe\u0301 cafe\u0301 12")


def test_nobody_and_who_has_no_password_have_none_that_fits() -> None:
    for password in ("", "!", passwords.NO_PASSWORD, "paarse olifant fluit"):
        assert not passwords.fits(None, password)
        assert not passwords.fits(User(password=passwords.encoded(None)), password)


@pytest.mark.django_db
def test_the_words_about_somebody_are_names_address_and_user_name(person: User) -> None:
    person.username = "zonnebloem"
    assert passwords.words_of(person) == {
        "Anneke van der Élburg",
        "anneke@kring.example",
        "zonnebloem",
    }
    assert passwords.words_of(None) == set()
