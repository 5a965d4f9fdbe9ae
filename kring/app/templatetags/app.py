from django import template
from django.template.base import Parser, Token
from django.urls import reverse
from django.utils.html import format_html

from kring.app.build import version
from kring.base.templatetags.ui import Fixed

register = template.Library()


@register.tag
def build_version(_parser: Parser, _token: Token) -> Fixed:
    """Which build made this page."""
    return Fixed(lambda: format_html("{}", version()))


@register.tag
def address(_parser: Parser, token: Token) -> Fixed:
    """As ``url`` without arguments, looked up once: ``{% address "app:worker" %}``."""
    name = token.split_contents()[1].strip("\"'")
    return Fixed(lambda: format_html("{}", reverse(name)))
