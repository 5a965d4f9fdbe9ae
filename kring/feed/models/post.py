from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Self
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction

from kring.audiences.models import Addressed, Audience
from kring.audiences.rules import Rules, rules_of
from kring.base import clock
from kring.base.clock import SCHOOL_TIME
from kring.base.jobs import at_work
from kring.base.row_security import SchoolForeignKey
from kring.base.visibility import (
    Acts,
    AddressedQuerySet,
    Allowed,
    ByParentQuerySet,
    In,
    Mine,
    Through,
    Viewer,
    Writes,
)
from kring.events.bus import record
from kring.events.models import AuditEntry
from kring.feed.budget import take_place
from kring.feed.models.attachment import Attachments
from kring.schools.models import Employment, SchoolModel

LONGEST_WAIT = timedelta(minutes=30)  # of a message for its films
LOOKED_AT_BEFORE = timedelta(minutes=1)  # a planned one, before anybody can see it
NOT_YET = datetime(9000, 1, 1, tzinfo=UTC)  # when a planned one comes out that nobody let go


class PostQuerySet(AddressedQuerySet["Post"]):
    """What was sent to whom, by whom and when, stays as it was."""

    acts = replace(
        AddressedQuerySet.acts,
        columns=(
            *("text", "allows_comments", "edited_at", "withdrawn_at", "withdrawn_by"),
            "call_at",  # the office may open the list sooner
        ),
    )

    def out(self) -> Self:
        """Published and not withdrawn."""
        return self.filter(withdrawn_at=None, published_at__lte=clock.now())

    def rewritable_by(self, viewer: Viewer) -> Self:
        """What this person may say otherwise: who may write to these readers still.

        A writer who has another group by now may take an old message back, and no more.
        """
        may = Allowed(Writes() | In("school", "leads", "administers"), viewer, self.model)
        return self.changeable_by(viewer).filter(may)

    def planned(self) -> Self:
        """Those whose moment has not come."""
        return self.filter(
            planned_at__isnull=False, withdrawn_at=None, published_at__gt=clock.now()
        )


class Post(Addressed):
    """A message to an audience. Siblings of one broadcast share ``card_id`` and are shown once."""

    card_id = models.UUIDField()
    text = models.TextField()
    byline = models.CharField(max_length=200)  # as it was: the writer may leave, the post stays
    byline_role = models.CharField(max_length=20, choices=Employment.Role)
    allows_comments = models.BooleanField(default=True)
    edited_at = models.DateTimeField(null=True, editable=False)
    key = models.UUIDField()  # of the form: a second try makes no second post
    # It comes out at ``published_at``, or sooner: as soon as its films are ready.
    waits = models.BooleanField(db_default=False, editable=False)
    has_files = models.BooleanField(db_default=False, editable=False)  # so that no page looks
    # Told before all else, whatever anybody chose; on top of the feed until it was confirmed.
    is_urgent = models.BooleanField(db_default=False, editable=False)
    asks_reading = models.BooleanField(db_default=False, editable=False)  # 'Ik heb dit gelezen'
    # It goes then, if a job lets it go: until that did, it comes out at ``NOT_YET``.
    planned_at = models.DateTimeField(null=True, editable=False)
    call_at = models.DateTimeField(null=True, editable=False)  # when the call list opens
    # Kept by triggers, so that a page counts without reading every like under row security.
    like_count = models.PositiveIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta(Addressed.Meta):
        constraints: ClassVar = [
            *Addressed.Meta.constraints,
            models.UniqueConstraint(fields=["school", "author", "key"], name="post_once_per_form"),
            models.UniqueConstraint(fields=["school", "card_id"], name="post_once_per_card"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "-published_at", "-card_id"],
                condition=models.Q(withdrawn_at=None),
                name="post_feed",
            ),
            models.Index(fields=["card_id"], name="post_siblings"),
            models.Index(  # a handful, looked at on every first page
                fields=["school", "-published_at"],
                condition=models.Q(is_urgent=True, withdrawn_at=None),
                name="post_urgent",
            ),
            GinIndex(fields=["group_ids"], name="post_groups"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_planned(self) -> bool:
        """Whether its writer chose the moment, come or not."""
        return self.planned_at is not None

    @classmethod
    @transaction.atomic
    def publish(
        cls,
        audience: Audience,
        *,
        by: Viewer,
        text: str,
        key: UUID,
        byline: tuple[str, str],
        allows_comments: bool = True,
        assets: Sequence[UUID] = (),
        descriptions: Mapping[UUID, str] = MappingProxyType({}),
        waits: bool = False,
        at: datetime | None = None,
        urgent: bool = False,
        asks_reading: bool = False,
        call_after: timedelta | None = None,
        planned: bool = False,
    ) -> Post:
        """Send, to be seen after the seconds of undo. The same form again gives the same post.

        Raises PermissionDenied for what the school gives to other roles (urgent, to all of it),
        ValidationError where a group has all the messages of that day. One that is ``planned``
        goes at its moment, if its writer may still write to these readers then; nobody else sees it
        before a job looked at that.

        One form to several organisations is one broadcast: its posts share ``card_id``, and ``at``,
        the moment that they come out. One that ``waits`` comes out when its films are ready, and
        at the latest after ``LONGEST_WAIT``: a message is never lost for a film.
        """
        if sent := cls.objects.filter(
            school=audience.school_id, author=by.person_id, key=key
        ).first():
            return sent
        own, rules = Attachments.of(assets, by=by), rules_of(by, [audience.school_id])
        out_at = at or (clock.now() if urgent else cls.coming_out())
        waits = waits and own.waiting and not urgent and not planned
        agreed = _agreed(audience, rules, urgent=urgent)
        day = out_at.astimezone(SCHOOL_TIME).date()
        take_place(audience, agreed, day, by=by, urgent=urgent)
        post = cls(
            **audience.columns(),
            author_id=by.person_id,
            text=text,
            key=key,
            byline=byline[0],
            byline_role=byline[1],
            allows_comments=allows_comments and agreed.policy.comments_allowed,
            card_id=cls.card_of(by, key),
            waits=waits,
            has_files=own.has_documents,
            published_at=NOT_YET if planned else out_at + (LONGEST_WAIT if waits else timedelta()),
            is_urgent=urgent,
            asks_reading=asks_reading or urgent,
            call_at=out_at + call_after if call_after else None,
            planned_at=out_at if planned else None,
        )
        try:
            with transaction.atomic():
                post.save(force_insert=True)
        except IntegrityError as error:
            return cls._sent_before(error, audience.school_id, by, key)
        own.hang_on(post, descriptions)
        if own.waiting:
            record("post.waiting", post, by=by)
        post._tell(by)
        return post

    def _tell(self, by: Viewer) -> None:
        """Readers when it is out. Of a planned one, first whether its writer may still write."""
        if self.planned_at:
            record("post.planned", self, by=by, at=self.planned_at - LOOKED_AT_BEFORE)
        else:
            record("post.published", self, by=by, at=self.published_at, urgent=self.is_urgent)

    @staticmethod
    def card_of(by: Viewer, key: UUID) -> UUID:
        """The card of a form: of its writer, so that nobody takes another's."""
        return uuid5(by.person_id, str(key))

    @staticmethod
    def coming_out() -> datetime:
        """When a post that is sent now can be seen: after the seconds of undo."""
        return clock.now() + timedelta(seconds=settings.UNDO_SECONDS)

    @classmethod
    def _sent_before(cls, error: IntegrityError, school_id: UUID, by: Viewer, key: UUID) -> Post:
        if "post_once_per_form" not in str(error):
            raise error
        return cls.objects.get(school=school_id, author=by.person_id, key=key)

    @transaction.atomic
    def edit(self, text: str, *, by: Viewer, allows_comments: bool) -> bool:
        """Change the text, siblings' too where one may, keeping what stood there for the staff.

        False if it was withdrawn, or one may not.
        """
        standing = type(self).objects.rewritable_by(by).filter(withdrawn_at=None)
        siblings = standing.filter(card_id=self.card_id).select_for_update().order_by("pk")
        return sum(one.rewrite(text, by, allows_comments=allows_comments) for one in siblings) > 0

    def rewrite(self, text: str, by: Viewer, *, allows_comments: bool) -> bool:
        """Change this one; ``edit`` has asked whether one may."""
        if text != self.text:
            revision = PostRevision(
                school_id=self.school_id, post=self, text=self.text, edited_by_id=by.person_id
            )
            revision.save(force_insert=True)
            self.text, self.edited_at = text, clock.now()
        self.allows_comments = allows_comments and (self.allows_comments or self.may_open(by))
        self.save(update_fields=["text", "edited_at", "allows_comments"])
        AuditEntry.note("post.edited", self, by=by, fields=("text", "allows_comments"))
        record("post.edited", self, by=by)
        return True

    def may_open(self, by: Viewer) -> bool:
        """Whether the school lets comments be allowed anew; what is open stays open."""
        rules = rules_of(by, [self.school_id]).get(self.school_id)
        return rules is not None and rules.policy.comments_allowed

    @transaction.atomic
    def withdraw(self, *, by: Viewer) -> bool:
        """Take it out of everybody's sight, siblings too where one may; false if it was gone.

        In a service block: the row leaves the sight of who withdraws it.
        """
        siblings = type(self).objects.changeable_by(by).filter(card_id=self.card_id)
        in_one_order = siblings.order_by("pk")  # so that two never wait for each other
        return sum(sibling.leave(by) for sibling in in_one_order) > 0

    def leave(self, by: Viewer, among: PostQuerySet | None = None) -> bool:
        """Take this one out of sight; ``withdraw`` has asked whether one may. A job may, too.

        False if it was gone, or is not ``among`` those that are meant.
        """
        with at_work(self.school_id):
            posts = type(self).objects.all() if among is None else among
            left = posts.filter(pk=self.pk, withdrawn_at=None)
            gone = left.update(withdrawn_at=clock.now(), withdrawn_by=by.user_id)
            if gone:
                AuditEntry.note("post.withdrawn", self, by=by)
                record("post.withdrawn", self, by=by)
        return bool(gone)

    @transaction.atomic
    def unplan(self, *, by: Viewer) -> bool:
        """Take one's own planned message back, siblings too; False when its moment has come."""
        own = type(self).objects.changeable_by(by).filter(author=by.person_id)
        siblings = own.planned().filter(card_id=self.card_id).order_by("pk")
        still = type(self).objects.planned()
        return sum(sibling.leave(by, still) for sibling in siblings) > 0


def _agreed(audience: Audience, rules: Mapping[UUID, Rules], *, urgent: bool) -> Rules:
    """The rules of the organisation that is written to; PermissionDenied where they forbid it."""
    if audience.school_id not in rules:
        raise PermissionDenied("works for another organisation")
    rules[audience.school_id].refuse(audience, urgent=urgent)
    return rules[audience.school_id]


class PostRevisionQuerySet(ByParentQuerySet["PostRevision"]):
    """What stood there before: for staff who see the post as staff."""

    family = Through("post", "staff")
    acts = Acts(insert=Mine("edited_by") & Through("post", "changing"))


class PostRevision(SchoolModel):
    """A former text of a post, and who replaced it."""

    post = SchoolForeignKey(Post, models.CASCADE, related_name="revisions")
    text = models.TextField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PostRevisionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["post", "created_at"], name="revision_of_post"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} before {self.created_at}"
