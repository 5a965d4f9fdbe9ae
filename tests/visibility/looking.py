"""Looking through one lock at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from kring.accounts.models import User
from kring.base.visibility import Viewer, VisibleQuerySet, seen_by
from kring.feed.models.newsletter_photo import NewsletterPhoto
from kring.media.models import Portrait
from tests.cast import EVERYBODY, Cast
from tests.unlocked import unlocked

type Model = type[models.Model]
type Ids = frozenset[UUID]

OURS = sorted(
    (model for model in apps.get_models() if model.__module__.startswith("kring.")),
    key=lambda model: model._meta.label,
)
# What the thing that a row hangs on, hangs on.
NEXT: dict[Model, tuple[str, ...]] = {NewsletterPhoto: ("item__newsletter",)}
TIES = ("employments", "assignments", "guardianships")  # of a person with schools


def by_name(model: Model) -> str:
    """What a test about a model is called."""
    return model._meta.label


def things(model: Model) -> list[Any]:
    """All rows, with what they hang on: the way back asks one query more."""
    parents: list[Any] = [field.name for field in model._meta.fields if field.is_relation]
    parents += NEXT.get(model, ())
    with unlocked():
        rows = model._base_manager.select_related(*parents or [None])
        return list(rows.prefetch_related(*_ties(model)))


def _ties(model: Model) -> Iterable[str]:
    """What says who may know of a person."""
    if model is Portrait:
        return (f"user__{tie}" for tie in TIES)
    return TIES if model is User else ()


def all_of(model: Model) -> VisibleQuerySet[models.Model]:
    """Every row that row security lets through, without asking the first lock."""
    found = model._default_manager.all()
    assert isinstance(found, VisibleQuerySet)
    return found.unscoped("to look through the second lock alone")


def through_the_first_lock(viewer: Viewer, model: Model) -> Ids:
    """What our own queries give, while the database would give all."""
    with unlocked():
        return frozenset(all_of(model).visible_to(viewer).values_list("pk", flat=True))


def through_the_second_lock(viewer: Viewer, model: Model) -> Ids:
    """What the database gives, while our own queries ask for all."""
    with seen_by(viewer):
        return frozenset(all_of(model).values_list("pk", flat=True))


def by_model(things: Iterable[models.Model]) -> dict[Model, list[models.Model]]:
    """The same things, those of a kind together."""
    found: defaultdict[Model, list[models.Model]] = defaultdict(list)
    for thing in things:
        found[type(thing)].append(thing)
    return dict(found)


def sees(cast: Cast, key: str, thing: models.Model) -> bool:
    """Whether somebody sees a thing, through each lock alone; they must say the same."""
    viewer, model = cast.viewer(key), type(thing)
    first, second = (
        thing.pk in lock(viewer, model)
        for lock in (through_the_first_lock, through_the_second_lock)
    )
    assert first == second
    return first


def who_sees(cast: Cast, thing: models.Model) -> set[str]:
    """Who of the cast sees a thing, through each lock alone."""
    return {key for key in EVERYBODY if sees(cast, key, thing)}
