"""What a post said before, for the staff who tend it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from kring.accounts.models import User
from kring.base import saying
from kring.base.text import as_html
from kring.base.visibility import Viewer
from kring.feed.models import Post, PostRevision

MOST_VERSIONS = 50  # the newest


@dataclass(frozen=True)
class Version:
    """One text of a post, from when and by whom."""

    said: str
    byline: str
    html: SafeString
    current: bool = False


def versions(post: Post, viewer: Viewer) -> list[Version]:
    """The text of now first, then those before it.

    A revision holds the text that was replaced, when and by whom: so each text began where the
    one before it was replaced, and the first one when the post was published.
    """
    seen = PostRevision.objects.visible_to(viewer).filter(post=post)
    revisions = list(seen.order_by("-created_at")[:MOST_VERSIONS])
    people = User.objects.visible_to(viewer).in_bulk([one.edited_by_id for one in revisions])
    began = [
        (one.created_at, people[one.edited_by_id].name if one.edited_by_id in people else "")
        for one in revisions
    ]
    began.append((post.published_at, post.byline))
    texts = [post.text, *(one.text for one in revisions)]
    return [
        Version(saying.said_fully(moment), byline, as_html(text), current=number == 0)
        for number, ((moment, byline), text) in enumerate(zip(began, texts, strict=True))
    ]
