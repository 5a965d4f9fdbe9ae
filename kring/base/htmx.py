from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseLocation


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done, look there. A reload posts nothing again."""

    status_code = 303


def see_other(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go there with GET: by htmx without a reload, by a browser with a redirect."""
    address = resolve_url(to, *args, **kwargs)
    if getattr(request, "htmx", False):
        return HttpResponseLocation(address)
    return SeeOther(address)
