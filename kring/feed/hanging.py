"""What apps beside the feed hang on its cards: an entry of the agenda, later a sign-up sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kring.base.registry import CardPart, card_parts
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Thread

type Aside = tuple[str, Any]  # a template, and what it shows


def with_parts(cards: list[Card], threads: Sequence[Thread], viewer: Viewer) -> list[Card]:
    """Add to each card what this person may see of it: one query a part, however many cards."""
    of_card = _by_id(cards, threads)
    for part in card_parts if of_card else ():
        _hang(part, part.of(of_card, viewer), of_card)
    return cards


def with_asides(cards: list[Card], threads: Sequence[Thread], viewer: Viewer) -> list[Aside]:
    """The same, and what stands beside the feed; also where it is empty."""
    of_card, asides = _by_id(cards, threads), []
    for part in card_parts:
        found, aside = part.with_aside(of_card, viewer)
        _hang(part, found, of_card)
        if aside is not None:
            asides.append((part.beside, aside))
    return asides


def _by_id(cards: list[Card], threads: Sequence[Thread]) -> dict[UUID, Card]:
    return {thread[0].card_id: card for card, thread in zip(cards, threads, strict=True)}


def _hang(part: CardPart, found: Mapping[UUID, Any], of_card: Mapping[UUID, Card]) -> None:
    for card_id, shown in found.items():
        of_card[card_id].parts.append((part.template, shown))
