"""Pictures, films and papers of the build, hung on the posts and in the newsletter of De Kring."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from kring.base.ids import new_id
from kring.demo.drawings.places import place
from kring.demo.kindcentrum.written import Written
from kring.feed.models import NewsletterItem, NewsletterPhoto, Post, PostFile, PostPhoto
from kring.media.files import NAMES, store_file
from kring.media.models import Asset

DRAWINGS = Path(__file__).resolve().parents[3] / "build/drawings"
SHOWN = ("kind", "width", "height", "placeholder", "colour", "seconds", "description")
FILES = {"photo": ("small", "medium", "large"), "film": ("small", "medium", "large", "film")}


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing of the build, in one school."""

    school_id: UUID
    author_id: UUID
    key: str
    asset_id: UUID = field(default_factory=new_id)

    @property
    def facts(self) -> dict[str, Any]:
        """What the build says of it."""
        return drawings()[self.key]

    def asset(self) -> Asset:
        """Its row; the files are in storage already."""
        facts = {name: value for name, value in self.facts.items() if name != "description"}
        usual = {"width": 0, "height": 0, "state": Asset.State.READY, "extension": ""}
        return Asset(
            id=self.asset_id,
            school_id=self.school_id,
            uploaded_by_id=self.author_id,
            **usual | {"progress": 0, "tries": 0, "seconds": 0} | facts,
        )

    def shown(self) -> dict[str, Any]:
        """What a picture or film says of itself wherever it hangs."""
        told = {name: self.facts[name] for name in SHOWN if name in self.facts}
        return told | {"school_id": self.school_id, "asset_id": self.asset_id}

    def copy(self) -> None:
        """Put its files into storage."""
        for size in FILES.get(self.facts["kind"], ("document",)):
            with (place(DRAWINGS, self.key) / NAMES[size]).open("rb") as file:
                store_file(self.asset_id, size, file)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on one post."""

    post: Post
    position: int
    piece: Piece

    @property
    def facts(self) -> dict[str, Any]:
        """What the build says of it."""
        return self.piece.facts

    def hung(self) -> PostPhoto:
        """As a picture or film on its post."""
        return PostPhoto(post=self.post, position=self.position, **self.piece.shown())

    def attached(self) -> PostFile:
        """As a paper on its post."""
        named = {name: self.facts[name] for name in ("name", "extension", "bytes")}
        return PostFile(
            school_id=self.post.school_id,
            post=self.post,
            asset_id=self.piece.asset_id,
            position=self.position,
            **named,
        )


def print_in(item: NewsletterItem, keys: Sequence[str], by: UUID) -> None:
    """Put these pictures with an item of a newsletter, as far as they were built."""
    pieces = [Piece(item.school_id, by, key) for key in keys if key in drawings()]
    for piece in pieces:
        piece.copy()
    Asset.objects.bulk_create(piece.asset() for piece in pieces)
    NewsletterPhoto.objects.bulk_create(
        NewsletterPhoto(item=item, position=position, **piece.shown())
        for position, piece in enumerate(pieces)
    )


class Hung:
    """All that hangs on these posts."""

    def __init__(self, posts: Sequence[tuple[Post, Written]]) -> None:
        self.items = [item for post, written in posts for item in _items(post, written)]

    def hang(self) -> None:
        """Copy the files, then write the rows: a row means its files."""
        for item in self.items:
            item.piece.copy()
        Asset.objects.bulk_create(item.piece.asset() for item in self.items)
        pictures = [item for item in self.items if item.facts["kind"] != "document"]
        PostPhoto.objects.bulk_create(item.hung() for item in pictures)
        papers = [item for item in self.items if item.facts["kind"] == "document"]
        PostFile.objects.bulk_create(item.attached() for item in papers)


@cache
def drawings() -> dict[str, dict[str, Any]]:
    """What the build made, by key; nothing where it was not asked to."""
    index = DRAWINGS / "index.json"
    return json.loads(index.read_text(encoding="utf-8")) if index.exists() else {}


def _items(post: Post, written: Written) -> Iterator[Item]:
    shown = [key for key in (written.film, *written.pictures) if key in drawings()]
    papers = [key for key in written.files if key in drawings()]
    for keys in (shown, papers):
        for position, key in enumerate(keys):
            yield Item(post, position, Piece(post.school_id, post.author_id, key))
