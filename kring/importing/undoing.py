"""An import taken back within its day: put back as far as it is still as the import left it.

What was changed since stays, and is told. So does a tie that the office ended, made secret or has
still to answer; and nobody is put back into a home that holds a secret address now. A child that
came in with the import is one thing with its places and its ties: where somebody has begun to work
with it, all of it stays. A name card that became an account keeps its tie. Homes and cards that
nobody is tied to any more are left to the sweep of the night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import VisibleQuerySet
from kring.events.models import AuditEntry
from kring.importing.applying import one_at_a_time
from kring.importing.models import Import
from kring.importing.roster import Problem, problem_to_json
from kring.importing.tables import ALL, Model
from kring.schools.models import (
    Enrollment,
    Group,
    Guardianship,
    School,
    SchoolYear,
    StaffProposal,
    Student,
)

MOST_TOLD = 200
ARRAYS: dict[Model, str] = {Student: "student_ids", Group: "group_ids"}  # of whom a post is about
OTHERS: tuple[Model, ...] = (School, Group, User)
EMPTIED: tuple[Model, ...] = (Group, SchoolYear)
MACHINERY = {"importing", "events"}  # their rows speak of others and hold nothing up

OTHER_THAN_LEFT = """
SELECT r.row_id, r.student_id FROM importing_importedrow r
LEFT JOIN (SELECT {readable} FROM "{table}") t ON t.id = r.row_id
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.after IS NOT NULL
    AND (t.id IS NULL OR to_jsonb(t) || r.after <> to_jsonb(t))
"""
CLAIMED = """
SELECT t.id, t.student_id FROM importing_importedrow r
JOIN schools_guardianship t ON t.id = r.row_id JOIN accounts_user u ON u.id = t.guardian_id
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.before IS NULL
    AND (
        u.joined_at IS NOT NULL OR u.email IS NOT NULL OR u.username IS NOT NULL
        OR t.ends_at IS NOT NULL OR t.has_secret_address OR t.asked_at IS NOT NULL
    )
"""
HIDDEN = """EXISTS (
    SELECT FROM schools_guardianship other WHERE other.school_id = %(school)s
    AND other.household_id = b.household_id AND other.guardian_id <> t.guardian_id
    AND other.has_secret_address
)"""
INTO_HIDDEN = """
SELECT t.id, t.student_id FROM importing_importedrow r
JOIN schools_guardianship t ON t.id = r.row_id,
    LATERAL jsonb_populate_record(NULL::schools_guardianship, r.before) b
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s
    AND r.before IS NOT NULL AND r.after ? 'household_id'
    AND {hidden}
"""
HELD = """
SELECT r.row_id, r.student_id FROM importing_importedrow r
JOIN "{table}" other ON {on}
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.before IS NULL
    AND NOT EXISTS (
        SELECT FROM importing_importedrow own WHERE own.school_id = %(school)s
        AND own.of_id = %(of)s AND own.row_id = other.id AND own.before IS NULL AND {of_mine}
    )
"""
PLACED_SINCE = """
SELECT e.id, e.student_id FROM schools_enrollment e
WHERE e.school_id = %(school)s AND e.created_at > %(since)s AND e.student_id IN (
    SELECT student_id FROM importing_importedrow WHERE school_id = %(school)s AND of_id = %(of)s
) AND NOT EXISTS (
    SELECT FROM importing_importedrow r
    WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.row_id = e.id
)
"""
DELETE = """
DELETE FROM "{table}" t USING importing_importedrow r
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.row_id = t.id
    AND r.before IS NULL AND NOT t.id = ANY (%(kept)s)
    AND NOT coalesce(r.student_id = ANY (%(children)s), false)
"""
RESTORE = """
UPDATE "{table}" t SET {put} FROM importing_importedrow r,
    LATERAL jsonb_populate_record(NULL::"{table}", r.before) b
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.row_id = t.id
    AND r.before IS NOT NULL AND r.after IS NOT NULL AND {shape} AND NOT t.id = ANY (%(kept)s)
    AND NOT coalesce(r.student_id = ANY (%(children)s), false)
"""
SHAPES = """
SELECT DISTINCT (SELECT array_agg(key ORDER BY key) FROM jsonb_object_keys(r.after) key)
FROM importing_importedrow r
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s
    AND r.before IS NOT NULL AND r.after IS NOT NULL
"""
PUT_BACK = """
INSERT INTO "{table}" SELECT b.* FROM importing_importedrow r,
    LATERAL jsonb_populate_record(NULL::"{table}", r.before) b
WHERE r.school_id = %(school)s AND r.of_id = %(of)s AND r.model = %(model)s AND r.after IS NULL
    AND NOT coalesce(r.student_id = ANY (%(children)s), false)
"""
NOTE = """
INSERT INTO events_auditentry
    (id, school_id, verb, actor_id, subject_id, fields, student_id, person_id, created_at)
SELECT gen_random_uuid(), %(school)s, 'import.undone', %(actor)s, student_id, '{{}}', student_id,
    NULL, now()
FROM (SELECT DISTINCT student_id FROM importing_importedrow
    WHERE school_id = %(school)s AND of_id = %(of)s AND student_id IS NOT NULL) child
"""


@transaction.atomic
def undo_now(of: Import) -> None:
    """Put back what can be; tell what was left."""
    one_at_a_time(of.school_id)
    undoing = Undoing(of)
    undoing.run()
    of.problems = [problem_to_json(one) for one in undoing.told()]
    of.undone_at = clock.now()
    of.settle(Import.State.UNDONE)


class Undoing:
    """One import, taken back."""

    def __init__(self, of: Import) -> None:
        self.of = of
        self.left: dict[Model, set[UUID]] = {model: set() for model in ALL}
        self.placed: set[UUID] = set()  # children whose places somebody changed since
        self.hidden: set[UUID] = set()  # ties whose home of before is secret now
        self.kept: set[UUID] = set()  # new children that stay, with all that they have

    def run(self) -> None:
        """Look first, for one row holds another; then write, what points at others first."""
        self._look()
        moved = self.placed | self.kept
        staying: dict[Model, set[UUID]] = {
            StaffProposal: set(),
            Guardianship: self.kept,
            Enrollment: moved,
            Student: self.kept,
        }
        for model, children in staying.items():
            self._delete(model, children)
            self._restore(model, children if model is Enrollment else ())
        self._execute(PUT_BACK, Enrollment, children=list(moved))
        for emptied in EMPTIED:  # where nothing is in them any more
            self.left[emptied] |= {row_id for row_id, _ in self._held(emptied)}
            self._delete(emptied)
        for other in OTHERS:
            self._restore(other)
        self._note()

    def told(self) -> Iterator[Problem]:
        """What stays as it is: children by name, and how many rows of each kind otherwise."""
        children = Student.objects.filter(pk__in=self.placed | self.kept).order_by("sort_key")
        for child in children[:MOST_TOLD]:
            yield Problem(code="not_undone", level="warning", column="student", value=child.name)
        for model, rows in self.left.items():
            if model not in {Student, Enrollment, User}:
                code = "ties_not_undone" if model is Guardianship else "rows_not_undone"
                yield from _left(code, model, rows)
        yield from _left("homes_not_undone", Guardianship, self.hidden - self.left[Guardianship])

    # ── looking ──────────────────────────────────────────────────────────────
    def _look(self) -> None:
        for model in ALL:
            for row_id, student_id in self._select(OTHER_THAN_LEFT, model, readable=_own(model)):
                self.left[model].add(row_id)
                if model is Enrollment:
                    self.placed.add(student_id)
        self.placed |= {child for _, child in self._select(PLACED_SINCE, Enrollment)}
        ties = [*self._select(CLAIMED, Guardianship), *self._held(Guardianship)]
        self.left[Guardianship] |= {tie_id for tie_id, _ in ties}
        hidden = self._select(INTO_HIDDEN, Guardianship, hidden=HIDDEN)
        self.hidden = {tie_id for tie_id, _ in hidden}
        touched = self.left[Student] | self.placed | {child for _, child in self._held(Student)}
        self.kept = self._made_children() & (touched | self._children_of(self.left[Guardianship]))

    def _made_children(self) -> set[UUID]:
        label = Student._meta.label_lower
        made = self.of.rows.filter(school=self.of.school_id, model=label, before__isnull=True)
        return set(made.values_list("row_id", flat=True))

    def _children_of(self, ties: Collection[UUID]) -> set[UUID]:
        found = Guardianship.objects.filter(pk__in=ties)
        return set(found.values_list("student_id", flat=True))

    def _held(self, model: Model) -> Iterator[tuple[UUID, UUID]]:
        """Rows that others point at, which the import did not make."""
        for table, condition in _pointing_at(model):
            # The places and ties that came with a child go with it.
            mine = "true" if model is Student else "false"
            yield from self._select(HELD, model, table=table, on=condition, of_mine=mine)

    # ── writing ──────────────────────────────────────────────────────────────
    def _delete(self, model: Model, children: Collection[UUID] = ()) -> None:
        self._execute(DELETE, model, kept=list(self.left[model]), children=list(children))

    def _restore(self, model: Model, children: Collection[UUID] = ()) -> None:
        for (names,) in self._select(SHAPES, model):
            put = ", ".join(f'"{name}" = {_before(name)}' for name in names if name != "id")
            shape = f"r.after ?& ARRAY[{', '.join(f"'{name}'" for name in names)}]"
            words = {"put": put, "shape": f"{shape} AND r.before ?& ARRAY['id']"}
            given = {"kept": list(self.left[model]), "children": list(children)}
            self._execute(RESTORE, model, words, **given)

    def _note(self) -> None:
        asked = AuditEntry.objects.filter(
            school_id=self.of.school_id, subject_id=self.of.pk, verb="import.undo_asked"
        ).order_by("-created_at")
        self._execute(NOTE, Student, actor=asked.values_list("actor_id", flat=True).first())

    def _select(self, sql: str, model: Model, **words: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self._text(sql, model, words), self._values(model))
            rows: list[Any] = cursor.fetchall()
            return rows

    def _execute(
        self, sql: str, model: Model, words: dict[str, str] | None = None, **values: Any
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._text(sql, model, words or {}), self._values(model) | values)

    def _text(self, sql: str, model: Model, words: dict[str, str]) -> str:
        return sql.format(**{"table": model._meta.db_table} | words)

    def _values(self, model: Model) -> dict[str, Any]:
        return {
            "school": self.of.school_id,
            "of": self.of.pk,
            "model": model._meta.label_lower,
            "since": self.of.applied_at,
        }


def _left(code: str, model: Model, rows: Collection[UUID]) -> Iterator[Problem]:
    """How many rows stay as they are."""
    if rows:
        name = model._meta.model_name or ""
        yield Problem(code=code, level="warning", column=name, value=str(len(rows)))


def _own(model: Model) -> str:
    """The columns that may be read: hashes of passwords may not."""
    names = (field.column for field in model._meta.concrete_fields)
    return ", ".join(f'"{name}"' for name in names if name != "password")


def _before(name: str) -> str:
    """What a column was; a home that is secret now is not given back."""
    before = f'b."{name}"'
    if name != "household_id":
        return before
    return f"CASE WHEN {HIDDEN} THEN t.household_id ELSE {before} END"


def _pointing_at(model: Model) -> Iterator[tuple[str, str]]:
    """Tables with keys to a model, and the condition by which ``other`` points at a row of it."""
    for other in apps.get_models():
        ours = isinstance(other._default_manager.all(), VisibleQuerySet)
        if not ours or other._meta.app_label in MACHINERY:
            continue
        for field in other._meta.concrete_fields:
            if field.is_relation and field.related_model is model:
                yield other._meta.db_table, f'other."{field.column}" = r.row_id'
            if isinstance(field, ArrayField) and field.name == ARRAYS.get(model):
                yield other._meta.db_table, f'r.row_id = ANY (other."{field.column}")'
