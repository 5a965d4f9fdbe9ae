"""What the feed tells apps beside it, which hang things on its cards."""

from uuid import UUID

from kring.base.registry import card_of_post
from kring.feed.models import Post


@card_of_post
def card_of(post_id: UUID) -> UUID | None:
    """The card that siblings of a broadcast share."""
    return Post.objects.filter(pk=post_id).values_list("card_id", flat=True).first()
