"""An import from the reading of its files to the end of its undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, In, StaffOnlyQuerySet, Viewer
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.importing.differences import GONE, STAYS, Differences, from_json
from kring.importing.roster import problem_to_json, to_json
from kring.importing.sources import Reading
from kring.schools.models import School, SchoolModel

UNDO = timedelta(days=1)

OFFICE = In("school", "leads", "administers")
KEEPERS = In("school", "administers")
ASKED = {"doubtful", "gone"}  # kinds of difference that the office answers
JOBS_OF = {  # verb → the state in which a job takes over
    "import.begun": "comparing",
    "import.confirmed": "applying",
    "import.undo_asked": "undoing",
}


class ImportQuerySet(StaffOnlyQuerySet["Import"]):
    """History for principal and office; the office imports."""

    family = OFFICE
    acts = Acts(insert=KEEPERS, update=KEEPERS)


class Import(SchoolModel):
    """What a source said, what it would change, and what became of it."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("columns to check")
        REFUSED = "refused", _("refused")
        COMPARING = "comparing", _("being compared")
        READY = "ready", _("waits for your yes")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("put away")

    source = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State)
    file_names = ArrayField(models.CharField(max_length=200), default=list)
    year = models.CharField(max_length=9, blank=True)
    roster = models.JSONField(null=True, encoder=DjangoJSONEncoder)  # gone once it is settled
    columns = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    differences = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    counts = models.JSONField(default=dict)  # kind of difference → how many; stays
    answers = models.JSONField(default=dict)  # of the office, to what is doubtful or gone
    shown = models.CharField(max_length=64, blank=True)  # the digest of what the office was shown
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    made_by_id = models.UUIDField(null=True)
    confirmed_by_id = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.source} {self.state}"

    # ── what the office does ─────────────────────────────────────────────────
    @classmethod
    @transaction.atomic
    def begin(
        cls,
        school: School,
        source: str,
        reading: Reading,
        file_names: Iterable[str],
        *,
        by: Viewer,
    ) -> Self:
        """Keep what was read: to be compared, or first to be told what its columns are."""
        names = [name[:200] for name in file_names]
        made = cls(school=school, source=source, file_names=names, made_by_id=by.user_id)
        made._take(reading)
        made.state = made._next(reading, is_mapped=False)
        made.save(force_insert=True)
        made._told("import.begun", by)
        return made

    @transaction.atomic
    def remap(self, reading: Reading | None, *, by: Viewer) -> bool:
        """The columns are right as guessed (none), or the files were read again with others."""
        own = self._mine(by, self.State.MAPPING)
        state = self.State.COMPARING.value
        if reading:
            state = self._next(reading, is_mapped=True)
        else:
            own = own.filter(roster__isnull=False)
        if not own.update(state=state):
            return False
        self.state = state
        if reading:
            self._take(reading)
            self.save(update_fields=["roster", "year", "columns", "problems"])
        self._told("import.begun", by)
        return True

    @transaction.atomic
    def answer(self, given: Mapping[str, str], *, by: Viewer) -> bool:
        """Keep what the office says of what is doubtful or gone; what was not asked is left out."""
        found = self._mine(by, self.State.READY).select_for_update().first()
        if not found:
            return False
        asked = {one.key for one in found.shown_differences().found if one.kind in ASKED}
        answers = {key: value[:100] for key, value in given.items() if key in asked}
        changed = sorted(key for key in answers if found.answers.get(key) != answers[key])
        self.answers = found.answers | answers
        if changed:
            self.save(update_fields=["answers"])
            AuditEntry.note("import.answered", self, by=by, fields=("answers",))
        return True

    @transaction.atomic
    def confirm(self, *, by: Viewer, sure: bool = False) -> bool:
        """Have it applied. Not while something doubtful is open; twice asked where many leave."""
        found = self._mine(by, self.State.READY).select_for_update().first()
        if not found:
            return False
        differences = found.shown_differences()
        if differences.unanswered(found.answers):
            return False
        if differences.asks_again(found.answers) and not sure:
            return False
        stays = {one.key: STAYS for one in differences.found if one.kind == "gone"}
        staff = {key: stays[key] for key in stays.keys() - self.gone_keys("").keys()}
        self.answers = found.answers | staff  # seen and said yes to: not asked of again
        self.state, self.confirmed_by_id = self.State.APPLYING, by.user_id
        self.done = self.total = 0
        self.save(update_fields=["state", "confirmed_by_id", "answers", "done", "total"])
        self._told("import.confirmed", by)
        return True

    @transaction.atomic
    def undo(self, *, by: Viewer) -> bool:
        """Have it taken back, within its day."""
        own = self._mine(by, self.State.APPLIED).filter(undo_until__gt=clock.now())
        return self._go(own, self.State.UNDOING, "import.undo_asked", by)

    @transaction.atomic
    def discard(self, *, by: Viewer) -> bool:
        """Put it away: nothing of it is applied."""
        own = self._mine(by, self.State.MAPPING, self.State.READY, self.State.REFUSED)
        if not self._go(own, self.State.DISCARDED, "import.discarded", by):
            return False
        own = type(self).objects.changeable_by(by).filter(pk=self.pk)
        own.update(roster=None, differences=None, columns=[], problems=[], answers={})
        return True

    # ── what it says ─────────────────────────────────────────────────────────
    @property
    def files(self) -> str:
        """By name; later, when the names are gone, how many there were."""
        names = [name for name in self.file_names if name]
        number = len(self.file_names)
        said = ngettext("%(number)d file", "%(number)d files", number) % {"number": number}
        return ", ".join(names) or said

    def shown_differences(self) -> Differences:
        """What the office was shown last."""
        return from_json(self.differences or {})

    def gone_keys(self, answer: str) -> dict[str, str]:
        """The same answer for every child that the file does not have."""
        leaving = (one for one in self.shown_differences().found if one.kind == "gone")
        return {one.key: answer for one in leaving if one.what == "student"}

    def settle(self, state: str) -> None:
        """An end of it: names of children are kept no longer than they are of use."""
        self.state, self.roster = state, None
        self.columns = []  # with the first cells of each
        gone = (key for key in self.answers if key.startswith(GONE))
        self.answers = {key: self.answers[key] for key in gone}  # other keys are names
        self.save()

    # ── inside ───────────────────────────────────────────────────────────────
    def _take(self, reading: Reading) -> None:
        self.roster = to_json(reading.roster) if reading.roster else None
        self.year = reading.roster.year if reading.roster else ""
        self.columns = [asdict(one) for one in reading.columns]
        self.problems = [problem_to_json(one) for one in reading.problems]

    def _next(self, reading: Reading, *, is_mapped: bool) -> str:
        """A list asks for its columns first; where they were given, once it can be read."""
        if reading.columns and not (is_mapped and reading.roster):
            return self.State.MAPPING
        return self.State.COMPARING if reading.roster else self.State.REFUSED

    def _mine(self, by: Viewer, *states: str) -> ImportQuerySet:
        # Without the roster: of a large school that is megabytes.
        own = type(self).objects.changeable_by(by).filter(pk=self.pk, state__in=states)
        return own.defer("roster")

    def _go(self, own: ImportQuerySet, state: str, verb: str, by: Viewer) -> bool:
        """One of two clicks does it."""
        if not own.update(state=state):
            return False
        self.state = state
        self._told(verb, by)
        return True

    def _told(self, verb: str, by: Viewer) -> None:
        """In the trail; and on the bus, where jobs wait for it."""
        AuditEntry.note(verb, self, by=by, fields=("state",))
        if verb in JOBS_OF and self.state == JOBS_OF[verb]:
            record(verb, self, by=by)


class ImportedRowQuerySet(StaffOnlyQuerySet["ImportedRow"]):
    """Read by the job that undoes."""

    family = In("school", "works_for")


class ImportedRow(SchoolModel):
    """A row that an import made or changed, as it was and as it became: what undoing needs."""

    of = SchoolForeignKey(Import, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=40)
    row_id = models.UUIDField()
    student_id = models.UUIDField(null=True)  # whose: what hangs together is undone together
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)  # none: it was made
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)  # none: it was removed

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["school", "of"], name="imported_row_of_import")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
