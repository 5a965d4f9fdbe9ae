"""An import by the owner of the server: ``kring import SOURCE PATH… --school NAME``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.importing import wording
from kring.importing.applying import apply_now, compare_now
from kring.importing.differences import LEFT, Differences
from kring.importing.models import Import
from kring.importing.progress import silent
from kring.importing.roster import Problem, problem_from_json
from kring.importing.sources import MOST_BYTES, Reading, SourceFile
from kring.importing.sources.registry import SOURCES
from kring.schools.models import School

NOBODY = Viewer()  # the owner of the server is nobody's colleague: the trail says when, not who


class StopImportError(ValueError):
    """Nothing was written; the lines say why."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = list(lines)


def import_files(
    source: str, paths: Sequence[Path], *, school: str, dry_run: bool, yes_gone: bool
) -> list[str]:
    """Take files into a school, all of them or none; says what was done, line by line.

    Runs as the owner of the database. ``yes_gone``: children who are not in the file have left.
    Raises StopImportError for what is refused, or what only a person can decide.
    """
    place, reading = _school(school), _read(source, paths)
    lines = [wording.full(one) for one in reading.problems]
    with transaction.atomic():
        of = Import.begin(place, source, reading, [path.name for path in paths], by=NOBODY)
        if of.state == Import.State.MAPPING:
            of.state = Import.State.COMPARING  # as they were guessed: nobody is asked here
        compare_now(of)
        differences = of.shown_differences()
        lines += list(_told(differences))
        _stop_where_undecided(of, differences, lines)
        if dry_run or differences.is_empty:
            transaction.set_rollback(True)
            return [*lines, _("Nothing was written.")]
        of.answers = {key: LEFT for key in of.gone_keys(LEFT) if yes_gone}
        _apply(of)
    return [*lines, _("The import is applied. The office can undo it for a day.")]


def _apply(of: Import) -> None:
    of.state = Import.State.APPLYING
    of.save(update_fields=["state", "answers"])
    AuditEntry.note("import.confirmed", of, by=NOBODY, fields=("state",))
    apply_now(of, silent)
    assert of.state == Import.State.APPLIED, "nobody can have changed it in between"


def _school(name: str) -> School:
    found = School.objects.filter(name__iexact=name.strip()).order_by("created_at").first()
    if found is None:
        said = _("There is no school %(school)s.")
        raise StopImportError([said % {"school": name}])
    return found


def _read(source: str, paths: Sequence[Path]) -> Reading:
    if source not in SOURCES:
        said = _("Kring knows no source %(source)s: choose from %(sources)s.")
        raise StopImportError([said % {"source": source, "sources": ", ".join(SOURCES)}])
    with ExitStack() as stack:
        files = []
        for path in paths:
            if path.stat().st_size > MOST_BYTES:
                problem = Problem(code="too_big", file=path.name, value=str(MOST_BYTES // 1024**2))
                raise StopImportError([wording.full(problem)])
            files.append(SourceFile(path.name, stack.enter_context(path.open("rb"))))
        reading = SOURCES[source].read(files)
    if reading.roster is None:
        raise StopImportError([wording.full(one) for one in reading.problems])
    return reading


def _stop_where_undecided(of: Import, differences: Differences, lines: list[str]) -> None:
    if of.state == Import.State.REFUSED:
        raise StopImportError([*lines, wording.full(problem_from_json(of.problems[0]))])
    doubtful = differences.unanswered({})
    if doubtful:
        said = _(
            "Only a person can decide about these. Import the file on the pages of the office."
        )
        told = [
            f"{one.name}, {one.detail}: {wording.reason(one.reason, one.whom)}"
            + (_(" (line %(line)d)") % {"line": one.line} if one.line else "")
            for one in doubtful
        ]
        raise StopImportError([*lines, *told, said])


def _told(differences: Differences) -> Iterator[str]:
    """How many of each."""
    if differences.is_empty:
        yield _("No differences.")
    names = {
        "new": _("%(what)s: %(number)d new"),
        "changed": _("%(what)s: %(number)d changed"),
        "gone": _("%(what)s: %(number)d not in the file"),
        "doubtful": _("%(what)s: %(number)d doubtful"),
    }
    whats = {
        "school": _("School"),
        "group": _("Groups"),
        "student": _("Children"),
        "carer": _("Parents and carers"),
        "staff": _("Staff"),
    }
    for what, kinds in differences.counts.items():
        for kind, number in kinds.items():
            yield names[kind] % {"what": whats[what], "number": number}
