"""The newsletter that the office of a school makes: its own words, and messages that it gathers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar, Literal, Self
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import (
    Acts,
    Announced,
    In,
    Reach,
    Rule,
    SchoolWideQuerySet,
    Viewer,
)
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.feed.models.newsletter_item import (
    LONGEST_TITLE,
    ChangedError,
    NewsletterItem,
    SentError,
    mark_of,
)
from kring.feed.models.newsletter_photo import hang
from kring.feed.models.post import NOT_YET, Post
from kring.schools.models import SchoolModel

CLOCKS_DIFFER = timedelta(minutes=1)  # at most, those of the database and of this machine
LONGEST_INTRO = 2_000
MOST_ITEMS = 60
OFFICE = In("school", "leads", "administers")
NOTHING_LEFT = "items"  # in the trail of one that did not go: that is why

type State = Literal["draft", "scheduled", "sent", "withdrawn"]


class EmptyError(Exception):
    """There is nothing in it that anybody would see."""


class FullError(Exception):
    """No more items fit in it."""


class NewsletterQuerySet(SchoolWideQuerySet["Newsletter"]):
    """Once it is out, the whole school's; before that and after, the office's."""

    acts = Acts(
        insert=OFFICE,
        update=OFFICE,
        delete=OFFICE,
        columns=(
            *("title", "intro", "tells_staff", "published_at", "goes_at"),
            *("withdrawn_at", "withdrawn_by"),
        ),
    )

    @classmethod
    @cache
    def rule(cls, reach: Reach = "seeing") -> Rule:
        return cls.family & (Announced(reach) | OFFICE) | In("school", "works_for")

    def out(self) -> Self:
        """Sent, and not withdrawn."""
        return self.filter(withdrawn_at=None, published_at__lte=clock.now())


class Newsletter(SchoolModel):
    """An issue. Without ``published_at`` it is a draft; with one of later it is scheduled."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    title = models.CharField(max_length=LONGEST_TITLE)
    intro = models.TextField(blank=True)  # goes along in the mail; the items do not
    tells_staff = models.BooleanField(default=True)  # who may read it all the same
    published_at = models.DateTimeField(null=True, editable=False)
    # It goes then, if a job lets it go: until that did, it comes out at ``NOT_YET``.
    goes_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    key = models.UUIDField()  # of the form: a second try makes no second issue

    author_id: UUID
    items: models.Manager[NewsletterItem]

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "author", "key"], name="newsletter_once_per_form"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(published_at__isnull=False),
                name="newsletter_withdrawn_was_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["school", "-published_at"], name="newsletter_of_school"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        """What it is at this moment."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.published_at is None:
            return "draft"
        return "sent" if self.published_at <= clock.now() else "scheduled"

    @classmethod
    @transaction.atomic
    def begin(
        cls, school_id: UUID, *, by: Viewer, title: str, key: UUID, posts: Iterable[Post] = ()
    ) -> Newsletter:
        """A draft with these messages in it. The same form again gives the same draft."""
        made = cls(school_id=school_id, author_id=by.person_id, title=title, key=key)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            if "newsletter_once_per_form" not in str(error):
                raise
            return cls.objects.get(school=school_id, author=by.person_id, key=key)
        NewsletterItem.objects.bulk_create(
            NewsletterItem(school_id=school_id, newsletter=made, position=position, post_id=post.pk)
            for position, post in enumerate(list(posts)[:MOST_ITEMS])
        )
        AuditEntry.note("newsletter.begun", made, by=by)
        return made

    @property
    def mark(self) -> str:
        """Of what a form shows of it: another one when somebody changed that."""
        return mark_of(self.title, self.intro, self.tells_staff)

    @transaction.atomic
    def describe(
        self, *, by: Viewer, title: str, intro: str, tells_staff: bool, seen: str = ""
    ) -> None:
        """Its title and first words. ``seen``: the mark that it had in the form.

        Raises SentError, ChangedError.
        """
        self.keep_as_draft()
        self.refresh_from_db(fields=["title", "intro", "tells_staff"])
        if seen not in ("", self.mark):
            raise ChangedError
        self.title, self.intro, self.tells_staff = title, intro, tells_staff
        self.save(update_fields=["title", "intro", "tells_staff"])
        AuditEntry.note(
            "newsletter.described", self, by=by, fields=("title", "intro", "tells_staff")
        )

    @transaction.atomic
    def gather(self, posts: Iterable[Post], *, by: Viewer) -> None:
        """Put messages at the end; one that stands in it already stays. Raises SentError."""
        self.keep_as_draft()
        here = set(self._items().values_list("post_id", flat=True))
        for post in posts:
            if post.pk not in here:
                self._append(post_id=post.pk)
                here.add(post.pk)
        AuditEntry.note("newsletter.gathered", self, by=by, fields=("items",))

    @transaction.atomic
    def write(
        self,
        *,
        by: Viewer,
        title: str,
        text: str,
        pictures: Mapping[UUID, str] | None = None,
        key: UUID | None = None,
    ) -> None:
        """Put an item of one's own at the end. The same form again puts no second one.

        ``pictures``: what is to be seen on each, by the id of its asset.
        Raises SentError, FullError.
        """
        self.keep_as_draft()
        if key and self._items().filter(key=key).exists():
            return
        item = self._append(title=title, text=text, key=key)
        if item is None:
            raise FullError
        hang(item, pictures or {}, by=by)
        AuditEntry.note("newsletter.written", self, by=by, fields=("items",))

    @property
    def moment(self) -> datetime | None:
        """When it came out, or is to."""
        return self.published_at if self.published_at != NOT_YET else self.goes_at

    @transaction.atomic
    def send(self, *, by: Viewer, at: datetime | None = None) -> None:
        """Let it go, after the seconds of undo or at that moment. Raises SentError, EmptyError.

        Of what goes later nobody sees anything before a job looked who sent it.
        """
        self.keep_as_draft()
        if not self.holds_something(by):
            raise EmptyError
        is_later = at is not None and at > Post.coming_out()
        self.goes_at = at if is_later else None
        self.published_at = NOT_YET if is_later else Post.coming_out()
        self.save(update_fields=["published_at", "goes_at"])
        AuditEntry.note("newsletter.sent", self, by=by, fields=("published_at",))
        verb = "newsletter.scheduled" if is_later else "newsletter.published"
        record(verb, self, by=by, at=self.moment)

    @transaction.atomic
    def let_go(self, *, sender: UUID | None) -> bool:
        """Its moment came: out, if who sent it may still send, and something is left in it.

        Else it is a draft again, and who counted on it is told. At work.
        """
        waiting = type(self).objects.filter(pk=self.pk, published_at=NOT_YET, withdrawn_at=None)
        stood = waiting.select_for_update().first()
        if stood is None or stood.goes_at is None or stood.goes_at > clock.now() + CLOCKS_DIFFER:
            return False  # taken back, or put off
        service = Viewer.service(stood.school_id)
        senders = User.objects.filter(OFFICE.people(stood), pk=sender, is_active=True)
        may = senders.exists()
        if may and stood.holds_something(service):
            stood.published_at = max(stood.goes_at, clock.now())
            stood.save(update_fields=["published_at"])
            record("newsletter.published", stood, by=service, at=stood.published_at)
            return True
        stood.published_at = stood.goes_at = None
        stood.save(update_fields=["published_at", "goes_at"])
        why = (NOTHING_LEFT,) if may else ()
        AuditEntry.note("newsletter.stopped", stood, by=service, person=sender, fields=why)
        record("newsletter.stopped", stood, by=service)
        return False

    @transaction.atomic
    def hold_back(self, *, by: Viewer) -> bool:
        """Make it a draft again, as long as nobody could read it; False when it was too late."""
        mine = type(self).objects.changeable_by(by).filter(pk=self.pk, withdrawn_at=None)
        later = mine.filter(published_at__gt=clock.now())
        held = later.update(published_at=None, goes_at=None)
        if held:
            AuditEntry.note("newsletter.held_back", self, by=by, fields=("published_at",))
        return bool(held)

    @transaction.atomic
    def withdraw(self, *, by: Viewer) -> bool:
        """Take it out of the archive and out of everybody's list; False if it was not out."""
        mine = type(self).objects.changeable_by(by).filter(pk=self.pk).out()
        gone = mine.update(withdrawn_at=clock.now(), withdrawn_by=by.user_id)
        if gone:
            AuditEntry.note("newsletter.withdrawn", self, by=by)
            record("newsletter.withdrawn", self, by=by)
        return bool(gone)

    @transaction.atomic
    def discard(self, *, by: Viewer) -> None:
        """Throw a draft away. Raises SentError."""
        self.keep_as_draft()
        AuditEntry.note("newsletter.discarded", self, by=by)
        self.delete()

    def holds_something(self, viewer: Viewer) -> bool:
        """Whether it has words or items of its own, or a message that was not withdrawn."""
        posts = self._items().filter(post_id__isnull=False).values("post_id")
        shown = Post.objects.visible_to(viewer).filter(pk__in=posts, whole_school=True).out()
        return bool(self.intro) or self._items().filter(post_id=None).exists() or shown.exists()

    def keep_as_draft(self) -> None:
        """Nobody sends it while it is being changed. Raises SentError when that happened."""
        drafts = type(self).objects.filter(pk=self.pk, published_at=None, withdrawn_at=None)
        if not drafts.select_for_update().exists():
            raise SentError

    def _items(self) -> models.QuerySet[NewsletterItem]:
        return NewsletterItem.objects.filter(newsletter=self)

    def _append(self, **fields: UUID | str | None) -> NewsletterItem | None:
        last = self._items().order_by("position").last()
        if self._items().count() >= MOST_ITEMS:
            return None
        position = last.position + 1 if last else 0
        item = NewsletterItem(newsletter=self, school_id=self.school_id, position=position)
        for name, value in fields.items():
            setattr(item, name, value)
        item.save(force_insert=True)
        return item
