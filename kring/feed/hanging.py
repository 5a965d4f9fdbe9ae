"""What apps beside the feed hang on its cards: an entry of the agenda, later a sign-up sheet."""

from __future__ import annotations

from collections.abc import Sequence

from kring.base.registry import card_parts
from kring.base.visibility import Viewer
from kring.feed.cards import Card, Thread


def with_parts(cards: list[Card], threads: Sequence[Thread], viewer: Viewer) -> list[Card]:
    """Add to each card what this person may see of it: one query a part, however many cards."""
    of_card = {thread[0].card_id: card for card, thread in zip(cards, threads, strict=True)}
    for part in card_parts if of_card else ():
        for card_id, found in part.of(of_card, viewer).items():
            of_card[card_id].parts.append((part.template, found))
    return cards
