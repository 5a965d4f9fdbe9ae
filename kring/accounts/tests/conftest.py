import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from tests.unlocked import unlocked

CODE = re.compile(r"^(\d{4} \d{4})$", re.MULTILINE)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
ADDRESS = "anneke@kring.example"


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


class Browser(Client):
    """A browser of somebody, with what it calls itself."""

    def ask(self, address: str = ADDRESS, **data: str) -> Any:
        return self.post(reverse("account_login"), {"email": address} | data)

    def type_code(self, code: str, **data: str) -> Any:
        return self.post(reverse("account_confirm_login_code"), {"code": code} | data)

    def sign_in(self, address: str = ADDRESS) -> Any:
        self.ask(address)
        return self.type_code(last_code())

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
