"""The person, known once in the whole installation; what ties a person to a school lives above."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from kring.base import clock, names
from kring.base.ids import new_id
from kring.base.visibility import PeopleQuerySet


class UserQuerySet(PeopleQuerySet["User"]):
    """Name cards: who may see them is said in ``PeopleQuerySet``."""

    def at_address(self, email: str) -> Self:
        """Who has this e-mail address, in whatever case it was typed: nobody or one person."""
        return self.alias(address=Lower("email")).filter(address=email.strip().lower())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people: there is no way to make one with a password."""

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
    # None: known to the school, no address yet.
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  (empty twice is no conflict)
    first_name = models.CharField(max_length=80)
    infix = models.CharField(max_length=30, blank=True)
    last_name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=names.LONGEST, editable=False, db_index=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.DUTCH)
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
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep the address in one case, the sort key in step, and a password impossible."""
        self.email = (self.email or "").strip().lower() or None
        self.sort_key = names.sort_key(self.first_name, self.last_name)
        if not self.password:
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

    @property
    def name(self) -> str:
        """First name, voorvoegsel and last name."""
        return names.full_name(self.first_name, self.infix, self.last_name)

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
