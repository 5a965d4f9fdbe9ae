from datetime import timedelta

from kring.base.registry import retention
from kring.importing import models

retention(
    models.Import,
    because="what was imported when, by whom: two years, as the trail",
    keep=timedelta(days=2 * 365),
)
retention(
    models.ImportedRow,
    because="an import can be undone for a day",
    keep=timedelta(days=2),
)
