"""What a teacher photographs: drawings on a line, on a table, on a board, leaves on a window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from zlib import crc32

import pyvips

from kring.demo.drawings import drawn
from kring.demo.drawings.hand import Hand
from kring.demo.drawings.nature import leaf
from kring.demo.drawings.palette import BRIGHT
from kring.demo.drawings.sheet import Sheet
from kring.demo.drawings.texture import developed
from kring.demo.drawings.treats import lantern

WIDE, HIGH = 1600, 1200
DARK = [38, 30, 26]  # of a shadow
type Place = tuple[float, float, float, float]  # middle from 0 to 1, size of 1200, degrees


@dataclass(frozen=True, slots=True)
class Wall:
    """A way to show several drawings at once."""

    make: Callable[[Random, Sequence[str]], pyvips.Image]
    description: str


def picture(key: str) -> pyvips.Image:
    """``line:hedgehog,owls:6-1``: these motifs, by children of six, the first time."""
    kind, motifs, seed = key.split(":")
    random = Random(crc32(key.encode()))  # noqa: S311 - a drawing is no secret
    keys = [f"{name}-{seed}" for name in motifs.split(",")]
    return WALLS[kind].make(random, keys)


def description(key: str) -> str:
    """What is to be seen, in Dutch, without anybody's name."""
    return WALLS[key.partition(":")[0]].description


def on_a_line(random: Random, keys: Sequence[str]) -> pyvips.Image:
    """Two washing lines with pegs before a painted wall."""
    scene = plastered(random.choice(("#dfe8e4", "#efe6d6", "#e3e6ee", "#f0e0d8")))
    for row, level in enumerate((0.12, 0.57)):
        scene = _rope(scene, level)
        for column in range(3):
            key = _varied(keys, row * 3 + column, random)
            x = 0.19 + column * 0.31 + random.uniform(-0.02, 0.02)
            scene = pinned(scene, key, (x, level + 0.2, 0.36, random.uniform(-4, 4)), pegged=True)
    return scene


def on_a_table(random: Random, keys: Sequence[str]) -> pyvips.Image:
    """A table seen from above, with pencils between the drawings."""
    scene = wooden(random.choice(("#c79a66", "#d9b78a", "#b98a5c")))
    places = ((0.22, 0.28), (0.56, 0.24), (0.86, 0.34), (0.2, 0.76), (0.52, 0.72), (0.84, 0.8))
    for index, (x, y) in enumerate(places):
        key = _varied(keys, index, random)
        at = (x, y, random.uniform(0.4, 0.46), random.uniform(-17, 17))
        scene = pinned(scene, key, at)
    return scene.composite(_pencils(random), "over").extract_band(0, n=3)


def on_a_board(random: Random, keys: Sequence[str]) -> pyvips.Image:
    """Close together on a board of cork."""
    scene = cork()
    for index in range(8):
        x, y = 0.135 + index % 4 * 0.243, 0.27 + index // 4 * 0.47
        key = _varied(keys, index, random)
        scene = pinned(scene, key, (x, y, 0.405, random.uniform(-4, 4)), pinned_up=True)
    return scene


def on_the_window(random: Random, keys: Sequence[str]) -> pyvips.Image:
    """Paper leaves on four panes, with the garden behind."""
    scene = _garden()
    hand = Hand(keys[0], 8)
    sheet = Sheet(hand, "landscape", "paint", "white")
    for column in range(6):
        for y in (112, 268, 488, 636):
            x = 98 + column * 161 + random.uniform(-12, 12)
            down = y + random.uniform(-12, 12)
            leaf(sheet, x, down, hand.about(122, 0.14), turn=random.uniform(-70, 70))
    cut = pyvips.Image.svgload_buffer(sheet.svg(1.6))
    scene = scene.composite(_shadowed(cut), "over").composite(_panes(), "over")
    return scene.extract_band(0, n=3)


def lanterns(random: Random, keys: Sequence[str]) -> pyvips.Image:
    """A row of lanterns above a windowsill, all different."""
    scene = plastered(random.choice(("#cfd8e3", "#e6dccb", "#d6e0d6")))
    hand = Hand(keys[0], 7)
    sheet = Sheet(hand, "landscape", random.choice(("felt", "paint")), "white")
    sheet.line([(-20, 92), (500, 128), (1020, 92)], "#7d4b28", 0.8)
    sheet.line([(-20, 452), (500, 488), (1020, 452)], "#7d4b28", 0.8)
    for index in range(10):
        x = 100 + index % 5 * 200 + random.uniform(-14, 14)
        lantern(sheet, x, 118 + index // 5 * 360, hand.about(230, 0.08))
    cut = pyvips.Image.svgload_buffer(sheet.svg(1.6))
    return scene.composite(_shadowed(cut), "over").extract_band(0, n=3)


WALLS = {
    "line": Wall(on_a_line, "Kindertekeningen met knijpers aan een waslijn in de klas"),
    "table": Wall(on_a_table, "Een tafel vol kindertekeningen en kleurpotloden"),
    "board": Wall(on_a_board, "Een prikbord vol kindertekeningen"),
    "window": Wall(on_the_window, "Een raam van de klas, beplakt met herfstbladeren van papier"),
    "lanterns": Wall(lanterns, "Zelfgemaakte lampionnen aan een lijn in de klas"),
}


def pinned(
    scene: pyvips.Image, key: str, at: Place, *, pegged: bool = False, pinned_up: bool = False
) -> pyvips.Image:
    """Lay a drawing on the scene with its shadow, and what holds it."""
    x, y, size, turn = at
    paper = drawn.picture(key, 0.8).thumbnail_image(
        int(min(size * HIGH * 1.1, WIDE * (0.225 if pinned_up else 1))), height=int(size * HIGH)
    )
    paper = paper.addalpha()
    held = _turned(paper, turn)
    left, top = round(x * WIDE - held.width / 2), round(y * HIGH - held.height / 2)
    if pegged:
        top = round((y - 0.2) * HIGH)
    shadow = _shadow(held)
    scene = scene.composite(shadow, "over", x=left - 22, y=top - 10).extract_band(0, n=3)
    scene = scene.composite(held, "over", x=left, y=top).extract_band(0, n=3)
    marks = [(0.5, 0.012)] if pinned_up else [(0.25, 0.0), (0.75, 0.0)] if pegged else []
    for share, down in marks:
        mark = _pin(key + str(share)) if pinned_up else _peg()
        mx, my = (
            left + round(share * held.width - mark.width / 2),
            top + round(down * HIGH - (34 if pegged else 0)),
        )
        scene = scene.composite(mark, "over", x=mx, y=my).extract_band(0, n=3)
    return scene


def _varied(keys: Sequence[str], index: int, random: Random) -> str:
    """The motif whose turn it is, each time by another child."""
    name, age, number = keys[index % len(keys)].rsplit("-", 2)
    older = max(4, min(11, int(age) + random.choice((-1, 0, 0, 1))))
    return f"{name}-{older}-{number}{index}"


def _turned(image: pyvips.Image, degrees: float) -> pyvips.Image:
    clear = [0, 0, 0, 0]
    bordered = image.embed(2, 2, image.width + 4, image.height + 4, background=clear)
    return (
        bordered.premultiply()
        .similarity(angle=degrees, background=clear)
        .unpremultiply()
        .cast("uchar")
        .copy(interpretation="srgb")
    )


def _shadow(held: pyvips.Image) -> pyvips.Image:
    alpha = held[3].embed(30, 30, held.width + 60, held.height + 60).gaussblur(11) * 0.34
    black = pyvips.Image.black(alpha.width, alpha.height, bands=3).linear(1, DARK)
    return black.bandjoin(alpha).cast("uchar").copy(interpretation="srgb")


def _shadowed(cut: pyvips.Image) -> pyvips.Image:
    """The same cut-outs with their shadows behind them."""
    alpha = cut[3].wrap(x=cut.width - 9, y=cut.height - 13).gaussblur(8) * 0.3
    black = pyvips.Image.black(cut.width, cut.height, bands=3).linear(1, DARK).bandjoin(alpha)
    return black.cast("uchar").copy(interpretation="srgb").composite(cut, "over")


def _svg(wide: int, high: int, body: str) -> pyvips.Image:
    told = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}">{body}</svg>'
    return pyvips.Image.svgload_buffer(told.encode())


def _flat(colour: str) -> pyvips.Image:
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return pyvips.Image.black(WIDE, HIGH, bands=3) + channels


def _lit(image: pyvips.Image, strength: float) -> pyvips.Image:
    where = pyvips.Image.xyz(WIDE, HIGH)
    x, y = where[0] / WIDE, where[1] / HIGH
    lit = image * (1.04 - x * strength - (y - 0.4) * (y - 0.4) * strength)
    return lit.cast("uchar").copy(interpretation="srgb")


@cache
def plastered(colour: str) -> pyvips.Image:
    """A painted wall in the light of a window."""
    rough = pyvips.Image.gaussnoise(WIDE, HIGH, mean=0, sigma=9, seed=21).gaussblur(1.4)
    return _lit(_flat(colour) + rough, 0.16).copy_memory()


@cache
def wooden(colour: str) -> pyvips.Image:
    """A table top, its grain from left to right."""
    noise = pyvips.Image.gaussnoise(WIDE // 16, HIGH, mean=0, sigma=1, seed=22).gaussblur(1.2)
    grain = noise.resize(16, vscale=1, kernel="cubic").crop(0, 0, WIDE, HIGH)
    coarse = pyvips.Image.gaussnoise(WIDE // 40, HIGH // 10, mean=0, sigma=1, seed=23).gaussblur(1)
    bands = coarse.resize(40, vscale=10, kernel="cubic").crop(0, 0, WIDE, HIGH)
    return _lit(_flat(colour) + grain * 20 + bands * 18, 0.14).copy_memory()


@cache
def cork() -> pyvips.Image:
    """A board of cork."""
    fine = pyvips.Image.gaussnoise(WIDE, HIGH, mean=0, sigma=60, seed=24).gaussblur(2.2)
    coarse = pyvips.Image.gaussnoise(WIDE, HIGH, mean=0, sigma=150, seed=25).gaussblur(6)
    return _lit(_flat("#c69a6b") + fine + coarse, 0.14).copy_memory()


def _garden() -> pyvips.Image:
    """What is outside, out of focus."""
    sheet = drawn.sheet_of("autumn_wood-11-7")
    return developed(sheet).gaussblur(14) * 0.8 + 48


def _panes() -> pyvips.Image:
    bars = "".join(
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="#f1ede4"/>'
        f'<rect x="{x}" y="{y + h - 5}" width="{w}" height="5" fill="#000" opacity=".12"/>'
        for x, y, w, h in (
            (0, 0, 1600, 34),
            (0, 1150, 1600, 50),
            (0, 585, 1600, 26),
            (0, 0, 36, 1200),
            (1564, 0, 36, 1200),
            (786, 0, 28, 1200),
        )
    )
    return _svg(WIDE, HIGH, bars)


def _rope(scene: pyvips.Image, level: float) -> pyvips.Image:
    y = level * HIGH
    bow = f"M0 {y - 16}Q800 {y + 22} 1600 {y - 16}"
    both = (
        f'<g fill="none" stroke-width="6"><path d="{bow}" stroke="#000" opacity=".25" '
        f'transform="translate(5 9)"/><path d="{bow}" stroke="#a9825a"/></g>'
    )
    return scene.composite(_svg(WIDE, HIGH, both), "over").extract_band(0, n=3)


def _peg() -> pyvips.Image:
    wood = '<rect x="5" y="2" width="20" height="80" rx="5" fill="#d9b27c"/>'
    spring = '<path d="M15 4v76M5 34h20M5 7v70M25 7v70" stroke="#9a7344" stroke-width="2.5"/>'
    return _svg(30, 84, wood + spring)


def _pin(key: str) -> pyvips.Image:
    colour = BRIGHT[crc32(key.encode()) % len(BRIGHT)]
    shadow = '<ellipse cx="25" cy="28" rx="13" ry="11" opacity=".25"/>'
    shine = '<circle cx="16" cy="15" r="5" fill="#fff" opacity=".55"/>'
    return _svg(44, 44, f'{shadow}<circle cx="21" cy="20" r="14" fill="{colour}"/>{shine}')


def _pencils(random: Random) -> pyvips.Image:
    """Some pencils, as they roll over a table."""
    body = ""
    for colour in random.sample(BRIGHT, 6):
        x, y, turn = random.uniform(80, 1500), random.uniform(80, 1120), random.uniform(0, 360)
        place = f"translate({x:.0f} {y:.0f}) rotate({turn:.0f})"
        body += (
            f'<rect x="-150" y="-13" width="300" height="26" rx="8" opacity=".25" '
            f'transform="translate(7 11) {place}"/><g transform="{place}">'
            f'<rect x="-150" y="-13" width="260" height="26" fill="{colour}"/>'
            f'<path d="M-150-4h260" stroke="#fff" stroke-opacity=".35" stroke-width="6"/>'
            f'<path d="M110-13L160 0L110 13z" fill="#ecd2a5"/>'
            f'<path d="M143-5L162 0L143 5z" fill="{colour}"/></g>'
        )
    return _svg(WIDE, HIGH, body)
