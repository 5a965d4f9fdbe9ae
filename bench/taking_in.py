"""The process that ``bench.importing`` measures: takes a folder of files into a school.

It does what the office's pages do, and after each step what the worker does.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from kring.base.jobs import at_work  # noqa: E402 - models want Django
from kring.base.visibility import Viewer  # noqa: E402
from kring.importing.jobs import apply_import, compare_import  # noqa: E402
from kring.importing.models import Import  # noqa: E402
from kring.importing.sources import SourceFile  # noqa: E402
from kring.importing.sources.registry import SOURCES  # noqa: E402
from kring.schools.models import School  # noqa: E402

SOURCES_IN_ORDER = ("edexml", "carers")


def main(folder: Path, school_id: UUID) -> None:
    """Print how long it took, and how much memory."""
    before = time.perf_counter()
    for name in SOURCES_IN_ORDER:
        take_in(name, folder / name, school_id)
    seconds = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def take_in(source: str, path: Path, school_id: UUID) -> None:
    """One file, with a yes to all of it."""
    by = Viewer.service(school_id)
    begun = begin(source, path, by, school_id)
    ids = {"school_id": str(school_id), "import_id": str(begun)}
    compare_import(**ids)
    with at_work(school_id):
        assert Import.objects.get(pk=begun).confirm(by=by), "something is doubtful"
    apply_import(**ids)
    with at_work(school_id):
        assert Import.objects.filter(pk=begun, state=Import.State.APPLIED).exists()


def begin(source: str, path: Path, by: Viewer, school_id: UUID) -> UUID:
    """Read it, and keep what was read."""
    with path.open("rb") as content:
        reading = SOURCES[source].read([SourceFile(path.name, content)])
    with at_work(school_id):
        school = School.objects.get(pk=school_id)
        begun = Import.begin(school, source, reading, [path.name], by=by)
        if begun.state == Import.State.MAPPING:
            begun.remap(None, by=by)
        return begun.pk


if __name__ == "__main__":
    main(Path(sys.argv[1]), UUID(sys.argv[2]))
