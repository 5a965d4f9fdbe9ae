from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from kring.base.htmx import see_other
from kring.base.ids import id_of
from kring.feed.models import Like, Post, Reading
from kring.feed.readership import Readership
from kring.feed.thread import OneThread
from kring.schools.middleware import ViewerRequest

MOST_AT_ONCE = 100


@require_POST
def likes(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Like a card, or no longer: all siblings of it that one may see."""
    get_object_or_404(Post.objects.open_to(request.viewer), pk=post_id)
    thread = OneThread.of(request, post_id)
    if request.POST.get("liked") == "no":
        Like.take_back(thread.posts, by=request.viewer)
    else:
        open_ones = Post.objects.open_to(request.viewer)
        Like.give(open_ones.filter(pk__in=[post.pk for post in thread.posts]), by=request.viewer)
    if request.htmx:
        return render(
            request, "feed/_card.html#like", {"card": OneThread.of(request, post_id).card}
        )
    return see_other(request, "feed:post", post_id)


@require_POST
def readings(request: ViewerRequest) -> HttpResponse:
    """These cards were in view long enough to be read. What one may not see is passed over."""
    asked = request.POST.getlist("post")[:MOST_AT_ONCE]
    ids = [one for one in map(id_of, asked) if one]
    seen = Post.objects.visible_to(request.viewer).out()
    shown = seen.filter(pk__in=ids).values("card_id")
    Reading.mark(seen.filter(card_id__in=shown), by=request.viewer)
    return HttpResponse(status=204)


@require_safe
def families(request: ViewerRequest, post_id: UUID) -> HttpResponse:
    """Which families have read it, and who not yet: for staff who may know them all."""
    thread = OneThread.of(request, post_id)
    readership = Readership.of(thread, request.viewer)
    return render(request, "feed/families.html", {"card": thread.card} | vars(readership))
