"""The pages of children and families, opened by who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from kring.schools.models import Guardianship
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def tie_of(cast: Cast, person: str, child: str) -> Guardianship:
    with unlocked():
        return Guardianship.objects.get(guardian=cast.id(person), student=cast.id(child))


def pages(cast: Cast) -> dict[str, dict[str, Any]]:
    school = {"school_id": cast.id("wilgenhoek")}
    sam = school | {"student_id": cast.id("sam")}
    tie = sam | {"tie_id": tie_of(cast, "mother", "sam").pk}
    home = school | {"household_id": tie_of(cast, "mother", "sam").household_id}
    return {
        "children": school,
        "child_new": school,
        "child": sam,
        "child_facts": sam,
        "child_placement": sam,
        "child_leaving": sam,
        "guardianship_new": sam,
        "guardianship": tie,
        "guardianship_ending": tie,
        "guardianship_reopening": tie,
        "families": school,
        "family": home,
        "family_moving": home,
        "authority": school,
    }


FOR_ALL_OF_THE_OFFICE = {"children", "child", "families", "family", "authority"}


def test_the_administrator_opens_every_page_and_the_principal_what_changes_nothing(
    cast: Cast, sign_in: SignIn
) -> None:
    administrator, principal, mother = map(sign_in, ("administrator", "principal", "mother"))
    for name, ids in pages(cast).items():
        address = reverse(f"office:{name}", kwargs=ids)
        assert administrator.get(address).status_code == 200, name
        expected = 200 if name in FOR_ALL_OF_THE_OFFICE else 404
        assert principal.get(address).status_code == expected, name
        assert mother.get(address).status_code == 404, name
