from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form was open too long, or came from elsewhere: one sentence and the way back."""
    return render(request, "csrf.html", status=403)
