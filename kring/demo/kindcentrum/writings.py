"""All that was written, and what hangs on it; it lies in files."""

import tomllib
from collections.abc import Iterator
from typing import Any

from kring.demo.kindcentrum.names import TEXTS
from kring.demo.kindcentrum.written import Written

FILES = ("lower", "upper", "all")


def _read() -> Iterator[Written]:
    for name in FILES:
        told = tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))
        for post in told["post"]:
            said = tuple((one["by"], one["text"]) for one in post.pop("comments", ()))
            lists: dict[str, Any] = {key: tuple(post.pop(key, ())) for key in ("pictures", "files")}
            yield Written(**post, comments=said, **lists)


POSTS: tuple[Written, ...] = tuple(_read())


def pictures() -> list[str]:
    """The key of every picture."""
    return sorted({key for post in POSTS for key in post.pictures})


def films() -> list[str]:
    """The name of every film."""
    return sorted({post.film for post in POSTS if post.film})


def attached() -> list[str]:
    """The name of every document."""
    return sorted({name for post in POSTS for name in post.files})
