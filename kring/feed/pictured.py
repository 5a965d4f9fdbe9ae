"""The pictures in a newsletter: shown on its page, only counted in a mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count

from kring.base.statement import Statement
from kring.base.viewer import Viewer, array
from kring.feed.cards import Hung, Photo, Surroundings, shown_photo
from kring.feed.models import NewsletterPhoto, PostPhoto

# As the photos of a message: ``Hung``, with the item in the place of the post.
PICTURES = Statement(
    """
    SELECT photo.item_id, photo.asset_id, photo.kind, 'ready', photo.width, photo.height,
        photo.placeholder, photo.colour, 0, photo.has_original, photo.description,
        '', photo.school_id, rules.families_save_photos, rules.sharing_rule
    FROM feed_newsletterphoto photo
    LEFT JOIN LATERAL (
        SELECT families_save_photos, sharing_rule FROM schools_policy policy
        WHERE policy.school_id = photo.school_id ORDER BY policy.version DESC LIMIT 1
    ) rules ON TRUE
    WHERE photo.item_id = ANY (%(items)s::uuid[]) AND {photo}
    ORDER BY photo.position
    """,
    photo=NewsletterPhoto,
)


def pictures_of(items: Iterable[UUID], around: Surroundings) -> Mapping[UUID, list[Photo]]:
    """Per item its pictures, with addresses signed for this session."""
    found = defaultdict(list)
    for row in PICTURES.run(around.viewer, items=array(items)):
        hung = Hung(*row)
        may_save = hung.school_id in around.viewer.staff_of or bool(hung.saving)
        found[hung.post_id].append(shown_photo(hung, around, may_save=may_save))
    return found


def counted(items: Iterable[UUID], posts: Iterable[UUID], viewer: Viewer) -> dict[UUID, int]:
    """How many pictures this person sees: of own items by the item, of messages by the post."""
    own = NewsletterPhoto.objects.visible_to(viewer).filter(item__in=list(items))
    hung = PostPhoto.objects.visible_to(viewer).filter(post__in=list(posts))
    ready = hung.filter(state="ready").exclude(kind="film")
    counts = dict(own.values_list("item").annotate(Count("pk")))
    return counts | dict(ready.values_list("post").annotate(Count("pk")))
