"""What is being written: kept on the server until it is sent, and seen by its writer only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from kring.base import clock
from kring.base.text import LONGEST_TEXT
from kring.base.visibility import Acts, In, Mine, OwnedQuerySet, Viewer
from kring.feed.models.post import Post
from kring.schools.models import SchoolModel

MOST_DRAFTS = 50  # of one person
MOST_TYPED = 40_000  # characters of all that is ticked and filled in beside the text
MOST_HELD = 41  # files: one more than fit in a message, which is then said when it is sent

type Typed = Mapping[str, Sequence[str]]


class DraftQuerySet(OwnedQuerySet["Draft"]):
    """One's own, while one works there."""

    family = Mine("author") & In("school", "staff_of")
    acts = Acts(insert=family, update=family, delete=family)

    def loose(self) -> Self:
        """Those that nothing was sent of yet."""
        return self.filter(card_id=None)


class Draft(SchoolModel):
    """A form of the composer as it was left: also what a planned message is changed from.

    It is known by the key of its form, so that the same form is kept once, and sent once.
    """

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    text = models.TextField(blank=True)
    asset_ids = ArrayField(models.UUIDField(), default=list)  # held: the sweep leaves them
    typed = models.JSONField(default=dict)  # every other field of the form, with its values
    touched_at = models.DateTimeField()
    card_id = models.UUIDField(null=True, editable=False)  # of the planned message that it became

    author_id: UUID

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "key"], name="draft_once_per_form"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["author", "-touched_at"], name="drafts_of_author"),
            models.Index(fields=["school", "touched_at"], name="draft_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    @transaction.atomic
    def keep(
        cls,
        key: UUID,
        *,
        by: Viewer,
        school_id: UUID,
        text: str,
        assets: Sequence[UUID] = (),
        typed: Typed,
        planned: Post | None = None,
    ) -> Draft | None:
        """Keep the form as it is now; None where this form was sent already.

        That of a message that is ``planned`` by now stays, to change it from, until it goes.

        Raises ValidationError beyond ``MOST_DRAFTS``, and for what is far too long.
        """
        if len(text) > 2 * LONGEST_TEXT or len(json.dumps(typed)) > MOST_TYPED:
            raise ValidationError(_("This is too long to keep."))
        cls._one_at_a_time(by)
        sent = Post.objects.visible_to(by).filter(author=by.person_id, key=key)
        if planned is None and sent.exists():
            return None
        draft = cls._of(key, by, school_id, has_place=planned is not None)
        draft.text, draft.asset_ids = text, list(assets)[:MOST_HELD]
        draft.typed = dict(typed)
        draft.touched_at = (planned.planned_at if planned else None) or clock.now()
        draft.card_id = planned.card_id if planned else None
        draft.save()
        return draft

    @classmethod
    def _of(cls, key: UUID, by: Viewer, school_id: UUID, *, has_place: bool) -> Draft:
        """That of this form, or a new one where there is room for it."""
        own = cls.objects.changeable_by(by)
        if found := own.filter(key=key).first():
            return found
        if not has_place and own.loose().count() >= MOST_DRAFTS:
            said = _("You have %(most)d drafts. Send or remove one of them first.")
            raise ValidationError(said % {"most": MOST_DRAFTS})
        return cls(school_id=school_id, author_id=by.person_id, key=key)

    @classmethod
    def forget(cls, key: UUID, *, by: Viewer) -> None:
        """It was sent, and nothing of it is needed any more.

        After a tab that keeps it just now; one that comes later finds it sent.
        """
        cls._one_at_a_time(by)
        cls.objects.removable_by(by).filter(author=by.person_id, key=key).delete()

    @classmethod
    def forget_card(cls, card_id: UUID, *, by: Viewer) -> None:
        """Another took the place of this planned message."""
        cls.objects.removable_by(by).filter(author=by.person_id, card_id=card_id).delete()

    @classmethod
    def free_card(cls, card_id: UUID, *, by: Viewer) -> bool:
        """The planned message does not go: its form is a draft again, under a key of its own.

        False where its form was not kept.
        """
        own = cls.objects.changeable_by(by).filter(author=by.person_id, card_id=card_id)
        return own.update(card_id=None, key=uuid4(), touched_at=clock.now()) > 0

    @transaction.atomic
    def discard(self, *, by: Viewer) -> bool:
        """Throw it away; False if it was gone, or is of a planned message by now."""
        gone, _rows = type(self).objects.removable_by(by).loose().filter(pk=self.pk).delete()
        return gone > 0

    @classmethod
    def _one_at_a_time(cls, by: Viewer) -> None:
        """Two tabs that keep the same form at once, or both the last draft that fits."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [str(by.person_id)]
            )


def without_signs(value: str) -> str:
    """A value that a column takes: the one sign that PostgreSQL has no place for is left out."""
    return value.replace("\x00", "")


def typed_in(data: Any, but: frozenset[str]) -> dict[str, list[str]]:
    """All fields of a form that was sent, but for these."""
    return {
        without_signs(name): [without_signs(one) for one in values]
        for name, values in data.lists()
        if name not in but
    }
