"""Start-up refuses a model that the locks, the retention sweep or the schools do not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from kring.base.registry import retentions
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Rule, VisibleQuerySet

# Models without a key to one school, and why.
OF_NO_SCHOOL = {
    "accounts.TabletPin": "a way in is of the person, as passkeys are",
    "accounts.User": "a person is known once; what ties people to a school belongs to the school",
    "events.AuditEntry": "lies below the schools: a plain id, and none for a sign-in",
    "events.Event": "lies below the schools: a plain id",
    "media.Portrait": "a photo that a person chose belongs to the person",
    "notifications.Preference": "how one wants to hear is of the person, over all schools",
    "notifications.PushSubscription": "a device is of the person",
    "notifications.Wishes": "how one wants to hear is of the person, over all schools",
    "schools.School": "is one",
    "schools.SchoolBoard": "stands above its schools",
}
# Keys that point into another school, and why.
ACROSS_SCHOOLS = {
    "schools.SameChild.other_student": "says that children of two schools are one",
}


@register(Tags.models)
def check_models(**_options: Any) -> list[CheckMessage]:
    """Every model of ours, at every start."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("kring.")]
    return [error for model in ours if not model._meta.proxy for error in errors_of(model)]


def errors_of(model: type[models.Model]) -> Iterator[CheckMessage]:
    """What is missing on one model."""
    yield from _family(model)
    yield from _retention(model)
    yield from _school(model)


def _family(model: type[models.Model]) -> Iterator[CheckMessage]:
    for manager in model._meta.managers:
        queryset = manager.all()
        if isinstance(queryset, VisibleQuerySet) and isinstance(_family_of(queryset), Rule):
            continue
        yield Error(
            f"{manager.name} picks no rule family, so nobody knows who may see its rows.",
            hint="Let its queryset descend from one of the families of kring/base/visibility.py.",
            obj=model,
            id="kring.E001",
        )


def _family_of(queryset: VisibleQuerySet[Any]) -> Rule | None:
    return getattr(queryset, "family", None)


def _retention(model: type[models.Model]) -> Iterator[CheckMessage]:
    kept = retentions.get(model)
    if kept is None:
        yield Error(
            "Nobody says how long its rows are kept, and why.",
            hint="Say retention(…) in the app's retention.py.",
            obj=model,
            id="kring.E002",
        )
    elif kept.keep and kept.since not in {field.name for field in model._meta.fields}:
        yield Error(
            f"Its retention counts from {kept.since}, which it does not have.",
            obj=model,
            id="kring.E003",
        )


def _school(model: type[models.Model]) -> Iterator[CheckMessage]:
    if model._meta.label in OF_NO_SCHOOL:
        return
    fields = {field.name: field for field in model._meta.fields}
    school = fields.get("school")
    if not isinstance(school, models.ForeignKey) or school.null:
        yield Error(
            "Its rows belong to no school.",
            hint="Let it descend from SchoolModel, or say why not in kring/base/checks.py.",
            obj=model,
            id="kring.E004",
        )
    yield from _keys(model)


def _keys(model: type[models.Model]) -> Iterator[CheckMessage]:
    for field in model._meta.fields:
        if f"{model._meta.label}.{field.name}" in ACROSS_SCHOOLS:
            continue
        if _points_at_a_row_of_a_school(field) and not isinstance(field, SchoolForeignKey):
            yield Error(
                f"{field.name} could point into another school.",
                hint="Make it a SchoolForeignKey.",
                obj=model,
                id="kring.E005",
            )


def _points_at_a_row_of_a_school(field: models.Field[Any, Any]) -> bool:
    parent = field.related_model
    if not isinstance(field, models.ForeignKey) or not isinstance(parent, type):
        return False
    return any(one.name == "school" for one in parent._meta.fields)
