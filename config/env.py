"""Typed readers of the environment: each setting is read once, and refused with a sentence."""

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

IMAPS = 993  # the port of IMAP over TLS
SHORT_LOCAL = 25  # with a tag of 39 signs, a local part of 64 (RFC 5321)


def text(name: str, default: str | None = None) -> str:
    """The value of ``name``, or the contents of the file named by ``name_FILE``."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
            ) from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"The setting {name} is missing: set {name} or {name}_FILE.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, true, yes, on; false for 0, false, no, off or empty."""
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"The setting {name} is {value!r}: say yes or no.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least ``least``."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(
            f"The setting {name} is {value!r}: give a whole number from {least}."
        )
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def origin(name: str, default: str) -> str:
    """An address of scheme and host, such as https://kring.example, without a path."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"The setting {name} is {value!r}: give an address such as https://kring.example."
        )
    return value


def daemon(name: str) -> str:
    """Where a daemon listens: host:port, or the path of a socket; empty when there is none."""
    value = text(name, "")
    host, _, port = value.rpartition(":")
    if value and not value.startswith("/") and not (host and port.isdecimal()):
        raise ImproperlyConfigured(
            f"The setting {name} is {value!r}: give host:port, or the whole path of a socket."
        )
    return value


def database(name: str) -> dict[str, object]:
    """Django's database settings from postgresql://role:password@host:port/name.

    A folder with a socket goes into the query: ``?host=/run/postgresql``.
    """
    value = text(name)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"The setting {name} is not an address of a PostgreSQL database: "
            "give postgresql://role:password@host:port/name."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(port or "")),
        "OPTIONS": query,
    }


class ObjectStore(NamedTuple):
    """A bucket of an S3-compatible server, and the key that opens it."""

    endpoint_url: str
    """Scheme, host and port of the server."""
    bucket_name: str
    location: str
    """What the names of all files begin with; empty for the whole bucket."""
    region_name: str
    access_key: str
    secret_key: str


def object_store(name: str) -> ObjectStore | None:
    """A bucket, from https://KEY:SECRET@host:port/bucket/prefix?region=…; None when not set."""
    value = text(name, "")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        server = parts.netloc.rpartition("@")[2] if parts.port != 0 else ""
    except ValueError:
        parts, server = urlsplit(""), ""
    bucket, _, location = parts.path.strip("/").partition("/")
    plain = re.fullmatch(r"[a-z0-9][a-z0-9.-]+(/[\w-][\w.-]*)*", f"{bucket}/{location}".rstrip("/"))
    web = parts.scheme in {"http", "https"}
    if not (web and server and plain and parts.username and parts.password):
        raise ImproperlyConfigured(  # without the value: it holds a secret
            f"The setting {name} is not an address of a bucket: "
            "give https://key:secret@host/bucket, with % codes for signs such as / in the secret."
        )
    return ObjectStore(
        endpoint_url=f"{parts.scheme}://{server}",
        bucket_name=bucket,
        location=location,
        region_name=dict(parse_qsl(parts.query)).get("region", "us-east-1"),
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
    )


def address(name: str) -> str:
    """A mail address; empty when there is none."""
    value = text(name, "")
    local, _, domain = value.rpartition("@")
    if value and not (local and "+" not in local and len(local) <= SHORT_LOCAL and domain):
        raise ImproperlyConfigured(
            f"The setting {name} is {value!r}: give an address such as kring@school.example,"
            f" with at most {SHORT_LOCAL} signs before the @ and no +."
        )
    return value


class Mailbox(NamedTuple):
    """A folder on an IMAP server, read over TLS."""

    host: str
    port: int
    user: str
    password: str
    folder: str


def mailbox(name: str) -> Mailbox | None:
    """A folder from imaps://user@host:port/folder; the password stands in ``name_PASSWORD``.

    None when not set.
    """
    value = text(name, "")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port or IMAPS
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme != "imaps" or not parts.hostname or not parts.username:
        raise ImproperlyConfigured(
            f"The setting {name} is not an address of a mailbox that is read over TLS: "
            "give imaps://user@host:993/INBOX."
        )
    return Mailbox(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=text(f"{name}_PASSWORD"),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
    )
