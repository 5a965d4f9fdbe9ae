"""The devices on which a person wants push messages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.db import connection
from py_vapid.utils import b64urldecode

from kring.base.ids import new_id
from kring.base.visibility import Viewer
from kring.notifications.models import PushSubscription
from kring.notifications.pushing.allowed import accepts

HERE = "push_device"  # in the session: the device that it goes with
MOST = 10  # of one person; see kring_keep_device
LARGEST = 4_000  # octets of what a browser tells
SECRET = 16  # octets of the secret that a device shares with us (RFC 8291 §3.2)
URL_SAFE = re.compile(r"[A-Za-z0-9_-]{1,120}={0,2}", re.ASCII)


class JunkError(ValueError):
    """What came is no subscription that anything can be sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a browser gave: where to send, and what to seal it with."""

    endpoint: str
    p256dh: str
    auth: str

    @classmethod
    def read(cls, body: bytes) -> Subscription:
        """As ``PushSubscription.toJSON`` writes it. Raises JunkError for anything else."""
        if len(body) > LARGEST:
            raise JunkError
        try:
            told = json.loads(body)
            endpoint, keys = told["endpoint"], told["keys"]
            p256dh, auth = _clean(keys["p256dh"]), _clean(keys["auth"])
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b64urldecode(p256dh.encode()))
            is_secret = len(b64urldecode(auth.encode())) == SECRET
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise JunkError from error
        if not is_secret or not isinstance(endpoint, str) or not accepts(endpoint):
            raise JunkError
        return cls(endpoint=endpoint, p256dh=p256dh, auth=auth)


def _clean(told: Any) -> str:
    if not isinstance(told, str) or not URL_SAFE.fullmatch(told):
        raise JunkError
    return told.rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of a person, as she knows it."""

    id: UUID
    words: str  # "Safari on iPhone"
    since: datetime
    used_at: datetime | None
    is_this_one: bool


def keep(told: Subscription, *, session: int, words: str, by: Viewer) -> UUID | None:
    """Send push messages there, until this session ends. In the block of who asks.

    Whoever had this browser before her gets nothing there any more. None where the session has
    ended meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kring_keep_device(%s, %s, %s, %s, %s, %s)",
            [new_id(), session, told.endpoint, told.p256dh, told.auth, words[:100]],
        )
        kept = cursor.fetchone()[0]
    assert by.user_id
    return UUID(str(kept)) if kept else None


def stop(device_id: UUID, *, by: Viewer) -> bool:
    """Send nothing to this device of one's own any more; False when it is not there."""
    found, _ = PushSubscription.objects.visible_to(by).filter(pk=device_id).delete()
    return bool(found)


def stop_here(session: int, *, by: Viewer) -> None:
    """Send nothing to the device of this session any more."""
    PushSubscription.objects.visible_to(by).filter(session=session).delete()


def is_on_here(viewer: Viewer, session: Mapping[str, Any]) -> bool:
    """Whether the device of this session gets push messages. In the own block."""
    here = session.get(HERE)
    return here is not None and PushSubscription.objects.visible_to(viewer).filter(pk=here).exists()


def devices_of(viewer: Viewer, session: Mapping[str, Any]) -> list[Device]:
    """One's own devices: this one first, then the last that took a push. In the own block."""
    here = session.get(HERE)
    found = [
        Device(
            id=one.pk,
            words=one.device,
            since=one.created_at,
            used_at=one.used_at,
            is_this_one=str(one.pk) == here,
        )
        for one in PushSubscription.objects.visible_to(viewer).order_by("-created_at")[:MOST]
    ]
    return sorted(found, key=lambda one: (one.is_this_one, one.used_at or one.since), reverse=True)
