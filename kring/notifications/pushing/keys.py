"""The keys with which Kring proves itself to push services (VAPID, RFC 8292).

Made once, at the first start, by the owner of the tables; kept in the database, so that all
machines on it have the same: a browser takes pushes of the one that it was given the key of.
"""

from __future__ import annotations

import time

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

VALID = 12 * 60 * 60  # seconds of a token; services take 24 hours at most
RENEWED = VALID // 2  # so long one token is used
BYTES = 32  # of the private key


def make_keys() -> None:
    """Make the pair where there is none: whenever the tables are brought up to date, as the owner.

    Of two that start at once one makes it; the other finds it made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_pushkeys (public, private) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING",
            new_pair(),
        )


def new_pair() -> tuple[str, str]:
    """The public and the private key, as browsers and RFC 8292 write them."""
    vapid = Vapid02()
    vapid.generate_keys()
    secret = vapid.private_key
    assert isinstance(secret, EllipticCurvePrivateKey)
    public = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    private = secret.private_numbers().private_value.to_bytes(BYTES, "big")
    return b64urlencode(public), b64urlencode(private)


def public_key() -> str:
    """What a browser is given when it subscribes."""
    return _asked("SELECT kring_push_key()")


def private_key() -> str:
    """What the worker signs with. Only the worker may ask."""
    return _asked("SELECT kring_push_secret()")


def _asked(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0])


class Signer:
    """Signs for push services: one token for each, good for hours."""

    def __init__(self, private: str) -> None:
        self.vapid = Vapid02.from_raw(private.encode())
        self.signed: dict[str, tuple[str, float]] = {}

    def authorization(self, origin: str) -> str:
        """The header for a service, by its origin (RFC 8292 §2)."""
        token, since = self.signed.get(origin, ("", 0.0))
        if time.time() - since > RENEWED:
            since = time.time()
            claims = {
                "aud": origin,
                "exp": int(since) + VALID,
                "sub": f"mailto:{settings.PUSH_CONTACT}",
            }
            token = self.vapid.sign(claims)["Authorization"]
            self.signed[origin] = (token, since)
        return token
