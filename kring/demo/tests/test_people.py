"""The people of the demo, and the links that sign in as them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kring.accounts.models import User
from kring.demo import cast as demo
from kring.demo.kindcentrum.people import SCHOOLS as OF_THE_CENTRE
from kring.demo.people import SCHOOLS, SIGNER, of_the_cast, people
from kring.schools.models import School
from tests.cast import Cast
from tests.unlocked import unlocked

pytestmark = pytest.mark.django_db


def link(key: str) -> str:
    (found,) = (person["sign_in"] for person in people() if person["key"] == key)
    return str(found)


def test_everybody_of_the_cast_is_listed_with_an_address_of_this_kring() -> None:
    found = of_the_cast("http://localhost:8000")
    assert [person["key"] for person in found] == list(demo.IN_THE_DEMO)
    assert set(found[0]) == {"key", "name", "roles", "schools", "sign_in"}
    assert found[0]["name"] == "Fatima Amrani"
    assert found[0]["schools"] == ["De Wilgenhoek", "BSO De Vijver"]
    assert found[0]["sign_in"].startswith("http://localhost:8000/demo/sign-in/mother:")


def test_the_schools_are_called_as_they_are() -> None:
    with unlocked():
        names = dict(School.objects.values_list("pk", "name"))
    usual = {key: name for key, name in SCHOOLS.items() if key not in OF_THE_CENTRE}
    assert {demo.identity(key): name for key, name in usual.items()} == names


@pytest.mark.parametrize("key", demo.PEOPLE)
def test_one_click_signs_in_as_each_of_them(client: Client, cast: Cast, key: str) -> None:
    response = client.get(link(key))
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.id(key))


def test_another_link_makes_another_person_in_another_session(client: Client, cast: Cast) -> None:
    client.get(link("mother"))
    first = client.session.session_key
    client.get(link("teacher"))
    assert client.session["_auth_user_id"] == str(cast.id("teacher"))
    assert client.session.session_key != first


@pytest.mark.parametrize("token", ["mother", "mother:forged", SIGNER.sign("nobody"), "::"])
def test_a_link_that_we_did_not_make_is_not_found(client: Client, token: str) -> None:
    assert client.get(reverse("demo:sign_in", args=[token])).status_code == 404


def test_a_person_who_is_not_in_the_database_is_not_found(client: Client) -> None:
    with unlocked():
        User.objects.filter(pk=demo.identity("operator")).delete()
    assert client.get(link("operator")).status_code == 404


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_names_them_all(client: Client, language: str) -> None:
    page = client.get(reverse("demo:people"), headers={"Accept-Language": language})
    with override(language):
        for person in people():
            assert person["name"] in page.content.decode()
            assert all(role in page.content.decode() for role in person["roles"])
    assert f'<html lang="{language}">' in page.content.decode()
