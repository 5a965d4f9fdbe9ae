from django.urls import path

from kring.feed import call_urls
from kring.feed.views import (
    comments,
    compose,
    drafts,
    feed,
    issue_items,
    issues,
    ladder,
    newsletters,
    post,
    reactions,
)

app_name = "feed"
ISSUES = "office/<uuid:school_id>/newsletters/"
ISSUE = f"{ISSUES}<uuid:newsletter_id>/"

urlpatterns = [
    path("", feed.feed, name="feed"),
    path("posts/new/", compose.compose, name="compose"),
    path("posts/reach/", compose.reach, name="reach"),
    path("posts/planned/", drafts.planned, name="planned"),
    path("posts/drafts/", drafts.drafts, name="drafts"),
    path("posts/drafts/<uuid:draft_id>/removal/", drafts.removal, name="draft_removal"),
    path("posts/<uuid:post_id>/sending/", drafts.sending, name="sending"),
    path("posts/<uuid:post_id>/holding/", drafts.holding, name="holding"),
    path("posts/readings/", reactions.readings, name="readings"),
    path("posts/<uuid:post_id>/", post.post, name="post"),
    path("posts/<uuid:post_id>/edit/", post.edit, name="edit"),
    path("posts/<uuid:post_id>/withdrawal/", post.withdrawal, name="withdrawal"),
    path("posts/<uuid:post_id>/history/", post.history, name="history"),
    path("posts/<uuid:post_id>/likes/", reactions.likes, name="likes"),
    path("posts/<uuid:post_id>/families/", reactions.families, name="families"),
    path("posts/<uuid:post_id>/reach/", ladder.ladder, name="ladder"),
    path("posts/<uuid:post_id>/slips/", ladder.slips, name="slips"),
    *call_urls.urlpatterns,
    path("posts/<uuid:post_id>/comments/", comments.comments, name="comments"),
    path("posts/<uuid:post_id>/comments/<uuid:comment_id>/hiding/", comments.hiding, name="hiding"),
    path(
        "posts/<uuid:post_id>/comments/<uuid:comment_id>/removal/", comments.removal, name="removal"
    ),
    path("newsletters/", newsletters.newsletters, name="newsletters"),
    path("newsletters/<uuid:newsletter_id>/", newsletters.newsletter, name="newsletter"),
    path(ISSUES, issues.issues, name="issues"),
    path(ISSUE, issues.issue, name="issue"),
    path(f"{ISSUE}items/new/", issue_items.writing, name="issue_writing"),
    path(f"{ISSUE}items/<uuid:item_id>/", issue_items.item, name="issue_item"),
    path(f"{ISSUE}items/<uuid:item_id>/place/", issue_items.place, name="issue_place"),
    path(
        f"{ISSUE}items/<uuid:item_id>/removal/", issue_items.item_removal, name="issue_item_removal"
    ),
    path(f"{ISSUE}posts/", issues.posts, name="issue_posts"),
    path(f"{ISSUE}preview/", issues.preview, name="issue_preview"),
    path(f"{ISSUE}mail/", issues.mail, name="issue_mail"),
    path(f"{ISSUE}trial/", issues.trial, name="issue_trial"),
    path(f"{ISSUE}sending/", issues.sending, name="issue_sending"),
    path(f"{ISSUE}holding/", issues.holding, name="issue_holding"),
    path(f"{ISSUE}withdrawal/", issues.withdrawal, name="issue_withdrawal"),
    path(f"{ISSUE}removal/", issues.removal, name="issue_removal"),
]
