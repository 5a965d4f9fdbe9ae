"""How people come in: an invitation by mail, or a letter with a code for one child."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.signing import Signer
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import Acts, In, StaffOnlyQuerySet, Viewer
from kring.events.models import AuditEntry
from kring.schools.models import Guardianship, Household, SchoolModel, Student

OFFICE = In("school", "leads", "administers")
INVITED_FOR = timedelta(days=14)
CODE_LIVES = timedelta(days=90)
REOPENING_LIVES = timedelta(days=14)  # of a code that takes the place of an account
MOST_WRONG_DATES = (
    10  # guesses at a birth date, over all networks and for as long as the code lives
)
SIGNER = Signer(salt="kring.joining.invitation")


class ConnectedError(ValueError):
    """This person has an account: there is nothing to invite to."""


def one_at_a_time(school_id: UUID) -> None:
    """Wait until nobody else invites or makes codes in this school, up to the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"joining {school_id}"]
        )


class InvitationQuerySet(StaffOnlyQuerySet["Invitation"]):
    """Seen by the office; the reader of the mail comes in by its link, through a service block."""

    family = OFFICE
    acts = Acts(insert=OFFICE, update=OFFICE)

    def standing(self) -> Self:
        """Those that were not accepted or taken back, be it too late for them."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, moment: datetime) -> Self:
        """Those that can still be accepted."""
        return self.standing().filter(expires_at__gt=moment)


class Invitation(SchoolModel):
    """A mail on behalf of the school: its reader may take the place of one waiting name card.

    The link holds a signature over id and ``serial``: nothing in the table opens anything, and
    sending it again makes the older link worthless.
    """

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", _("parent or carer")
        STAFF = "staff", _("member of staff")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations"
    )  # the card that waits; the account of who accepted is accepted_by
    kind = models.CharField(max_length=10, choices=Kind)
    email = models.EmailField()
    serial = models.PositiveIntegerField(default=1)
    invited_by_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # none: in the queue
    failed_at = models.DateTimeField(null=True, blank=True)  # the mail server refused the address
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "person"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def token(self) -> str:
        """What stands in the link of the mail that was sent last."""
        return SIGNER.sign(f"{self.pk.hex}.{self.serial}")

    @classmethod
    @transaction.atomic
    def write(cls, card: User, *, school_id: UUID, kind: str, email: str, by: Viewer) -> Invitation:
        """Invite who waits behind a name card; who was invited already, is invited anew."""
        if card.joined_at is not None:
            raise ConnectedError
        one_at_a_time(school_id)
        standing = cls.objects.changeable_by(by).standing()
        if (made := standing.filter(school=school_id, person=card).first()) is not None:
            if made.email.lower() == email.lower():
                made.kind = kind
                made.renew(by=by)
                return made
            made.revoke(by=by)  # what went to another address is another mail
        made = cls(school_id=school_id, person=card, kind=kind, email=email)
        made.invited_by_id, made.expires_at = by.user_id, clock.now() + INVITED_FOR
        made.save(force_insert=True)
        AuditEntry.note("invitation.sent", made, by=by, person=card.pk)
        return made

    @transaction.atomic
    def renew(self, *, by: Viewer) -> None:
        """Send it again: the older link opens nothing any more."""
        self.serial += 1
        self.sent_at, self.failed_at = None, None
        self.invited_by_id, self.expires_at = by.user_id, clock.now() + INVITED_FOR
        self.save()
        AuditEntry.note("invitation.sent", self, by=by, person=self.person_id)

    @transaction.atomic
    def revoke(self, *, by: Viewer) -> bool:
        """Take it back. False: it was accepted or taken back already."""
        standing = type(self).objects.changeable_by(by).standing().filter(pk=self.pk)
        if not standing.update(revoked_at=clock.now()):
            return False
        AuditEntry.note("invitation.revoked", self, by=by, person=self.person_id)
        return True

    @classmethod
    @transaction.atomic
    def accept(cls, invitation_id: UUID, *, serial: int, user_id: UUID) -> bool:
        """Mark it as accepted: once, however many press at the same moment. In a service block."""
        waiting = cls.objects.open(clock.now()).filter(pk=invitation_id, serial=serial)
        if not waiting.update(accepted_at=clock.now(), accepted_by=user_id):
            return False
        [accepted] = cls.objects.filter(pk=invitation_id)
        acting = Viewer(user_id=user_id)
        AuditEntry.note("invitation.accepted", accepted, by=acting, person=user_id)
        return True


class LinkCodeQuerySet(StaffOnlyQuerySet["LinkCode"]):
    """Seen by the office, without the code itself: only the letter has that."""

    family = OFFICE
    acts = Acts(insert=OFFICE, update=OFFICE)

    def open(self, moment: datetime) -> Self:
        """Those that still let somebody in, so far as there is a place left.

        An account whose person signed in since was not lost: its letter opens nothing any more.
        """
        left = Q(guardianship__guardian__last_login=None)
        left |= Q(guardianship__guardian__last_login__lte=F("created_at"))
        standing = self.filter(Q(guardianship=None) | left, revoked_at=None)
        return standing.filter(expires_at__gt=moment, wrong_dates__lt=MOST_WRONG_DATES)


class LinkCode(SchoolModel):
    """Koppelcode: lets guardians of one home come in to one child, each place once."""

    student = SchoolForeignKey(Student, models.CASCADE, related_name="link_codes")
    household = SchoolForeignKey(
        Household, models.CASCADE, related_name="link_codes", null=True, blank=True
    )
    # Of an account that was lost: the code moves this tie to another account, and no other.
    guardianship = SchoolForeignKey(
        Guardianship, models.CASCADE, related_name="link_codes", null=True, blank=True
    )
    selector = models.CharField(max_length=12, unique=True)  # finds the row; says nothing
    digest = models.CharField(max_length=200)  # argon2id of the rest of the code
    asks_birth_date = models.BooleanField()
    wrong_dates = models.PositiveSmallIntegerField(default=0)
    places = models.PositiveSmallIntegerField()  # how many guardians it lets in, all together
    lets_fetchers_in = models.BooleanField(default=False)  # also who may only fetch the child
    made_by_id = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LinkCodeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "student", "household", "guardianship"],
                condition=Q(revoked_at=None),
                name="link_code_one_a_home",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.selector

    @property
    def lives(self) -> timedelta:
        """For how long it lets somebody in."""
        return REOPENING_LIVES if self.guardianship_id else CODE_LIVES

    @property
    def was_not_lost(self) -> bool:
        """Whether the person of the account that it is for signed in since."""
        signed_in = self.guardianship and self.guardianship.guardian.last_login
        return bool(signed_in and signed_in > self.created_at)

    @transaction.atomic
    def put_in_force(self, *, by: Viewer) -> None:
        """Write it, in the place of an older one for the same child and home."""
        self.made_by_id, self.expires_at = by.user_id, clock.now() + self.lives
        older = LinkCode.objects.changeable_by(by).filter(
            school=self.school_id,
            student=self.student_id,
            household=self.household_id,
            guardianship=self.guardianship_id,
            revoked_at=None,
        )
        one_at_a_time(self.school_id)
        older.update(revoked_at=clock.now())
        self.save(force_insert=True)
        person = self.guardianship.guardian_id if self.guardianship else None
        AuditEntry.note("link_code.made", self, by=by, student=self.student_id, person=person)

    @transaction.atomic
    def revoke(self, *, by: Viewer) -> bool:
        """Let nobody in with it any more. False: it was taken back already."""
        standing = LinkCode.objects.changeable_by(by).filter(pk=self.pk, revoked_at=None)
        if not standing.update(revoked_at=clock.now()):
            return False
        AuditEntry.note("link_code.revoked", self, by=by, student=self.student_id)
        return True

    @classmethod
    def fits(cls, code_id: UUID, born_on: date) -> bool:
        """Whether the child was born on this day. Counted before it is compared; service block.

        Who holds the letter and has to guess, soon holds a letter that opens nothing.
        """
        code = cls.objects.filter(pk=code_id, wrong_dates__lt=MOST_WRONG_DATES)
        if not code.update(wrong_dates=F("wrong_dates") + 1):
            return False
        if not code.model.objects.filter(pk=code_id, student__born_on=born_on).exists():
            return False
        cls.objects.filter(pk=code_id).update(wrong_dates=0)
        return True

    def takers(self) -> models.QuerySet[Guardianship]:
        """The ties that it may still be used for, at this moment; in a service block."""
        ties = Guardianship.objects.at(clock.now()).filter(school=self.school_id)
        ties = ties.filter(student=self.student_id)
        if self.guardianship_id:
            ties = ties.filter(pk=self.guardianship_id)
        else:
            ties = ties.filter(household=self.household_id, guardian__joined_at=None)
        shut = [Guardianship.Access.WITHHELD]
        if not self.lets_fetchers_in and not self.guardianship_id:
            shut.append(Guardianship.Access.PICK_UP)
        used = LinkCodeUse.objects.filter(code=self.pk).values("guardianship")
        return ties.exclude(access__in=shut).exclude(pk__in=used)

    @classmethod
    @transaction.atomic
    def take(cls, code_id: UUID, *, guardianship_id: UUID, user_id: UUID) -> LinkCodeUse | None:
        """Use it for one place; None where it is too late. In a service block.

        The row is held until the end of the block, so that two who come at once stand in line.
        """
        code = cls.objects.open(clock.now()).select_for_update(of=("self",)).filter(pk=code_id)
        if (found := code.first()) is None:
            return None
        full = LinkCodeUse.objects.filter(code=found).count() >= found.places
        if full or not found.takers().filter(pk=guardianship_id).exists():
            return None
        ids = {"guardianship_id": guardianship_id, "user_id": user_id}
        use = LinkCodeUse(school_id=found.school_id, code=found, **ids)
        use.save(force_insert=True)
        acting = Viewer(user_id=user_id)
        AuditEntry.note("link_code.used", use, by=acting, student=found.student_id, person=user_id)
        return use


class LinkCodeUseQuerySet(StaffOnlyQuerySet["LinkCodeUse"]):
    """Who came in by which code: for the office."""

    family = OFFICE


class LinkCodeUse(SchoolModel):
    """Somebody took a guardian's place with a code."""

    code = SchoolForeignKey(LinkCode, models.CASCADE, related_name="uses")
    guardianship = SchoolForeignKey(Guardianship, models.CASCADE, related_name="link_code_uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = LinkCodeUseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "code", "guardianship"], name="link_code_once_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} by {self.code_id}"
