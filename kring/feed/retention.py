from datetime import timedelta

from kring.base.registry import retention
from kring.feed.models import (
    Call,
    Comment,
    Confirmation,
    Draft,
    Like,
    Newsletter,
    NewsletterItem,
    NewsletterPhoto,
    Post,
    PostFile,
    PostPhoto,
    PostRevision,
    Reading,
    Slip,
)

WITH_POST = "goes with the post"

retention(
    Post,
    because="messages: two years, for there is no term in law",
    keep=timedelta(days=2 * 365),
    since="published_at",
)
for model in (Comment, Confirmation, Like, PostFile, PostPhoto, PostRevision, Reading):
    retention(model, because=WITH_POST)
retention(
    Call,
    because="what was said on the telephone: for a school year, for whoever asks who was reached,"
    " art. 5(1)(e) AVG",
    keep=timedelta(days=365),
    since="claimed_at",
)
retention(
    Slip,
    because="which family got a note on paper: a school year of questions",
    keep=timedelta(days=365),
)
retention(
    Draft,
    because="what is being written: until it is sent, or left alone for ninety days",
    keep=timedelta(days=90),
    since="touched_at",
)
retention(Newsletter, because="the archive of the school: as long as it uses Kring")
retention(NewsletterItem, because="goes with the newsletter")
retention(
    NewsletterPhoto,
    because="photos: two years, as those of messages; the words of the newsletter stay",
    keep=timedelta(days=2 * 365),
)
