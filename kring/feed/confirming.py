"""'Ik heb dit gelezen' from a mail, without signing in: what the link in the mail names."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.feed.models import Confirmation, Post

SIGNER = TimestampSigner(salt="kring.feed.confirming")
KEPT = timedelta(days=7)  # as long as an urgent message stays on top


def path_of(person_id: UUID, card_id: UUID) -> str:
    """The page where this person says to have read this card; it opens nothing else."""
    return reverse("feed:by_mail", args=[SIGNER.sign(f"{person_id.hex}.{card_id.hex}")])


def read(token: str) -> tuple[UUID, UUID] | None:
    """Whom and which card a link names; None where it is not ours, or too old."""
    try:
        person, card = SIGNER.unsign(token, max_age=KEPT).split(".")
        return UUID(person), UUID(card)
    except (BadSignature, ValueError):
        return None


def asked(viewer: Viewer, card_id: UUID) -> list[Post]:
    """The posts of the card that this person is still asked to read; in the block of that person.

    None for who was shut out since, or when the message was withdrawn.
    """
    if not User.objects.visible_to(viewer).filter(pk=viewer.user_id, is_active=True).exists():
        return []
    seen = Post.objects.visible_to(viewer).out().filter(card_id=card_id, asks_reading=True)
    return list(seen.select_related("school").order_by("pk"))


def said(viewer: Viewer, posts: list[Post]) -> bool:
    """Whether this person said so before."""
    own = Confirmation.objects.visible_to(viewer).filter(person=viewer.user_id)
    return own.filter(post__in=posts).exists()
