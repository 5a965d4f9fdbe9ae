from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse

from kring.accounts import opening, paper_codes, passwords
from kring.accounts.models import User
from kring.accounts.opening import Names
from kring.accounts.tests.conftest import Browser
from tests.unlocked import unlocked

type Make = Callable[..., User]

YASMIN = Names("Yasmin", "el", "Idrissi")
PASSWORD = "paarse olifant fluit"


@pytest.fixture
def card(new_person: Make) -> User:
    """A guardian whom the school knows of, and who waits for an account."""
    return new_person(None, first_name="Y.")


def test_a_waiting_card_becomes_the_account_of_who_proved_the_address(card: User) -> None:
    person = opening.open_with_address(card, YASMIN, " Yasmin@Kring.example", "en")
    person.refresh_from_db()
    assert person.pk == card.pk
    assert (person.email, person.name, person.language) == (
        "yasmin@kring.example",
        "Yasmin el Idrissi",
        "en",
    )
    assert person.sort_key == "idrissi yasmin"
    assert person.joined_at
    assert not person.has_usable_password()


@pytest.mark.django_db
def test_without_a_card_a_new_account_is_made() -> None:
    person = opening.open_with_address(None, YASMIN, "yasmin@kring.example", "nl")
    assert User.objects.unscoped("a test looks").get(pk=person.pk).joined_at


def test_an_account_without_address_has_a_name_a_password_and_ten_codes(card: User) -> None:
    person, codes = opening.open_with_user_name(card, YASMIN, "Yasmin.1", PASSWORD, "nl")
    person.refresh_from_db()
    assert (person.pk, person.username, person.email) == (card.pk, "yasmin.1", None)
    assert passwords.fits(person, PASSWORD)
    assert len(set(codes)) == paper_codes.left(person) == 10
    assert all(len(code.replace("-", "")) == 12 for code in codes)


@pytest.mark.parametrize("nothing", ["", None])
def test_an_account_without_address_may_have_no_password_and_paper_gives_one(
    card: User, browser: Callable[..., Browser], nothing: str | None
) -> None:
    """Who makes a passkey needs none; and who loses it is not shut out."""
    person, codes = opening.open_with_user_name(card, YASMIN, "yasmin", nothing, "nl")
    person.refresh_from_db()
    assert not person.has_usable_password()
    here = browser()
    for guess in ("", "!", PASSWORD):
        assert here.give("yasmin", guess).status_code == 422
    new = {"username": "yasmin", "code": codes[0], "password": PASSWORD, "again": PASSWORD}
    assert here.post(reverse("accounts:forgotten"), new).status_code == 302
    assert here.is_in()
    assert paper_codes.left(person) == 9


def test_a_password_may_be_left_out_where_it_is_said_and_is_as_good_as_any_otherwise() -> None:
    left_out = opening.PasswordOrNoneForm({"password": "", "again": ""})
    assert left_out.is_valid()
    assert left_out.cleaned_data["password"] == ""
    assert list(opening.PasswordOrNoneForm({"password": "kort"}).errors) == ["password"]
    for typed in ({"again": PASSWORD}, {"password": PASSWORD}):
        assert list(opening.PasswordOrNoneForm(typed).errors) == ["again"]
    assert opening.PasswordOrNoneForm({"password": PASSWORD, "again": PASSWORD}).is_valid()
    assert not opening.NewPasswordForm({"password": "", "again": ""}).is_valid()


def test_of_two_who_come_at_once_one_becomes_the_card(card: User) -> None:
    opening.open_with_address(card, YASMIN, "yasmin@kring.example", "nl")
    with pytest.raises(opening.CardTakenError):
        opening.open_with_user_name(card, YASMIN, "yasmin", PASSWORD, "nl")
    card.refresh_from_db()
    assert (card.email, card.username) == ("yasmin@kring.example", None)


@pytest.mark.parametrize("closed", [{"is_active": False}, {"username": "iemand"}])
def test_a_card_that_does_not_wait_is_nobodys_to_take(new_person: Make, closed: object) -> None:
    card = new_person(None, **closed)  # type: ignore[arg-type]
    with pytest.raises(opening.CardTakenError):
        opening.open_with_address(card, YASMIN, "yasmin@kring.example", "nl")


def test_an_address_or_a_name_that_somebody_has_is_refused_and_nothing_is_written(
    card: User, new_person: Make
) -> None:
    new_person("bas@kring.example", username="bas")
    with pytest.raises(opening.NameTakenError):
        opening.open_with_address(card, YASMIN, "BAS@kring.example", "nl")
    with pytest.raises(opening.NameTakenError):
        opening.open_with_user_name(card, YASMIN, "Bas", PASSWORD, "nl")
    with pytest.raises(opening.NameTakenError):
        opening.open_with_address(None, YASMIN, "bas@kring.example", "nl")
    card.refresh_from_db()
    assert card.joined_at is None
    assert paper_codes.left(card) == 0
    assert connection.is_usable()


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 41, "anneke@kring.example", "anneke bos", "annéke", "a/b/c", "abc\n x"]
)
@pytest.mark.django_db
def test_what_is_no_user_name_is_said(name: str) -> None:
    assert opening.UserNameForm({"username": name}).errors["username"]


def test_a_user_name_is_kept_in_small_letters_and_is_free(new_person: Make) -> None:
    new_person(None, username="bas")
    form = opening.UserNameForm({"username": "Ann.E-k_3"})
    assert form.is_valid()
    assert form.cleaned_data["username"] == "ann.e-k_3"
    assert not opening.UserNameForm({"username": "BAS"}).is_valid()


def test_a_new_password_is_typed_twice() -> None:
    assert opening.NewPasswordForm({"password": PASSWORD, "again": PASSWORD}).is_valid()
    form = opening.NewPasswordForm({"password": PASSWORD, "again": f"{PASSWORD} "})
    assert list(form.errors) == ["again"]


def test_a_new_password_is_not_made_of_what_is_known(card: User) -> None:
    words = opening.words_of(card)
    for password in ("Y.VanDerElburg12", "kring-kring-kring", "de.wilgenhoek2026", "bas123456789"):
        form = opening.NewPasswordForm(
            {"password": password, "again": password, "username": "bas123"},
            words={*words, "De Wilgenhoek"},
        )
        assert form.errors["password"], password


def test_a_card_that_was_taken_back_is_not_opened(card: User) -> None:
    with unlocked():
        User.objects.unscoped("a test").filter(pk=card.pk).delete()
    with pytest.raises(opening.CardTakenError):
        opening.open_with_address(card, YASMIN, "yasmin@kring.example", "nl")
