"""A row of one school cannot point into another: the database refuses it, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, models

from kring.accounts.models import User
from kring.audiences.models import Audience
from kring.base.row_security import SchoolForeignKey
from kring.feed.models import Post
from kring.schools.models import School
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.looking import OURS, by_model

KEYS = [
    (model, field)
    for model in OURS
    for field in model._meta.fields
    if isinstance(field, SchoolForeignKey)
]


def elsewhere(cast: Cast, parent: type[models.Model]) -> Any:
    """A row of this kind at a school that has nothing to do with the others."""
    kompas, principal = cast.id("kompas"), cast.id("principal_elsewhere")
    makers: dict[str, Callable[[], Any]] = {
        "Post": lambda: cast.post("kompas", by="principal_elsewhere"),
        "Student": lambda: factories.student(kompas),
        "Asset": lambda: factories.asset(kompas, principal),
        "Import": lambda: factories.imported(kompas),
        "LinkCode": lambda: factories.link_code(factories.student(kompas)),
        "Newsletter": lambda: factories.newsletter(kompas, principal),
        "NewsletterItem": lambda: factories.newsletter_item(
            factories.newsletter(kompas, principal)
        ),
        "Notification": lambda: factories.notification(elsewhere(cast, Post), principal),
    }
    if make := makers.get(parent.__name__):
        return make()
    with unlocked():
        return parent._base_manager.filter(school=kompas)[0]


@pytest.mark.parametrize(("model", "field"), KEYS, ids=[str(field) for _model, field in KEYS])
def test_no_key_points_into_another_school(
    cast: Cast, model: type[models.Model], field: models.Field[Any, Any]
) -> None:
    rows = by_model(scene.everything(cast).values())[model]
    row = min(rows, key=lambda one: getattr(one, field.attname) is None)  # one that points at all
    parent = field.related_model
    assert isinstance(parent, type)
    with pytest.raises(IntegrityError, match=f"kring_{field.name}_of_school"):
        cast.change(row, **{field.name: elsewhere(cast, parent)})


@pytest.mark.parametrize(
    "audience", [{"group_ids": ["group_5"]}, {"student_ids": ["sam"]}], ids=str
)
@pytest.mark.parametrize("school", ["kompas", "vijver"])
def test_no_audience_lies_in_another_school(
    cast: Cast, school: str, audience: dict[str, list[str]]
) -> None:
    own = cast.post(school, by="principal_elsewhere")
    wanted: dict[str, Any] = {name: [cast.id(k) for k in keys] for name, keys in audience.items()}
    refused = "an audience lies within one school"
    with pytest.raises(IntegrityError, match=refused):
        cast.change(own, whole_school=False, **wanted)
    columns: dict[str, Any] = own.audience.columns() | {"whole_school": False} | wanted
    with pytest.raises(IntegrityError, match=refused):
        factories.post(Audience(**columns), own.author_id)


def test_no_audience_is_a_mixture_or_nobody(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    mixtures: list[dict[str, Any]] = [
        {"whole_school": True},
        {"staff_only": True},
        {"student_ids": [cast.id("sam")]},
        {"group_ids": []},
    ]
    for mixture in mixtures:
        with pytest.raises(IntegrityError, match="one_audience"):
            cast.change(post, **mixture)


def test_a_child_has_a_place_once_and_a_guardian_a_tie_once(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="enrollment_once_at_a_time"):
        factories.enrolled(cast.sam, cast.id("group_5"))
    with pytest.raises(IntegrityError, match="guardianship_once_at_a_time"):
        factories.guarded(cast.sam, cast.id("mother"))


def test_people_and_schools_belong_to_no_school(cast: Cast) -> None:
    assert cast.wilgenhoek
    for model in (User, School):
        assert not any(field.name == "school" for field in model._meta.fields)
