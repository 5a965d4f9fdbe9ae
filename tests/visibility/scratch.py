"""Views as nobody should write them, to see what the second lock makes of them."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from kring.base.block import outside_block
from kring.feed.models import Comment, Confirmation, Like, Post, Reading
from kring.schools.middleware import ViewerRequest
from kring.schools.models import Student


def forgetful(_request: HttpRequest) -> JsonResponse:
    """Asks for everything."""
    kinds = (Post, Comment, Confirmation, Like, Reading, Student)
    return JsonResponse({kind.__name__: _ids(kind) for kind in kinds})


@login_not_required
def open_to_the_world(request: HttpRequest) -> JsonResponse:
    """Asks for everything, and asks nobody who they are."""
    return forgetful(request)


@outside_block("to see that it reaches nothing")
def outside(_request: HttpRequest) -> JsonResponse:
    """Asks for everything where no block was opened."""
    with transaction.atomic():
        return JsonResponse({"Post": _ids(Post)})


def breaking(request: ViewerRequest) -> HttpResponse:
    """Writes, and breaks."""
    _mark(request)
    raise ZeroDivisionError


def not_there_after_all(request: ViewerRequest) -> HttpResponse:
    """Writes, and then finds that there is nothing here."""
    _mark(request)
    raise Http404


def working(request: ViewerRequest) -> HttpResponse:
    """Writes."""
    _mark(request)
    return HttpResponse("done")


def _mark(request: ViewerRequest) -> None:
    Reading.mark(Post.objects.visible_to(request.viewer), by=request.viewer)


def _ids(kind: type[Post | Comment | Confirmation | Like | Reading | Student]) -> list[str]:
    return [str(pk) for pk in kind.objects.unscoped("forgotten").values_list("pk", flat=True)]


urlpatterns = [
    path("scratch/forgetful/", forgetful),
    path("scratch/open/", open_to_the_world),
    path("scratch/outside/", outside),
    path("scratch/breaking/", breaking),
    path("scratch/not-there/", not_there_after_all),
    path("scratch/working/", working),
    path("", include("config.urls")),
]
