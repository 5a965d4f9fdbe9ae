"""What a device is told of Kring before it puts it among its apps (W3C Web App Manifest)."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.media.accepted import ACCEPTED

PAPER = "#fbf8f1"  # as --paper in tokens.css
NARROW, WIDE = (780, 1688), (1440, 900)  # pixels of the pictures of the screen


def manifest() -> dict[str, Any]:
    """In the language of this request."""
    return {
        "id": "/",
        "name": "Kring",
        "short_name": "Kring",
        "description": _("Messages and photos from school, for the families of its children only."),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "categories": ["education", "social"],
        "prefer_related_applications": False,
        "icons": icons(),
        "screenshots": screenshots(),
        "shortcuts": shortcuts(),
        "share_target": share_target(),
    }


def icons() -> list[dict[str, str]]:
    """Ours on its own, with room around it to be cut to any shape, and in one colour."""
    return [
        _icon("kring.svg", "any", "any", "image/svg+xml"),
        _icon("kring-192.png", "192x192", "any"),
        _icon("kring-512.png", "512x512", "any"),
        _icon("kring-maskable-512.png", "512x512", "maskable"),
        _icon("kring-monochrome-512.png", "512x512", "monochrome"),
    ]


def screenshots() -> list[dict[str, str]]:
    """What somebody sees before she says yes. Browsers take PNG and JPEG only."""
    return [
        _screen("narrow", "feed", NARROW, _("Messages from school")),
        _screen("narrow", "write", NARROW, _("Write a message with photos")),
        _screen("wide", "feed", WIDE, _("Messages from school")),
    ]


def shortcuts() -> list[dict[str, Any]]:
    """Behind a long press on the icon; by way of sharing, who writes nothing reads so in words."""
    return [
        _shortcut(_("Write a message"), reverse("app:share"), "write"),
        _shortcut(_("Messages"), reverse("feed:feed"), "feed"),
    ]


def share_target() -> dict[str, Any]:
    """How the share menu of a device hands over: the worker takes it, see service-worker.js."""
    return {
        "action": reverse("app:share"),
        "method": "POST",
        "enctype": "multipart/form-data",
        "params": {
            "title": "title",
            "text": "text",
            "url": "url",
            "files": [{"name": "files", "accept": list(ACCEPTED)}],
        },
    }


def _icon(file: str, sizes: str, purpose: str, kind: str = "image/png") -> dict[str, str]:
    return {"src": static(f"icons/{file}"), "sizes": sizes, "type": kind, "purpose": purpose}


def _screen(form: str, file: str, size: tuple[int, int], label: str) -> dict[str, str]:
    return {
        "src": static(f"screens/{form}-{file}.png"),
        "sizes": f"{size[0]}x{size[1]}",
        "type": "image/png",
        "form_factor": form,
        "label": label,
    }


def _shortcut(name: str, url: str, icon: str) -> dict[str, Any]:
    drawn = _icon(f"shortcut-{icon}-96.png", "96x96", "any")
    return {"name": name, "url": url, "icons": [drawn]}
