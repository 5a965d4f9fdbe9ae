"""The person, known once in the whole installation; what ties a person to a school lives above."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from kring.base import clock, names
from kring.base.hidden import HiddenInBlocks
from kring.base.ids import new_id
from kring.base.visibility import Mine, OwnedQuerySet, PeopleQuerySet


class UserQuerySet(PeopleQuerySet["User"]):
    """Name cards: who may see them is said in ``PeopleQuerySet``."""

    def at_address(self, email: str) -> Self:
        """Who has this e-mail address, in whatever case it was typed: nobody or one person."""
        return self.alias(address=Lower("email")).filter(address=email.strip().lower())

    def named(self, name: str) -> Self:
        """Who signs in with this address or user name: nobody or one person."""
        if "@" in name:
            return self.at_address(name)
        return self.alias(lowered=Lower("username")).filter(lowered=name.strip().lower())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people as the school's books know them; ``accounts.opening`` lets them in."""

    def create_user(self, email: str | None = None, **fields: Any) -> User:
        """A person in the school's books, with or without an address to sign in at."""
        person: User = self.model(email=email, **fields)
        person.save(using=self._db)
        return person


class User(AbstractBaseUser):
    """A person: guardian, member of staff, or both. Never a child."""

    class Language(models.TextChoices):
        DUTCH = "nl", "Nederlands"  # each in itself: who cannot read the page finds it
        ENGLISH = "en", "English"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    password = HiddenInBlocks("password", max_length=128)
    # None: known to the school, no address yet.
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  (empty twice is no conflict)
    first_name = models.CharField(max_length=80)
    infix = models.CharField(max_length=30, blank=True)
    last_name = models.CharField(max_length=80)
    # For who has no address of one's own; letters and figures, always in lower case.
    username = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    sort_key = models.CharField(max_length=names.LONGEST, editable=False, db_index=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.DUTCH)
    about = models.TextField(max_length=600, blank=True)  # 'over mij'
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, editable=False)  # none: never signed in
    signed_out_at = models.DateTimeField(null=True, editable=False)  # everywhere, for the last time
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "id"  # what everybody has; an address is not
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(condition=~models.Q(email=""), name="no_empty_address"),
            models.UniqueConstraint(Lower("username"), name="one_person_per_user_name"),
            models.CheckConstraint(condition=~models.Q(username=""), name="no_empty_user_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep the ways in in one case and the sort key in step; no password means none fits."""
        self.email = (self.email or "").strip().lower() or None
        self.username = (self.username or "").strip().lower() or None
        self.sort_key = names.sort_key(self.first_name, self.last_name)
        if self._state.adding and not self.password:
            self.set_unusable_password()
        if update_fields is not None and {"first_name", "last_name"} & set(update_fields):
            update_fields = {*update_fields, "sort_key"}
        super().save(update_fields=update_fields, **kwargs)

    def join(self) -> None:
        """Sign in for the first time; any later time changes nothing."""
        if self.joined_at is None:
            self.joined_at = clock.now()
            self.save(update_fields=["joined_at"])

    def leave_everywhere(self) -> None:
        """End every session: none that was opened before counts from now on."""
        self.signed_out_at = clock.now()
        self.save(update_fields=["signed_out_at"])

    def close(self) -> None:
        """Let nobody sign in as this person; a reopened account brings back no old session."""
        self.is_active = False
        self.signed_out_at = clock.now()
        self.save(update_fields=["is_active", "signed_out_at"])

    def choose_language(self, language: str) -> None:
        """Read pages and mails in this language from now on."""
        self.language = language
        self.save(update_fields=["language"])

    def move_to(self, address: str) -> None:
        """Sign in at this address from now on. Raises IntegrityError where it is somebody's."""
        self.email = address
        self.save(update_fields=["email"])

    def correct_name(self, first_name: str, infix: str, last_name: str) -> None:
        """Be called this from now on."""
        self.first_name, self.infix, self.last_name = first_name, infix, last_name
        self.save(update_fields=["first_name", "infix", "last_name"])

    def tell(self, about: str) -> None:
        """Say this of oneself."""
        self.about = about
        self.save(update_fields=["about"])

    @property
    def name(self) -> str:
        """First name, voorvoegsel and last name."""
        return names.full_name(self.first_name, self.infix, self.last_name)

    @property
    def sign_in_name(self) -> str:
        """What this person signs in with: the address, else the user name."""
        return self.email or self.username or ""

    @property
    def is_stranger(self) -> bool:
        """Made up for one request, and in no table."""
        return self._state.adding

    @property
    def initials(self) -> str:
        """For the avatar."""
        return names.initials(self.first_name, self.last_name)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Every session carries this hash: a new moment of signing out everywhere ends them all.
        ended = self.signed_out_at.isoformat() if self.signed_out_at else ""
        return salted_hmac(
            "kring.accounts.session", f"{self.password}|{ended}", secret=secret, algorithm="sha256"
        ).hexdigest()


class TabletPinQuerySet(OwnedQuerySet["TabletPin"]):
    """One's own; pages before the sign-in reach it outside any block."""

    school = None
    family = Mine("user")


class TabletPin(models.Model):
    """A short code of one person, good on one shared tablet only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="tablet_pins")
    tablet = models.CharField(max_length=64)  # SHA-256 of the secret that the tablet holds
    digest = models.CharField(max_length=200)
    wrong = models.PositiveSmallIntegerField(default=0)  # guesses in a row
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TabletPinQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "tablet"], name="one_pin_per_tablet"),
        ]
        indexes: ClassVar = [models.Index(fields=["tablet"], name="pins_of_tablet")]

    def __str__(self) -> str:
        return f"pin of {self.user_id}"
