"""Letters on paper: one page per child and home, in the language of the home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import typst
from django.conf import settings

from kring.joining.letters.hints import About, Hint
from kring.joining.letters.koppelcode import Letter, address_of
from kring.joining.letters.paper import HERE, Paper, Sender

__all__ = ["HERE", "MOST", "About", "Hint", "Letter", "Paper", "Sender", "address_of", "pdf", "png"]

FONTS = settings.BASE_DIR / "build/fonts"
MOST = 600  # in one file: some ten seconds of work
NAMED = 3  # groups in the title of the file


def pdf(letters: Sequence[Paper]) -> bytes:
    """All of them in one tagged file (PDF/UA-1), in this order."""
    return b"".join(_set(letters, "pdf", pdf_standards=["ua-1"]))


def png(letters: Sequence[Paper], *, ppi: float = 110) -> list[bytes]:
    """Each page as a picture."""
    return _set(letters, "png", ppi=ppi)


def _set(letters: Sequence[Paper], kind: Literal["pdf", "png"], **how: Any) -> list[bytes]:
    """Names and sentences go in as data, never as markup: what is typed is printed as it is."""
    said = json.dumps([one.said() for one in letters], ensure_ascii=False)
    inputs = {"letters": said, "title": _title(letters), "measured": ""}
    setter = typst.Compiler(
        str(HERE / "letter.typ"),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    try:
        made = setter.compile(format=kind, sys_inputs=inputs, **how)
    except typst.TypstError:  # long names: one of them does not fit
        made = setter.compile(format=kind, sys_inputs=inputs | {"measured": "yes"}, **how)
    return [made] if isinstance(made, bytes) else list(made or [])


def _title(letters: Sequence[Paper]) -> str:
    groups = list(dict.fromkeys(one.group for one in letters))
    return f"{letters[0].sender.name}: {', '.join(groups[:NAMED])}{' …' * (len(groups) > NAMED)}"
