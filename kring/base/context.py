"""What every page knows of the frame around it, without a single query."""

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.base.visibility import ANONYMOUS

_PATHS = {
    "feed:feed": ("/posts/",),
    "calendar:agenda": ("/agenda/",),
    "home:more": ("/more/", "/account/", "/join/", "/office/"),
}


class Place(NamedTuple):
    """One of the at most five places of the bar; it stands there from the day that it works."""

    name: Promise
    icon: str
    view: str
    url: str
    current: bool = False


def frame(request: HttpRequest) -> dict[str, Any]:
    """The places, which of them this is, who is looking, and whether she may write.

    Where somebody was looked for and nobody is signed in, ``is_out`` tells the browser to forget.

    A page of an error can come before anybody was looked up: then there are no places, for
    asking the database who this is might fail for the same reason as the page did.
    """
    user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return {"places": (), "is_out": user is not None}
    viewer = getattr(request, "viewer", ANONYMOUS)
    return {
        "places": _places(here=_place_of(request)),
        "me": user.initials,
        "person_id": user.pk,
        "may_write": bool(viewer.staff_of),
        "lock_url": _url("accounts:lock") if settings.TABLET_COOKIE_NAME in request.COOKIES else "",
        "more_url": _url("home:more"),
        "compose_url": _url("feed:compose"),
    }


@cache
def _places(*, here: str) -> tuple[Place, ...]:
    places = (
        Place(_("Messages"), "newspaper", "feed:feed", _url("feed:feed")),
        Place(_("Agenda"), "calendar-days", "calendar:agenda", _url("calendar:agenda")),
        Place(_("More"), "menu", "home:more", _url("home:more")),
    )
    return tuple(place._replace(current=place.view == here) for place in places)


@cache
def _url(view: str) -> str:
    return reverse(view)


def _place_of(request: HttpRequest) -> str:
    for view, paths in _PATHS.items():
        if request.path.startswith(paths):
            return view
    return "feed:feed" if request.path == "/" else ""
