from datetime import timedelta

from kring.base.registry import retention
from kring.feed.models import Comment, Like, Post, PostFile, PostPhoto, PostRevision, Reading

WITH_POST = "goes with the post"

retention(
    Post,
    because="messages: two years, for there is no term in law",
    keep=timedelta(days=2 * 365),
    since="published_at",
)
for model in (Comment, Like, PostFile, PostPhoto, PostRevision, Reading):
    retention(model, because=WITH_POST)
