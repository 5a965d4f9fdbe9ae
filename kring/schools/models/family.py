from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, FromGuardianQuerySet, In, OwnedQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models.base import SchoolModel
from kring.schools.models.refusing import refusing_in_words
from kring.schools.models.student import OFFICE, Student

HOUSEHOLD_FIELDS = ("street", "postcode", "city", "letter_language", "source_id")
# Of the person, not of the tie with one child: the same for every child of that person here.
PERSONAL = ("telephone", "email", "has_secret_address")


class HouseholdQuerySet(OwnedQuerySet["Household"]):
    """An address is for who lives there and for the office; never for the co-parent."""

    family = In("id", "household_ids") | In("school", "leads", "administers")
    acts = Acts(insert=OFFICE, update=OFFICE, columns=HOUSEHOLD_FIELDS)


class Household(SchoolModel):
    """A home. Two homes for one child are normal; the counts of families are counts of these."""

    class Language(models.TextChoices):
        """What letters to this home are written in, each in itself."""

        DUTCH = "nl", "Nederlands"
        ENGLISH = "en", "English"
        TURKISH = "tr", "Türkçe"
        ARABIC = "ar", "العربية"
        POLISH = "pl", "Polski"
        UKRAINIAN = "uk", "Українська"

    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=100, blank=True)
    letter_language = models.CharField(
        max_length=2, choices=Language, default=Language.DUTCH, db_default=Language.DUTCH
    )
    source_id = models.CharField(max_length=64, blank=True, db_default="")

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "source_id"],
                condition=~Q(source_id=""),
                name="household_once_per_source",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def address(self) -> str:
        """In one line; for who may know it."""
        place = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.street, place) if part)

    @classmethod
    def found(cls, school_id: UUID, *, by: Viewer) -> Self:
        """A new home, whose address comes later."""
        home = cls(school_id=school_id)
        home.save(force_insert=True)
        AuditEntry.note("household.added", home, by=by)
        return home

    def correct(self, changes: Mapping[str, Any], *, by: Viewer) -> None:
        """Change what was wrong, and nothing else."""
        for name, value in changes.items():
            setattr(self, name, value)
        if changes:
            self.save(update_fields=list(changes))
            AuditEntry.note("household.changed", self, by=by, fields=changes)

    def open_address(self, secrets: Iterable[Guardianship], *, by: Viewer) -> None:
        """Leave in the trail that somebody looked where these people live in secret."""
        for tie in secrets:
            tie.note("address.seen", (), by, subject=self)

    def take_in(self, tie_ids: Collection[UUID], *, by: Viewer) -> None:
        """Let people live here from now on, with the children that these ties are about."""
        ours = Guardianship.objects.changeable_by(by).filter(school=self.school_id)
        with refusing_in_words():
            for tie in ours.filter(pk__in=tie_ids):
                tie.put({"household": self}, by=by)


class MomentsRange(Func):
    """From a moment up to, not including, another."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class GuardianshipQuerySet(FromGuardianQuerySet["Guardianship"]):
    acts = Acts(insert=OFFICE, update=OFFICE)

    def at(self, moment: datetime) -> Self:
        """Those that hold at a moment."""
        return self.standing(moment).filter(starts_at__lte=moment)

    def standing(self, moment: datetime) -> Self:
        """Those that are not over at a moment, also if they begin later."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment))


class Guardianship(SchoolModel):
    """One adult's tie with one child: what the school lets this person see and decide."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        GUARDIAN = "guardian", _("guardian")
        FOSTER_PARENT = "foster_parent", _("foster parent")
        STEP_PARENT = "step_parent", _("step-parent")
        GRANDPARENT = "grandparent", _("grandparent")
        OTHER = "other", _("carer")

    class Authority(models.TextChoices):
        YES = "yes", _("has authority")
        NO = "no", _("has no authority")
        UNKNOWN = "unknown", _("not known yet")

    class Access(models.TextChoices):
        IN_CARE = "in_care", _("parent or carer")
        INFORMED = "informed", _("informed only")  # BW 1:377c: on request, important facts
        PICK_UP = "pick_up", _("may only fetch")
        WITHHELD = "withheld", _("withheld")

    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="guardianships"
    )
    student = SchoolForeignKey(Student, models.CASCADE, related_name="guardianships")
    household = SchoolForeignKey(
        Household, models.PROTECT, related_name="guardianships", null=True, blank=True
    )
    relation = models.CharField(max_length=20, choices=Relation, default=Relation.OTHER)
    has_authority = models.CharField(max_length=7, choices=Authority, default=Authority.UNKNOWN)
    access = models.CharField(max_length=10, choices=Access, default=Access.IN_CARE)
    has_secret_address = models.BooleanField(default=False)
    telephone = models.CharField(max_length=20, blank=True)  # E.164
    # Where the school writes to until this person has an account; never proof of who somebody is.
    email = models.EmailField(blank=True, db_default="")
    # Came in by a code while the school did not know of this person: waits for the office's yes.
    asked_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="guardianship_ends_after_start"
            ),
            ExclusionConstraint(
                name="guardianship_once_at_a_time",
                expressions=[
                    ("guardian", RangeOperators.EQUAL),
                    ("student", RangeOperators.EQUAL),
                    (MomentsRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardian_id} for {self.student_id}"

    @property
    def is_over(self) -> bool:
        """Whether it ended, or was taken back before it began."""
        return self.ends_at is not None and self.ends_at <= max(clock.now(), self.starts_at)

    @classmethod
    def add(
        cls, student: Student, person: User | Mapping[str, str], *, by: Viewer, **facts: Any
    ) -> Self:
        """Tie somebody to a child.

        A person whom nobody knows yet gets a name card, which waits for an account.
        """
        with refusing_in_words():
            if not isinstance(person, User):
                person = User.objects.create_user(**person)
            tie = cls(school_id=student.school_id, student=student, guardian=person, **facts)
            tie.save(force_insert=True)
            tie.note("guardianship.added", facts, by)
        return tie

    def put(self, changes: Mapping[str, Any], *, by: Viewer) -> None:
        """Change these facts and no others; what is of the person, for all children here."""
        personal = {name: value for name, value in changes.items() if name in PERSONAL}
        for name, value in changes.items():
            setattr(self, name, value)
        if not changes:
            return
        written = list(changes)
        if "access" in changes:  # the answer to who came in by a code and asked for a yes
            self.asked_at = None
            written.append("asked_at")
        with refusing_in_words():
            self.save(update_fields=written)
            self.note("guardianship.changed", changes, by)
            for other in self._others(by) if personal else ():
                type(self).objects.changeable_by(by).filter(pk=other.pk).update(**personal)
                other.note("guardianship.changed", personal, by)

    def rename(self, names: Mapping[str, str], *, by: Viewer) -> None:
        """Write the person's name another way, wherever it stands."""
        person = User.objects.changeable_by(by).get(pk=self.guardian_id)
        for name, value in names.items():
            setattr(person, name, value)
        if names:
            person.save(update_fields=list(names))
            self.note("guardianship.renamed", names, by)

    def end(self, *, by: Viewer) -> bool:
        """Let it be over at once; false if it was. From the next request on nothing is seen."""
        now = clock.now()
        standing = type(self).objects.changeable_by(by).standing(now)
        # One that has not begun never held: an empty time.
        ends = Greatest(F("starts_at"), Value(now))
        ended = standing.filter(pk=self.pk).update(ends_at=ends)
        if ended:
            self.note("guardianship.ended", ("ends_at",), by)
        return bool(ended)

    def reopen(self, *, by: Viewer) -> Self:
        """Begin anew from this moment; the time between stays closed.

        Not in the home of then: who lives there may be hiding by now.
        """
        kept = ("relation", "has_authority", "access", *PERSONAL)
        again = type(self)(
            school_id=self.school_id,
            student_id=self.student_id,
            guardian_id=self.guardian_id,
            starts_at=clock.now(),
            **{name: getattr(self, name) for name in kept},
        )
        with refusing_in_words():
            again.save(force_insert=True)
            again.note("guardianship.reopened", ("starts_at",), by)
        return again

    @classmethod
    def settle_authority(cls, answers: Mapping[UUID, str], *, by: Viewer) -> int:
        """Say of ties with unknown authority what it is.

        What somebody else settled meanwhile stays as it is; says how many were settled.
        """
        unknown = cls.objects.changeable_by(by).filter(has_authority=cls.Authority.UNKNOWN)
        settled = 0
        for tie in unknown.select_for_update().filter(pk__in=answers).order_by("pk"):
            tie.put({"has_authority": answers[tie.pk]}, by=by)
            settled += 1
        return settled

    def _others(self, by: Viewer) -> list[Guardianship]:
        """The ties of the same person with other children here, that are not over."""
        all_here = type(self).objects.changeable_by(by).filter(school=self.school_id)
        mine = all_here.standing(clock.now()).filter(guardian=self.guardian_id)
        return list(mine.exclude(pk=self.pk).select_for_update().order_by("pk"))

    def note(
        self, verb: str, fields: Iterable[str], by: Viewer, *, subject: SchoolModel | None = None
    ) -> None:
        """Leave it in the trail, with the child and the person that it was about."""
        about = {"student": self.student_id, "person": self.guardian_id}
        AuditEntry.note(verb, subject or self, by=by, fields=fields, **about)
