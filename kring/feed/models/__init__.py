from kring.feed.models.attachment import PostFile, PostPhoto
from kring.feed.models.comment import Comment
from kring.feed.models.post import Post, PostRevision
from kring.feed.models.reaction import Like, Reading

__all__ = ["Comment", "Like", "Post", "PostFile", "PostPhoto", "PostRevision", "Reading"]
