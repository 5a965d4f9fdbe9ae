import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from kring.accounts import paper_codes, passwords
from kring.accounts.models import User
from tests.unlocked import unlocked

CODE = re.compile(r"^(\d{4} \d{4})$", re.MULTILINE)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
ADDRESS = "anneke@kring.example"
USER_NAME = "anneke.e"
PASSWORD = "paarse olifant fluit"


@pytest.fixture
def new_person(db: None) -> Callable[..., User]:
    def make(email: str | None = ADDRESS, **fields: object) -> User:
        with unlocked():
            names = {"first_name": "Anneke", "infix": "van der", "last_name": "Élburg"}
            return User.objects.create_user(email, **names | fields)

    return make


@pytest.fixture
def person(new_person: Callable[..., User]) -> User:
    return new_person()


@pytest.fixture
def with_password(person: User) -> User:
    """With an address and a password."""
    passwords.choose(person, PASSWORD)
    return person


@pytest.fixture
def sheet(new_person: Callable[..., User]) -> tuple[User, list[str]]:
    """With a user name, a password and ten codes on paper; without an address."""
    person = new_person(None, username=USER_NAME)
    passwords.choose(person, PASSWORD)
    return person, paper_codes.new_sheet(person)


class Browser(Client):
    """A browser of somebody, with what it calls itself."""

    def ask(self, address: str = ADDRESS, **data: str) -> Any:
        return self.post(reverse("account_login"), {"email": address} | data)

    def type_code(self, code: str, **data: str) -> Any:
        return self.post(reverse("account_confirm_login_code"), {"code": code} | data)

    def sign_in(self, address: str = ADDRESS) -> Any:
        self.ask(address)
        return self.type_code(last_code())

    def give(self, name: str = ADDRESS, password: str = PASSWORD, **data: str) -> Any:
        given = {"name": name, "password": password}
        return self.post(reverse("accounts:password_sign_in"), given | data)

    def give_paper(self, code: str, **data: str) -> Any:
        return self.post(reverse("accounts:paper_sign_in"), {"code": code} | data)

    def is_in(self) -> bool:
        return self.get(reverse("accounts:profile")).status_code == 200


@pytest.fixture
def browser(db: None) -> Callable[..., Browser]:
    def opened(words: str = PHONE, network: str = "203.0.113.7") -> Browser:
        return Browser(headers={"User-Agent": words}, REMOTE_ADDR=network)

    return opened


def last_mail() -> EmailMessage:
    return mail.outbox[-1]


def last_code() -> str:
    found = CODE.search(str(last_mail().body))
    assert found
    return found[1]
