"""Addresses of files in a bucket that are good for a minute, for the front (AWS Signature 4).

A page has sixty pictures, and each needs one. botocore takes nine times as long to make it,
because it makes any request of any service; this makes the one that we need.
"""

import hmac
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from urllib.parse import quote, urlsplit

from django.conf import settings

SECONDS = 60  # from being told to the front's first byte from the bucket


def presigned(name: str, method: str = "GET") -> str:
    """Path and query under which the server of the bucket gives the file ``name``."""
    store = settings.OBJECT_STORE
    if store is None:
        raise ValueError("There is no bucket: KRING_S3 is not set.")
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/{store.region_name}/s3/aws4_request"
    path = quote("/".join(filter(None, ("", store.bucket_name, store.location, name))))
    path = f"/{path}"
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={quote(f'{store.access_key}/{scope}', safe='')}"
        f"&X-Amz-Date={now}&X-Amz-Expires={SECONDS}&X-Amz-SignedHeaders=host"
    )
    host = host_of(store.endpoint_url)
    asked = f"{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    signed = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{sha256(asked.encode()).hexdigest()}"
    seal = hmac.digest(_key(store.secret_key, scope), signed.encode(), "sha256").hex()
    return f"{path}?{query}&X-Amz-Signature={seal}"


@cache
def host_of(endpoint: str) -> str:
    """The host as it stands in requests: with its port, unless that is the usual one."""
    parts = urlsplit(endpoint)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return parts.netloc.removesuffix(f":{usual}")


@cache
def _key(secret: str, scope: str) -> bytes:
    """Of one day: the cache grows by one each day that a process lives."""
    key = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    return key
