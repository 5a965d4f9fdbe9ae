"""What the feed tells apps beside it, which hang things on its cards."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from kring.base.registry import card_of_post, counts_messages
from kring.feed.budget import Budget
from kring.feed.models import Post


@card_of_post
def card_of(post_id: UUID) -> UUID | None:
    """The card that siblings of a broadcast share."""
    return Post.objects.filter(pk=post_id).values_list("card_id", flat=True).first()


@counts_messages
def messages_of(groups: Sequence[UUID], day: date) -> Mapping[UUID, int]:
    """Also those that are planned; urgent ones never count."""
    budget = Budget.around(day, groups)
    return {one: budget.of(one) for one in groups}
