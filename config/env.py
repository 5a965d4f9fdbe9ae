"""Typed readers of the environment: each setting is read once, and refused with a sentence."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


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
