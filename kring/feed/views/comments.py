from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from kring.base.htmx import see_other
from kring.feed.bylines import of_anybody
from kring.feed.forms import CommentForm
from kring.feed.models import Comment, Post
from kring.feed.thread import OneThread
from kring.schools.middleware import ViewerRequest


@require_POST
def comments(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Say something under a post, where its writer allows it."""
    post = get_object_or_404(Post.objects.reached_by(request.viewer, "commenting"), pk=post_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        form.fields["text"].widget.attrs["autofocus"] = True
        return _shown(request, post_id, form)
    said, person = form.cleaned_data, request.user
    byline = of_anybody(person, post.school_id, request.viewer)  # type: ignore[arg-type]
    Comment.say(post, by=request.viewer, text=said["text"], key=said["key"], byline=byline)
    return _done(request, post_id, at=said["key"])


@require_POST
def hiding(request: ViewerRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Staff of the post take a comment out of the sight of families, or show it again."""
    hideable = Comment.objects.changeable_by(request.viewer)
    comment = get_object_or_404(hideable, pk=comment_id, post__card_id__in=_card(request, post_id))
    if request.POST.get("hidden") == "no":
        comment.reveal(by=request.viewer)
    else:
        comment.hide(by=request.viewer)
    return _done(request, post_id, at=comment.key)


@require_POST
def removal(request: ViewerRequest, post_id: UUID, comment_id: UUID) -> HttpResponse:
    """Take away what one said oneself."""
    own = Comment.objects.removable_by(request.viewer)
    comment = get_object_or_404(own, pk=comment_id, post__card_id__in=_card(request, post_id))
    comment.take_away(by=request.viewer)
    return _done(request, post_id)


def _card(request: ViewerRequest, post_id: UUID) -> object:
    seen = Post.objects.visible_to(request.viewer).filter(withdrawn_at=None)
    return seen.filter(pk=post_id).values("card_id")


def _done(request: ViewerRequest, post_id: UUID, *, at: UUID | None = None) -> HttpResponse:
    """The comments again, with the focus on the one of this key, or on all of them."""
    return (
        _shown(request, post_id, at=at)
        if request.htmx
        else see_other(request, "feed:post", post_id)
    )


def _shown(
    request: ViewerRequest, post_id: UUID, form: CommentForm | None = None, at: UUID | None = None
) -> HttpResponse:
    context = OneThread.of(request, post_id).context(form) | {"at": at}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    page = "feed/post.html#comments" if request.htmx else "feed/post.html"
    return render(request, page, context, status=status)
