"""Draws all pictures, films and papers of De Kring once, so that the demo only copies files.

In the folder stands for each a folder with its files, named by a hash of its key, and
``index.json`` with what the database says of it.
"""

import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import pyvips

from kring.demo.drawings import drawn, films, papers, walls
from kring.demo.drawings.places import place
from kring.media.rendering import Rendered, render

JPEG_QUALITY = 92  # of the "photo" that is handed in


def make(
    folder: Path, pictures: Sequence[str], moving: Sequence[str], written: Sequence[str]
) -> None:
    """Make it all anew below the folder; half a folder has no index."""
    shutil.rmtree(folder, ignore_errors=True)
    pyvips.cache_set_max(0)
    tasks: list[tuple[Any, str]] = [(_film, name) for name in moving]
    tasks += [(_picture, key) for key in pictures] + [(_paper, name) for name in written]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        made = threads.map(lambda task: task[0](folder, task[1]), tasks)
        index = dict(zip((key for _, key in tasks), made, strict=True))
    told = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "index.json").write_text(told, encoding="utf-8")


def _picture(folder: Path, key: str) -> dict[str, Any]:
    kind = walls if ":" in key else drawn
    return _kept(place(folder, key), kind.picture(key)) | {
        "kind": "photo",
        "name": f"{key.partition(':')[0].replace('_', '-')}.jpg",
        "description": kind.description(key),
    }


def _film(folder: Path, name: str) -> dict[str, Any]:
    to = place(folder, name)
    to.mkdir(parents=True)
    poster = films.film(name, to / "film.mp4")
    looks = _kept(to, poster)
    return looks | {
        "kind": "film",
        "name": f"{name}.mp4",
        "description": films.description(name),
        "seconds": ceil(films.SECONDS),
        "bytes": looks["bytes"] + (to / "film.mp4").stat().st_size,
    }


def _paper(folder: Path, name: str) -> dict[str, Any]:
    to = place(folder, name)
    to.mkdir(parents=True)
    content = papers.pdf(name)
    (to / "document.bin").write_bytes(content)
    return {"kind": "document", "name": f"{name}.pdf", "extension": "pdf", "bytes": len(content)}


def _kept(to: Path, picture: pyvips.Image) -> dict[str, Any]:
    """Hand it in as a photo, and keep what becomes of it."""
    to.mkdir(parents=True, exist_ok=True)
    rendered: Rendered = render(BytesIO(picture.jpegsave_buffer(Q=JPEG_QUALITY)))
    for size in ("small", "medium", "large"):
        (to / f"{size}.webp").write_bytes(getattr(rendered, size))
    return {
        "width": rendered.width,
        "height": rendered.height,
        "placeholder": rendered.thumbhash,
        "colour": rendered.colour,
        "bytes": rendered.bytes,
    }
