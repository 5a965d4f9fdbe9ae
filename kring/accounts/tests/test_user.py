from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from kring.accounts.models import User
from kring.accounts.user_agents import in_words
from tests.unlocked import unlocked


def test_one_address_is_one_person_in_whatever_case(new_person: Callable[..., User]) -> None:
    new_person("Anneke@Kring.example")
    assert User.objects.get(first_name="Anneke").email == "anneke@kring.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        new_person("ANNEKE@kring.example")


def test_many_people_may_have_no_address_and_none_has_an_empty_one(
    new_person: Callable[..., User],
) -> None:
    nameless = [new_person(None), new_person("")]
    assert [person.email for person in nameless] == [None, None]
    with unlocked(), pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=nameless[0].pk).update(email="")


def test_a_person_is_found_at_the_address_in_any_case(new_person: Callable[..., User]) -> None:
    person = new_person("anneke@kring.example")
    assert User.objects.all().at_address(" ANNEKE@kring.example ").get() == person


def test_a_new_name_is_sorted_anew(person: User) -> None:
    assert (person.name, person.initials, person.sort_key) == (
        "Anneke van der Élburg",
        "AÉ",
        "elburg anneke",
    )
    person.last_name = "Zwart"
    with unlocked():
        person.save(update_fields=["last_name"])
    person.refresh_from_db()
    assert person.sort_key == "zwart anneke"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) CriOS/123 Mobile Safari/604",
            "Chrome op iPad",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25 Chrome/121",
            "Samsung Internet op Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) Version/17 Safari/605", "Safari op Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/124 Safari/537 Edg/124", "Edge op Windows"),
        ("curl/8.5", "Onbekend apparaat"),
        ("something on Linux", "Linux"),
        ("", "Onbekend apparaat"),
    ],
)
def test_a_device_is_said_in_words(user_agent: str, words: str) -> None:
    with override("nl"):
        assert in_words(user_agent) == words
