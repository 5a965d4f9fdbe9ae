from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.base import clock
from kring.base.htmx import see_other
from kring.feed.forms import EditForm
from kring.feed.history import versions
from kring.feed.models import Post, Reading
from kring.feed.thread import OneThread
from kring.schools.middleware import ViewerRequest


@require_safe
def post(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """One post with its comments. Opening it is reading it."""
    if Post.objects.visible_to(request.viewer).planned().filter(pk=post_id).exists():
        return redirect("feed:planned")
    thread = OneThread.of(request, post_id)
    if request.method == "GET":  # asking for the headers alone is not reading
        Reading.mark(thread.posts, by=request.viewer, opened=True)
    return render(request, "feed/post.html", thread.context())


@require_http_methods(["GET", "POST"])
def edit(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Another text, seen by all as changed; staff can look back."""
    own = Post.objects.rewritable_by(request.viewer).filter(withdrawn_at=None)
    found = get_object_or_404(own.select_related("school"), pk=post_id)
    if found.is_planned and found.published_at > clock.now():
        return redirect(f"{reverse('feed:compose')}?change={post_id}")
    form = _form_for(found, request)
    if form.is_valid():
        told = {"allows_comments": False} | form.cleaned_data
        if not found.edit(**told, by=request.viewer):
            raise Http404
        return see_other(request, "feed:post", post_id)
    context = {"form": form, "card": OneThread.of(request, post_id).card}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "feed/edit.html", context, status=status)


def _form_for(found: Post, request: ViewerRequest) -> EditForm:
    return EditForm(
        request.POST or None,
        initial={"text": found.text, "allows_comments": found.allows_comments},
        may_be_empty=found.photos.visible_to(request.viewer).exists(),
        may_open=found.allows_comments or found.may_open(request.viewer),
    )


@require_POST
def withdrawal(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Take it back: within the seconds of undo to write on, later for good."""
    found = get_object_or_404(Post.objects.changeable_by(request.viewer), pk=post_id)
    found.withdraw(by=request.viewer)
    if "undo" in request.POST and found.author_id == request.viewer.user_id:
        return redirect(f"{reverse('feed:compose')}?again={post_id}")
    messages.success(request, _("The message is withdrawn."))
    return see_other(request, "feed:feed")


@require_safe
def history(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """What stood there before: for staff."""
    get_object_or_404(Post.objects.tended_by(request.viewer), pk=post_id)
    thread = OneThread.of(request, post_id)
    context = {"card": thread.card, "versions": versions(thread.posts[0], request.viewer)}
    return render(request, "feed/history.html", context)
