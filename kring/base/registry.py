"""Where higher floors register themselves, so that lower ones need not know them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models


@dataclass(frozen=True)
class Retention:
    """How long rows of a model are kept, and why."""

    model: type[models.Model]
    because: str
    keep: timedelta | None  # None: as long as what it belongs to
    since: str  # the column that the term counts from


retentions: dict[type[models.Model], Retention] = {}


def retention(
    model: type[models.Model],
    *,
    because: str,
    keep: timedelta | None = None,
    since: str = "created_at",
) -> None:
    """Say how long a model's rows are kept. A system check refuses a table without."""
    retentions[model] = Retention(model, because, keep, since)
