from kring.feed.models.attachment import PostFile, PostPhoto
from kring.feed.models.call import Call
from kring.feed.models.comment import Comment
from kring.feed.models.confirmation import Confirmation
from kring.feed.models.draft import Draft
from kring.feed.models.newsletter import Newsletter
from kring.feed.models.newsletter_item import NewsletterItem
from kring.feed.models.newsletter_photo import NewsletterPhoto
from kring.feed.models.post import Post, PostRevision
from kring.feed.models.reaction import Like, Reading
from kring.feed.models.slip import Slip

__all__ = [
    "Call",
    "Comment",
    "Confirmation",
    "Draft",
    "Like",
    "Newsletter",
    "NewsletterItem",
    "NewsletterPhoto",
    "Post",
    "PostFile",
    "PostPhoto",
    "PostRevision",
    "Reading",
    "Slip",
]
