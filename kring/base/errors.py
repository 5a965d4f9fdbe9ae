"""What is answered instead of a page. None of it reads what was sent: a stranger may send slowly.

Django's own pages of errors look for the token of a form, for the case that they show one. They do
not when somebody looked already, so that is what they are told.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form was open too long, or came from elsewhere: one sentence and the way back."""
    return render(request, "csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was asked makes no sense."""
    return defaults.bad_request(_unread(request), exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This is not for her."""
    return defaults.permission_denied(_unread(request), exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing is there, or nothing that she may know of."""
    return defaults.page_not_found(_unread(request), exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """It is our fault."""
    return defaults.server_error(_unread(request))


def _unread(request: HttpRequest) -> HttpRequest:
    request.csrf_processing_done = True  # type: ignore[attr-defined]
    return request
