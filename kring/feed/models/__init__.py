from kring.feed.models.comment import Comment
from kring.feed.models.post import Post, PostPhoto, PostRevision
from kring.feed.models.reaction import Like, Reading

__all__ = ["Comment", "Like", "Post", "PostPhoto", "PostRevision", "Reading"]
