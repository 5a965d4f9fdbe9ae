"""A picture by its key: ``hedgehog-6-2`` is the second hedgehog of a child of six."""

from zlib import crc32

import pyvips

from kring.demo.drawings import creatures, doings, feasts, outdoors
from kring.demo.drawings.hand import Hand
from kring.demo.drawings.motifs import MOTIFS, Motif
from kring.demo.drawings.sheet import Sheet
from kring.demo.drawings.texture import SCALE, developed

SCENES = (outdoors, creatures, doings, feasts)  # which fill the list
YOUNG = ("crayon", "crayon", "felt", "paint", "crayon")
OLDER = ("felt", "pencil", "paint", "crayon", "felt", "pencil")
PAPERS = (
    "white",
    "white",
    "cream",
    "white",
    "sky",
    "white",
    "cream",
    "mint",
    "lemon",
    "sand",
    "rose",
)


def picture(key: str, scale: float = SCALE) -> pyvips.Image:
    """Draw it; larger than 1 unit a pixel where the scale says so."""
    return developed(sheet_of(key), scale, seed=crc32(key.encode()) % 997)


def sheet_of(key: str) -> Sheet:
    """The sheet with all its strokes, before paper and light."""
    name, age, _number = key.rsplit("-", 2)
    found, chance = MOTIFS[name], crc32(key.encode())
    hand = Hand(key, int(age))
    sheet = Sheet(hand, found.size, _medium(found, hand, chance), _paper(found, chance))
    sheet.mirrored = not found.written and chance // 5 % 2 == 1
    sheet.near = 1 + chance // 11 % 12 / 100
    found.draw(sheet)
    return sheet


def description(key: str) -> str:
    """What is to be seen, in Dutch, without anybody's name."""
    return MOTIFS[key.rsplit("-", 2)[0]].description


def _medium(found: Motif, hand: Hand, chance: int) -> str:
    among = YOUNG if hand.age < 7 else OLDER
    return found.medium or among[chance // 7 % len(among)]


def _paper(found: Motif, chance: int) -> str:
    return found.paper or PAPERS[chance // 64 % len(PAPERS)]
