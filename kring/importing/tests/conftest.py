"""An office, and imports in each of their states."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kring.importing.models import Import
from kring.importing.tests.handing_in import (
    address,
    compared,
    csv,
    imports,
    keys_of,
    pupil,
    upload,
    work,
)
from tests import factories
from tests.cast import Cast


@pytest.fixture
def office(cast: Cast, sign_in: Callable[[str], Client]) -> Client:
    """The administrator's browser; the pages of the office speak English here."""
    for key in ("administrator", "principal"):
        cast.change(getattr(cast, key), language="en")
    return sign_in("administrator")


@pytest.fixture
def listed(cast: Cast, office: Client) -> Import:
    """A list of carers whose columns are to be checked."""
    content = csv("Sam;van der Meulen;13-04-2018;iemand@post.example")
    assert upload(office, cast, content, name="ouders.csv", source="carers").status_code == 303
    return imports()[-1]


@pytest.fixture
def doubtful(cast: Cast, office: Client) -> Import:
    """Two lines without a key, of which each may be a child that is here."""
    for name in ("Puck", "Mees"):
        child = factories.student(cast.id("wilgenhoek"), name, born_on="2018-04-13")
        factories.enrolled(child, cast.id("group_5"))
    made = compared(office, cast, pupil("#1", "Puck", "Nieuw"), pupil("#2", "Mees", "Nieuw"))
    assert len(keys_of(made, "doubtful")) == 2
    return made


@pytest.fixture
def applied(cast: Cast, office: Client) -> Import:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    office.post(address(cast, "confirmation", made.pk))
    return work(made)
