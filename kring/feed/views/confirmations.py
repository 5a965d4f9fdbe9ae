"""'Ik heb dit gelezen': in the app, and on the page that the link of a mail opens."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import seen_by
from kring.feed import confirming
from kring.feed.models import Confirmation, Reading
from kring.feed.thread import OneThread
from kring.notifications.pushing.devices import is_on_here
from kring.schools.middleware import ViewerRequest
from kring.schools.viewers import viewer_of


@require_POST
def confirmation(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """This person has read it: all siblings of it that one may see."""
    thread = OneThread.of(request, post_id)
    if not any(post.asks_reading for post in thread.posts):
        raise Http404
    Confirmation.give(thread.posts, by=request.viewer, way=Confirmation.Way.APP)
    Reading.mark(thread.posts, by=request.viewer)
    if request.htmx:
        card = OneThread.of(request, post_id).card
        push_here = is_on_here(request.viewer, request.session)
        return render(request, "feed/_card.html#asked", {"card": card, "push_here": push_here})
    messages.success(request, _("Thank you. The school knows that you have read it."))
    return see_other(request, "feed:feed")


@csrf_exempt  # the token is what proves it; whoever comes from a mail has no cookie of ours
@outside_block("the link says whose it is; nobody need be signed in")
@login_not_required
@require_http_methods(["GET", "POST"])
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Say so without signing in. Looking changes nothing, for scanners look.

    The page gives nothing of the message: a mail is forwarded, and read by machines. So it first
    leads to the message, and who is signed in comes there at once. The button below is for who
    knows what it says by another way, for instance because the other parent opened it: it says
    what pressing means, which is that the school need not call. A link that is forged, too old,
    of a message that was withdrawn or of somebody who was shut out gives the same page.
    """
    if (named := confirming.read(token)) is None:
        return _gone(request)
    viewer = viewer_of(named[0])
    with seen_by(viewer):
        posts = confirming.asked(viewer, named[1])
        if request.method == "POST":
            Confirmation.give(posts, by=viewer, way=Confirmation.Way.MAIL)
        done = confirming.said(viewer, posts)
    if not posts:
        return _gone(request)
    if request.user.pk == viewer.user_id and request.method == "GET":
        return redirect("feed:post", posts[0].pk)
    return _shown(request, "feed/by_mail.html", post=posts[0], done=done)


def _gone(request: HttpRequest) -> HttpResponse:
    """In words, without saying which of the reasons it is."""
    return _shown(request, "feed/by_mail_gone.html", HTTPStatus.NOT_FOUND)


def _shown(
    request: HttpRequest, template: str, status: int = HTTPStatus.OK, **said: Any
) -> HttpResponse:
    response = render(request, template, {"bare": True, **said}, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
