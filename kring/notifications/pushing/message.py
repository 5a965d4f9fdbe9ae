"""What a push message says: that there is something, and where. Never of whom, nor what it says.

It passes through the push service of a browser's maker, sealed, and lies on a locked screen.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import cache
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kring.notifications.kinds import Kind

LONGEST = 3990  # octets of text that fit in one record of 4096 (RFC 8291 §4)
LONGEST_NAME = 100  # characters of a school's name
NOBODY = UUID(int=0)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
URGENT = _("Urgent message")
SAID = {
    Kind.SCHOOL: _("New message"),
    Kind.GROUP: _("New message from a group"),
    Kind.COMMENTS: _("New comment"),
    Kind.CONVERSATIONS: _("New message in a conversation"),
    Kind.ABSENCE: _("Something about an absence"),
    Kind.PLANNING: _("Something in the agenda"),
    Kind.SILENCE: _("About your group this week"),
    Kind.OWN: _("Something about a message of your own"),
}
# Of what their kind says too little, or something else.
SAID_OF = {
    "post.call_due": _("Families are left to call"),
    "post.stopped": _("A planned message did not go"),
    "newsletter.stopped": _("A newsletter did not go"),
    "address.failed": _("Mail to your address comes back"),
}


def topic_of(notification_id: UUID) -> str:
    """The same for the same notification, however often it goes: 22 of at most 32 signs."""
    return urlsafe_b64encode(notification_id.bytes).decode().rstrip("=")


def payload(
    *, school: str, verb: str, kind: str, urgent: bool, language: str, notification_id: UUID
) -> bytes:
    """What the service worker gets: as much as a stranger who sees the screen may know."""
    path = _path().replace(str(NOBODY), str(notification_id))
    said = _said(verb, kind, language, urgent=urgent)
    return written(school, said, path, tag=topic_of(notification_id), urgent=urgent)


@cache
def _path() -> str:
    """Of a notification that does not exist: looked up once for ten thousand."""
    return reverse("notifications:open", args=[NOBODY])


@cache
def _said(verb: str, kind: str, language: str, *, urgent: bool) -> str:
    told = URGENT if urgent else SAID[Kind(kind)]
    with override(language):
        return str(SAID_OF.get(verb, told))


def trial(language: str) -> bytes:
    """The message with which a person tries her own device."""
    with override(language):
        said = str(_("This is how Kring tells you something on this device."))
    return written("Kring", said, reverse("notifications:settings"), tag="trial")


def written(title: str, body: str, path: str, *, tag: str, urgent: bool = False) -> bytes:
    """The text on its way to the service worker of Kring."""
    told = {
        "title": title[:LONGEST_NAME],
        "body": body,
        "path": path,
        "tag": tag,
        "urgent": urgent,
    }
    text = ENCODER.encode(told).encode()
    assert len(text) <= LONGEST
    return text
