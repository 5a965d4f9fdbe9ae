"""To which push services Kring sends: an endpoint is an address that a browser gave us.

So it is not trusted: it must be of a known service, when it is given and again when something is
sent there, and the address that its name leads to must be one of the internet at the moment that
the connection is made. What the setting KRING_PUSH_SERVICES names may lie inside, too.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from socket import AddressFamily
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings

LONGEST = 1000  # characters of an endpoint; those of today have at most some 700
KNOWN = (
    "fcm.googleapis.com",  # Chrome, Edge on Android, Opera, Samsung Internet
    "android.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",  # Edge
)
PLAIN = re.compile(r"https?://[a-z0-9.:-]+/[\x21-\x7e]*", re.ASCII)  # one way to read it


def accepts(endpoint: str) -> bool:
    """Whether something may be sent there: https at a known service, or what the setting names."""
    if len(endpoint) > LONGEST or not PLAIN.fullmatch(endpoint) or "#" in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if origin_of(endpoint) in settings.PUSH_SERVICES:
        return True
    names = (*KNOWN, *settings.PUSH_SERVICES)
    return parts.scheme == "https" and port is None and any(_fits(host, one) for one in names)


def origin_of(endpoint: str) -> str:
    """Scheme, host and port: for whom a token is, and what shares a line."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _fits(host: str, name: str) -> bool:
    if name.startswith("*."):
        return host.endswith(name[1:]) and len(host) >= len(name)
    return host == name


def _is_named(host: str) -> bool:
    """Whether the setting names this very host: then it may lie inside."""
    named = (urlsplit(one).hostname if "://" in one else one for one in settings.PUSH_SERVICES)
    return host in named


class PublicOnly(AbstractResolver):
    """Leads a name to addresses of the internet only, whatever it said a moment ago.

    The connection goes to the address that was looked at here, so a name that leads elsewhere the
    second time leads nowhere.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self.inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self.inner.resolve(host, port, family)
        if _is_named(host):
            return found
        outside = [one for one in found if is_public(one["host"])]
        if not outside:
            raise OSError(None, "it leads to no address of the internet")
        return outside

    async def close(self) -> None:
        await self.inner.close()


def is_public(address: str) -> bool:
    """Whether this is an address of the internet: nothing private, local, mapped or reserved."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inside is None or inside.is_global)
