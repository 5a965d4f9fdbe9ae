"""The newsletter that the office of a school makes: its own words, and messages that it gathers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Literal, Self
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from kring.base import clock
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import (
    Acts,
    Announced,
    ByParentQuerySet,
    In,
    SchoolWideQuerySet,
    Through,
    Viewer,
)
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel

LONGEST_TITLE = 120
LONGEST_INTRO = 2_000
LONGEST_ITEM = 10_000
MOST_ITEMS = 60
OFFICE = In("school", "leads", "administers")

type State = Literal["draft", "scheduled", "sent", "withdrawn"]


class SentError(Exception):
    """It went out, or is about to: nothing of it changes any more."""


class NewsletterQuerySet(SchoolWideQuerySet["Newsletter"]):
    """Once it is out, the whole school's; before that and after, the office's."""

    narrowed = Announced() | OFFICE
    acts = Acts(
        insert=OFFICE,
        update=OFFICE,
        delete=OFFICE,
        columns=(
            *("title", "intro", "tells_staff", "published_at"),
            *("withdrawn_at", "withdrawn_by"),
        ),
    )

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

    @transaction.atomic
    def describe(self, *, by: Viewer, title: str, intro: str, tells_staff: bool) -> None:
        """Its title and first words. Raises SentError."""
        self.keep_as_draft()
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
    def write(self, *, by: Viewer, title: str, text: str) -> None:
        """Put an item of one's own at the end. Raises SentError."""
        self.keep_as_draft()
        self._append(title=title, text=text)
        AuditEntry.note("newsletter.written", self, by=by, fields=("items",))

    @transaction.atomic
    def send(self, *, by: Viewer, at: datetime | None = None) -> None:
        """Let it go, after the seconds of undo or at that moment. Raises SentError."""
        self.keep_as_draft()
        self.published_at = max(at or Post.coming_out(), Post.coming_out())
        self.save(update_fields=["published_at"])
        AuditEntry.note("newsletter.sent", self, by=by, fields=("published_at",))
        record("newsletter.published", self, by=by, at=self.published_at)

    @transaction.atomic
    def hold_back(self, *, by: Viewer) -> bool:
        """Make it a draft again, as long as nobody could read it; False when it was too late."""
        mine = type(self).objects.changeable_by(by).filter(pk=self.pk, withdrawn_at=None)
        held = mine.filter(published_at__gt=clock.now()).update(published_at=None)
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

    def keep_as_draft(self) -> None:
        """Nobody sends it while it is being changed. Raises SentError when that happened."""
        drafts = type(self).objects.filter(pk=self.pk, published_at=None, withdrawn_at=None)
        if not drafts.select_for_update().exists():
            raise SentError

    def _items(self) -> models.QuerySet[NewsletterItem]:
        return NewsletterItem.objects.filter(newsletter=self)

    def _append(self, **fields: UUID | str) -> None:
        last = self._items().order_by("position").last()
        if self._items().count() < MOST_ITEMS:
            position = last.position + 1 if last else 0
            item = NewsletterItem(newsletter=self, school_id=self.school_id, position=position)
            for name, value in fields.items():
                setattr(item, name, value)
            item.save(force_insert=True)


class NewsletterItemQuerySet(ByParentQuerySet["NewsletterItem"]):
    """As the newsletter; the message in it is seen by its own rule."""

    family = Through("newsletter")
    acts = Acts(
        insert=Through("newsletter", "changing"),
        update=Through("newsletter", "changing"),
        delete=Through("newsletter", "changing"),
        columns=("position", "title", "text"),
    )


class NewsletterItem(SchoolModel):
    """A message that was gathered, or an item of the office's own."""

    newsletter = SchoolForeignKey(Newsletter, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    post_id = models.UUIDField(null=True)  # by its id: it may be withdrawn, and be kept less long
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField(blank=True)

    newsletter_id: UUID

    objects = NewsletterItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["newsletter", "post_id"], name="gathered_once"),
            models.CheckConstraint(
                condition=Q(post_id__isnull=False, text="") | (Q(post_id=None) & ~Q(title="")),
                name="newsletter_item_is_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["newsletter", "position"], name="newsletter_item_place")
        ]

    def __str__(self) -> str:
        return self.title or str(self.post_id)

    @transaction.atomic
    def rewrite(self, *, by: Viewer, title: str, text: str) -> None:
        """Another title; of an own item another text, too. Raises SentError."""
        self.newsletter.keep_as_draft()
        self.title, self.text = title, "" if self.post_id else text
        self.save(update_fields=["title", "text"])
        AuditEntry.note("newsletter.written", self.newsletter, by=by, fields=("items",))

    @transaction.atomic
    def move(self, *, by: Viewer, up: bool) -> None:
        """Change places with the one before or after it, if there is one. Raises SentError."""
        self.newsletter.keep_as_draft()
        around = type(self).objects.filter(newsletter=self.newsletter_id).order_by("position", "pk")
        order = list(around)
        place = order.index(self)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            for position, item in enumerate(order):
                item.position = position
            type(self).objects.bulk_update(order, ["position"])
            AuditEntry.note("newsletter.arranged", self.newsletter, by=by, fields=("items",))

    @transaction.atomic
    def remove(self, *, by: Viewer) -> None:
        """Take it out; a message stays where it was. Raises SentError."""
        self.newsletter.keep_as_draft()
        AuditEntry.note("newsletter.arranged", self.newsletter, by=by, fields=("items",))
        self.delete()
