"""``python -m tests.permissions.render`` writes docs/permissions.md from the matrix."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import django
from django.urls import URLPattern, URLResolver, get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()  # the rows speak of models

from tests.circles import NOBODY, SIGNED_IN, Circle  # noqa: E402
from tests.permissions.matrix import MATRIX  # noqa: E402
from tests.permissions.rows import ALL_STAFF, ANYBODY, Row  # noqa: E402

PAGE = Path(__file__).parent.parent.parent / "docs" / "permissions.md"
URLCONF = "tests.permissions.urls"
HEAD = """\
# Who gets in

Made from `tests/permissions/matrix.py` by `python -m tests.permissions.render`. A test tries every
line of it as every person of the cast, and another fails when this page is stale.

Whoever is not named gets the same 404 as for a thing that does not exist; who is not signed in is
sent to sign in. The people are those of the demo. "The school" is De Wilgenhoek, with the groups 2,
5, 6 and 7; the BSO is its after-school care; "elsewhere" is another school of another board.
"""
CIRCLES = {
    ANYBODY: "everybody, signed in or not",
    SIGNED_IN: "everybody who is signed in",
    ALL_STAFF: "all staff",
    NOBODY: "nobody",
}
ANSWERS = {
    200: "the page",
    204: "done",
    302: "sent on",
    303: "done, sent on",
    404: "that there is nothing",
    422: "the form again, with what is wrong",
}


def addresses(
    patterns: Sequence[URLPattern | URLResolver], space: str = "", path: str = "/"
) -> Iterator[tuple[str, str]]:
    """The full name and the path of every address."""
    for pattern in patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner, here)
        else:
            yield f"{space}{pattern.name}", here


def rendered() -> str:
    """The page. Django must have been set up."""
    paths = dict(addresses(get_resolver(URLCONF).url_patterns))
    parts = [HEAD]
    for (url, method), rows in groupby(MATRIX, lambda row: (row.url, row.method)):
        parts.append(f"## {method} {paths[url]}\n\n`{url}`\n")
        parts.append("| what | who gets in | and gets |\n|---|---|---|")
        parts += [_line(row) for row in rows]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row) -> str:
    refused = "; not taken from other staff" if row.refused else ""
    return f"| {row.thing or '–'} | {_people(row.who)} | {ANSWERS[row.status]}{refused} |"


def _people(who: Circle) -> str:
    return CIRCLES.get(who) or ", ".join(sorted(key.replace("_", " ") for key in who))


def main() -> None:
    """Write it."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
