"""Every page of arranging a school, opened by who leads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kring.schools.models import TeachingAssignment
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def lesson_of(cast: Cast, key: str) -> TeachingAssignment:
    with unlocked():
        return TeachingAssignment.objects.get(user=cast.id(key), group=cast.id("group_5"))


@pytest.mark.parametrize(
    ("page", "ids"),
    [
        ("start", []),
        ("staff", []),
        ("new_colleague", []),
        ("proposals", []),
        ("colleague", ["teacher"]),
        ("new_assignment", ["teacher"]),
        ("staff_leaving", ["teacher"]),
        ("groups", []),
        ("new_group", ["year wilgenhoek"]),
        ("group", ["group_5"]),
        ("group_removal", ["group_5"]),
        ("trail", []),
        ("school", []),
        ("policy", []),
    ],
)
def test_who_leads_the_school_opens_every_page(
    cast: Cast, sign_in: SignIn, page: str, ids: list[str]
) -> None:
    address = reverse(f"office:{page}", args=[cast.id("wilgenhoek"), *map(cast.id, ids)])
    for key in ("principal", "administrator"):
        answer = sign_in(key).get(address)
        assert answer.status_code == 200
        assert "De Wilgenhoek" in answer.text
    assert sign_in("teacher").get(address).status_code == 404
    assert sign_in("principal_elsewhere").get(address).status_code == 404
