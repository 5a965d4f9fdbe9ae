"""A long list, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

LINES = 100  # a page


def page_of(request: HttpRequest, lines: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
    """The page that the address asks for; the nearest for one that there is not."""
    return Paginator(lines, LINES).get_page(request.GET.get("page", ""))


def address_without_page(request: HttpRequest) -> str:
    """The same list in the address, for the links to its other pages."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
