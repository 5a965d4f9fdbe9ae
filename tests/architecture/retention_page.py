"""How long all is kept, as a page; ``python -m tests.architecture.retention_page`` writes it."""

from __future__ import annotations

import os
from datetime import timedelta
from importlib import import_module

from kring.base.registry import Retention, retentions
from tests.architecture.source import ROOT

PAGE = ROOT / "docs/privacy/retention.md"
DAYS_OF_A_YEAR = 365
HEAD = """\
# How long it is kept

Written from the code by `python -m tests.architecture.retention_page`; a test fails when it is
stale.

Every night, school by school, what has passed its term is deleted. What has no term of its own goes
with what it belongs to. Photos go with their files. What is deleted stays in backups for as long as
those are kept, and lines of the log for as long as the operator keeps them. In the mailbox for what
comes back, a mail that is handled is deleted at once, and what was put aside after 30 days. Name
cards (`User`) of people without any tie are not removed by a program yet.

| What | Kept for | Counted from | Why |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be now."""
    rows = sorted(retentions.values(), key=lambda one: one.model._meta.label)
    return HEAD + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows)


def _cells(kept: Retention) -> tuple[str, str, str, str]:
    meta = kept.model._meta
    what = f"`{meta.object_name}` ({meta.app_label})"
    if kept.keep is None:
        return what, "–", "–", kept.because
    return what, _said(kept.keep), f"`{kept.since}`", kept.because


def _said(term: timedelta) -> str:
    """``2 years``, ``30 days``."""
    years, rest = divmod(term.days, DAYS_OF_A_YEAR)
    if rest or not years:
        return f"{term.days} days"
    return f"{years} year{'s' if years > 1 else ''}"


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import_module("django").setup()
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
