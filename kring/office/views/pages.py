"""What the pages of the office have in common: a form that is shown, and a verb that refuses."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

FORM = ["GET", "HEAD", "POST"]


def sent(request: HttpRequest) -> QueryDict | None:
    """What was typed; None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


def form_page(request: HttpRequest, page: str, form: Form, **context: Any) -> HttpResponse:
    """The form; what went wrong beside the fields and above them, and nothing typed lost."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, page, {"form": form, **context}, status=status)


def done(form: Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do it with what was typed, all or nothing. What the verb refuses, the form says."""
    try:
        with transaction.atomic():
            act(form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, _known_fields(form, error))
        return False
    return True


def _known_fields(form: Form, error: ValidationError) -> ValidationError:
    """Beside its field where the form has that one; else above the form."""
    if hasattr(error, "error_dict") and error.error_dict.keys() <= form.fields.keys():
        return error
    return ValidationError(error.messages)
