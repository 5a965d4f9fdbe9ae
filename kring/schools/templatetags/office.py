"""The tabs above every page of the office."""

from functools import cache
from uuid import UUID

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

TABS: tuple[tuple[str, Promise], ...] = (
    ("office:start", _("Overview")),
    ("office:children", _("Children")),
    ("office:families", _("Families")),
    ("office:staff", _("Staff")),
    ("office:groups", _("Groups")),
    ("feed:issues", _("Newsletters")),
    ("inviting:overview", _("Invitations")),
    ("office:reach", _("Reach")),
    ("importing:imports", _("Import")),
    ("office:trail", _("Trail")),
    ("office:school", _("School")),
)


@register.simple_tag(takes_context=True)
def office_tabs(context: Context) -> SafeString:
    """A link to each part of the office of this school; the one where we are says so."""
    request = context["request"]
    tabs = [(address, name) for address, name in _tabs(request.school.pk) if address]
    here = max((one for one, _name in tabs if request.path.startswith(one)), key=len, default="")
    return format_html_join(
        "\n",
        '<a class="tab" href="{}"{}>{}</a>',
        (
            (address, format_html(' aria-current="{}"', "page") if address == here else "", name)
            for address, name in tabs
        ),
    )


@cache
def _tabs(school_id: UUID) -> tuple[tuple[str, Promise], ...]:
    return tuple((_address(view, school_id), name) for view, name in TABS)


def _address(view: str, school_id: UUID) -> str:
    try:
        return reverse(view, args=[school_id])
    except NoReverseMatch:
        return ""
