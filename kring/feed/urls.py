from django.urls import path

from kring.feed.views import comments, compose, feed, post, reactions

app_name = "feed"
urlpatterns = [
    path("", feed.feed, name="feed"),
    path("posts/new/", compose.compose, name="compose"),
    path("posts/reach/", compose.reach, name="reach"),
    path("posts/readings/", reactions.readings, name="readings"),
    path("posts/<uuid:post_id>/", post.post, name="post"),
    path("posts/<uuid:post_id>/edit/", post.edit, name="edit"),
    path("posts/<uuid:post_id>/withdrawal/", post.withdrawal, name="withdrawal"),
    path("posts/<uuid:post_id>/history/", post.history, name="history"),
    path("posts/<uuid:post_id>/likes/", reactions.likes, name="likes"),
    path("posts/<uuid:post_id>/families/", reactions.families, name="families"),
    path("posts/<uuid:post_id>/comments/", comments.comments, name="comments"),
    path("posts/<uuid:post_id>/comments/<uuid:comment_id>/hiding/", comments.hiding, name="hiding"),
    path(
        "posts/<uuid:post_id>/comments/<uuid:comment_id>/removal/", comments.removal, name="removal"
    ),
]
