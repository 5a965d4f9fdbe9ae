"""Measure the workloads, each beside its floor: ``bin/bench [NAME…] [--json]``."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from bench.measure import Measure
from kring.database import EmbeddedPostgres, forget
from kring.folder import DataFolder

WORKLOADS = {  # each a file beside this one
    "feed": "feed",
    "post": "post",
    "photos": "photos",
    "films": "films",
    "uploads": "uploads",
    "import": "importing",
    "people": "office",
    "push": "push",
    "digest": "digest",
    "fanout": "fanout",
    "phone": "phone",
}
COLUMNS = ("workload", "figure", "floor", "ratio", "goal", "met")
WIDTHS = (16, 12, 12, 7, 7, 3)


def main() -> int:
    """Measure what the command line names; 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each figure")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}")
    with TemporaryDirectory(prefix="kring-bench-") as folder:
        data = set_up(Path(folder))
        try:
            return run(asked.names or list(WORKLOADS), as_json=asked.json)
        finally:
            forget(data)  # where PostgreSQL runs as another user, some of it lies elsewhere


def set_up(folder: Path) -> DataFolder:
    """Django, with the settings of a server whose data lie in ``folder``."""
    data = DataFolder(folder / "data")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": data.secrets().secret_key,
        "DATABASE_URL": EmbeddedPostgres(data).url("kring_web"),
        "KRING_DATA": str(data.path),
        "KRING_ORIGIN": "http://localhost:8000",
        "KRING_LOG_LEVEL": "WARNING",
    }
    django.setup()
    return data


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Print each figure as it comes."""
    failed = False
    if not as_json:
        print(row(COLUMNS), flush=True)
    for name in names:
        try:
            for measure in measured(name):
                line = json.dumps(measure.told()) if as_json else row(cells(measure))
                print(line, flush=True)
        except Exception:  # noqa: BLE001  (the others can still be measured)
            traceback.print_exc()
            failed = True
    return int(failed)


def measured(name: str) -> Iterator[Measure]:
    """The figures of one workload."""
    found = import_module(f"bench.{WORKLOADS[name]}").measure()
    yield from [found] if isinstance(found, Measure) else found


def cells(measure: Measure) -> tuple[str, ...]:
    """A figure for people."""
    sign = "≤" if measure.better == "lower" else "≥"
    return (
        measure.name,
        said(measure.value, measure.unit),
        said(measure.floor, measure.unit),
        said(measure.ratio),
        f"{sign} {measure.goal:g}",
        "yes" if measure.met else "no",
    )


def said(number: float | None, unit: str = "") -> str:
    """Three digits, and the unit."""
    return "–" if number is None else f"{number:.3g} {unit}".rstrip()


def row(texts: Sequence[str]) -> str:
    """Names to the left, numbers to the right."""
    first, *others = zip(texts, WIDTHS, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)])


if __name__ == "__main__":
    sys.exit(main())
