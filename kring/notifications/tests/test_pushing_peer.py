"""Push messages as an independent library checks them: the keys, the token, and what is sealed."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from py_vapid.utils import b64urldecode
from pytest_django.fixtures import Settings

from kring.notifications.pushing.keys import Signer, new_pair

AUDIENCE = "https://push.example"
