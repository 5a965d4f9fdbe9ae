"""Things that grow, shine and fall. Each stands at (x, y), its foot or its middle, in units."""

from math import cos, pi, sin

from kring.demo.drawings.hand import Path, arc, curve, moved, oval, placed, points, rotated
from kring.demo.drawings.palette import (
    AUTUMN,
    BARK,
    BRIGHT,
    BROWN,
    FOREST,
    GREEN,
    GREY,
    LIME,
    MOSS,
    OCHRE,
    RAINBOW,
    RED,
    SEA,
    SKY,
    SUN,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


def sun(sheet: Sheet, x: float, y: float, size: float, *, face: bool = False) -> None:
    """A sun with rays; the youngest give it a face."""
    hand = sheet.hand
    rays = hand.random.randint(9, 15)
    for ray in range(rays):
        angle = 2 * pi * ray / rays + hand.random.uniform(-0.1, 0.1)
        inner, outer = size * 1.25, size * hand.random.uniform(1.6, 2.05)
        start = (x + cos(angle) * inner, y + sin(angle) * inner)
        sheet.line([start, (x + cos(angle) * outer, y + sin(angle) * outer)], SUN, 1.3)
    sheet.shape(oval(x, y, size), SUN, edge="#eda21f")
    if face:
        smile(sheet, x, y, size)


def smile(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Two eyes and a mouth."""
    on = placed(x, y, size)
    sheet.dots(on("-32 -15 32 -15"), sheet.ink, size * 0.075)
    sheet.line(arc(x, y + size * 0.08, size * 0.45, size * 0.42, 20, 160), sheet.ink, 0.7)


def cloud(sheet: Sheet, x: float, y: float, size: float, colour: str = SKY) -> None:
    """A heap of bumps."""
    bumps: Path = arc(x - size * 0.62, y, size * 0.5, size * 0.42, 110, 292)
    bumps += arc(x, y - size * 0.16, size * 0.56, size * 0.55, 212, 332)
    bumps += arc(x + size * 0.66, y, size * 0.5, size * 0.44, 245, 430)
    sheet.shape([*bumps, bumps[0]], colour, filled=0.6)


def rain(sheet: Sheet, left: float, right: float, top: float, down: float) -> None:
    """Drops as short lines, all one way."""
    hand = sheet.hand
    for _ in range(int((right - left) * (down - top) / 5200)):
        x, y = hand.random.uniform(left, right), hand.random.uniform(top, down)
        long = hand.random.uniform(16, 34)
        sheet.line([(x, y), (x - long * 0.35, y + long)], hand.pick((SKY, SEA)), 0.7)


def ground(sheet: Sheet, top: float, colour: str = GREEN, *, hills: float = 18) -> None:
    """Everything below a gently rolling line."""
    wide, high = sheet.wide, sheet.high
    tops = [
        (wide * step / 5, top + sheet.hand.random.uniform(-hills, hills)) for step in range(-1, 7)
    ]
    line = curve(*tops)
    sheet.shape([*line, (wide + 40, high + 40), (-40, high + 40), line[0]], colour, angle=4)


def grass(sheet: Sheet, y: float, colour: str = GREEN) -> None:
    """Blades along the whole sheet."""
    hand, x = sheet.hand, -10.0
    while x < sheet.wide + 10:
        high = hand.random.uniform(18, 44)
        sheet.line([(x, y + 8), (x + hand.random.uniform(-9, 9), y - high)], colour, 0.8)
        x += hand.random.uniform(9, 20)


def leaf_outline(kind: str) -> Path:
    """A leaf of about 200 high around (0, 0), its stem down."""
    if kind == "oak":
        right = points("14 92 52 74 36 52 66 30 42 8 62 -24 34 -40 38 -76")
        return curve((0, 98), *right, (0, -100), *((-x, y) for x, y in reversed(right)), (0, 98))
    if kind == "maple":
        right = points("12 60 66 70 58 38 98 12 66 2 70 -34 34 -18 30 -58")
        return [(0, 62), *right, (0, -100), *((-x, y) for x, y in reversed(right)), (0, 62)]
    if kind == "ginkgo":
        return curve(
            *points("0 90 60 0 96 -52 48 -84 8 -60 0 -38 -10 -62 -52 -84 -96 -50 -58 4 0 90")
        )
    return curve(*points("0 95 44 40 50 -20 0 -100 -50 -20 -44 40 0 95"))


def leaf(
    sheet: Sheet, x: float, y: float, size: float, *, turn: float = 0, colour: str = ""
) -> None:
    """An autumn leaf with veins."""
    hand = sheet.hand
    kind = hand.pick(("oak", "maple", "beech", "beech", "ginkgo"))
    colour = colour or hand.pick(AUTUMN)
    scale = size / 200

    def put(path: Path) -> Path:
        return rotated(moved(path, x, y, scale), turn, (x, y))

    dark = mixed(colour, BARK, 0.55)
    sheet.shape(put(leaf_outline(kind)), colour, edge=dark)
    sheet.line(put([(0, -78), (0, 145)]), dark, 0.8)
    if size > 70:
        for level in (-40, 0, 40):
            sheet.line(put([(0, level + 22), (36, level - 8)]), dark, 0.5)
            sheet.line(put([(0, level + 22), (-36, level - 8)]), dark, 0.5)


def tree(sheet: Sheet, x: float, y: float, size: float, *, kind: str = "", crown: str = "") -> None:
    """A tree of this height; lollipop, bare, fir or full of autumn."""
    hand = sheet.hand
    kind = kind or hand.pick(("round", "autumn", "autumn", "fir"))
    thick = size * (0.09 if hand.age > 5 else 0.12)
    if kind == "fir":
        _fir(sheet, x, y, size, crown or FOREST)
        return
    trunk = placed(x, y, thick)("-100 0 -55 0 55 0 100 0 -100 0")
    trunk[1:3] = [(px, y - size * 0.55) for px, _ in trunk[1:3]]
    sheet.shape(trunk, BROWN, angle=85)
    if kind == "bare":
        _branches(sheet, x, y - size * 0.52, size)
        return
    colour = crown or hand.pick(ORANGE_CROWNS if kind == "autumn" else (GREEN, MOSS))
    _branches(sheet, x, y - size * 0.45, size * 0.7)
    _crown(sheet, x, y - size * 0.68, size, colour)
    for _ in range(14 if kind == "autumn" else 0):
        angle, far = hand.random.uniform(0, 2 * pi), size * hand.random.uniform(0.05, 0.27)
        dab(sheet, x + cos(angle) * far, y - size * 0.68 + sin(angle) * far, size * 0.045)


def _fir(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    on = placed(x, y, size)
    sheet.shape(on("-6 0 -6 -20 6 -20 6 0 -6 0"), BROWN)
    for told in (
        "0 -100 17 -62 -17 -62 0 -100",
        "0 -76 24 -38 -24 -38 0 -76",
        "0 -52 31 -14 -31 -14 0 -52",
    ):
        sheet.shape(on(told), colour)


def _crown(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    around = [
        (
            x + cos(part * pi / 5) * size * sheet.hand.random.uniform(0.3, 0.37),
            y + sin(part * pi / 5) * size * sheet.hand.random.uniform(0.27, 0.33),
        )
        for part in range(10)
    ]
    sheet.shape(curve(*around, closed=True), colour, filled=0.9)


ORANGE_CROWNS = ("#ec7a26", "#eda21f", "#d9622b", "#c88a2d", "#d6502f")


def dab(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """A small leaf, as two strokes of the brush make it."""
    turn = sheet.hand.random.uniform(0, 180)
    sheet.shape(oval(x, y, size, size * 0.5, turn), colour or sheet.hand.pick(AUTUMN), edge=None)


def _branches(sheet: Sheet, x: float, y: float, size: float) -> None:
    for lean in (-0.36, -0.18, 0.03, 0.2, 0.38):
        tip = (x + lean * size, y - size * sheet.hand.random.uniform(0.28, 0.44))
        fork = ((x + tip[0]) / 2, y - size * 0.17)
        sheet.line(curve((x, y + 6), fork, tip), BROWN, max(1.5, size / 320))
        for twig in (-0.09, 0.1):
            end = (fork[0] + (lean * 0.4 + twig) * size, fork[1] - size * 0.16)
            sheet.line([fork, end], BROWN, 1.0)


def flower(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """A flower that stands at (x, y)."""
    hand = sheet.hand
    colour = colour or hand.pick(BRIGHT)
    top = y - size
    sheet.line(curve((x, y), (x + hand.random.uniform(-8, 8), y - size / 2), (x, top)), GREEN, 1.1)
    sheet.shape(oval(x + size * 0.16, y - size * 0.35, size * 0.15, size * 0.06, -35), GREEN)
    if hand.chance(0.35):
        cup = points("-0.2 -0.1 0.2 -0.1 0.24 -0.45 0.09 -0.26 0 -0.48 -0.09 -0.26")
        tulip = [*cup, (-0.24, -0.45), (-0.2, -0.1)]
        sheet.shape(moved(tulip, x, top + size * 0.12, size), colour)
        return
    petals = hand.random.randint(5, 7)
    for petal in range(petals):
        angle = 2 * pi * petal / petals
        px, py = x + cos(angle) * size * 0.2, top + sin(angle) * size * 0.2
        sheet.shape(oval(px, py, size * 0.14), colour)
    sheet.shape(oval(x, top, size * 0.11), SUN if colour != SUN else OCHRE)


def mushroom(sheet: Sheet, x: float, y: float, size: float, colour: str = RED) -> None:
    """A toadstool with dots."""
    on = placed(x, y, size)
    hand = sheet.hand
    stem = curve(*on("-20 0 -12 -30 -13 -55"))
    stem += [(x + size * 0.13, y - size * 0.55), *curve(*on("13 -50 13 -30 20 0"))]
    sheet.shape([*stem, stem[0]], "#f0e3c4", edge=mixed("#f0e3c4", BARK, 0.6))
    cap = arc(x, y - size * 0.5, size * 0.5, size * 0.5, 180, 360)
    cap += curve(*on("50 -50 0 -41 -50 -50"))
    sheet.shape(cap, colour)
    for px, py in points("-0.25 -0.66 0.02 -0.82 0.26 -0.64 -0.03 -0.58"):
        radius = size * hand.random.uniform(0.045, 0.075)
        sheet.shape(oval(x + px * size, y + py * size, radius), WHITE, edge=None)


def conker(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A horse chestnut with its pale spot."""
    sheet.shape(oval(x, y, size, size * 0.88, sheet.hand.random.uniform(-30, 30)), BROWN)
    sheet.shape(
        oval(x - size * 0.2, y + size * 0.35, size * 0.42, size * 0.25), "#d9b183", edge=None
    )
    sheet.line(arc(x, y, size * 0.6, size * 0.55, 200, 250), WHITE, 0.7)


def acorn(sheet: Sheet, x: float, y: float, size: float) -> None:
    """An acorn in its cap."""
    on = placed(x, y, size)
    body = curve(*on("-50 0 -35 70 0 100 35 70 50 0"))
    sheet.shape([*body, body[0]], OCHRE)
    cap = [*arc(x, y, size * 0.58, size * 0.42, 180, 360), (x - size * 0.58, y)]
    sheet.shape(cap, BROWN)
    sheet.line(on("0 -40 8 -72"), BROWN, 1.1)


def rainbow(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A bow of six colours; its thickness follows from its size."""
    band = size * 0.075
    for index, colour in enumerate(RAINBOW):
        radius = size - index * band
        for half in (0.0, 0.5):
            inner = radius - half * band
            width = band * 0.62 / sheet.medium.line
            sheet.line(arc(x, y, inner, inner, 180, 360), colour, width, calm=0.6, opacity=0.8)


def star(sheet: Sheet, x: float, y: float, size: float, colour: str = SUN) -> None:
    """Five points."""
    turn = sheet.hand.random.uniform(-18, 18)
    corners = [
        (
            cos(i * pi / 5 - pi / 2) * (1 if i % 2 == 0 else 0.45),
            sin(i * pi / 5 - pi / 2) * (1 if i % 2 == 0 else 0.45),
        )
        for i in range(11)
    ]
    sheet.shape(rotated(moved(corners, x, y, size), turn, (x, y)), colour)


def moon(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A crescent."""
    outer = arc(x, y, size, size, 70, 290)
    inner = arc(x + size * 0.45, y, size * 0.78, size * 0.86, 262, 98)
    sheet.shape([*outer, *inner, outer[0]], SUN)


def snowflakes(sheet: Sheet, count: int, down: float) -> None:
    """White dots and crosses in the air."""
    hand = sheet.hand
    places = [
        (hand.random.uniform(0, sheet.wide), hand.random.uniform(0, down)) for _ in range(count)
    ]
    sheet.dots(places, WHITE, 6)


def puddle(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Water to jump into."""
    on = placed(x, y, size)
    around = curve(*on("-100 0 -40 -20 50 -16 100 5 30 24 -60 20"), closed=True)
    sheet.shape(around, SKY)
    for shift in (-0.3, 0.25):
        sheet.line(arc(x + shift * size, y, size * 0.2, size * 0.06, 0, 180), WHITE, 0.6)


def path_to(sheet: Sheet, x: float, top: float, wide: float) -> None:
    """A path that comes towards us."""
    high = sheet.high
    left = curve((x - wide * 0.15, top), (x - wide * 0.5, (top + high) / 2), (x - wide, high + 30))
    right = curve((x + wide, high + 30), (x + wide * 0.3, (top + high) / 2), (x + wide * 0.15, top))
    sheet.shape([*left, *right, left[0]], "#d8c19a", edge=mixed("#d8c19a", GREY, 0.5))


def waves(sheet: Sheet, top: float, colour: str = SEA) -> None:
    """Water from this height down, with lines of waves."""
    ground(sheet, top, colour, hills=6)
    y = top + 40
    while y < sheet.high:
        x = sheet.hand.random.uniform(-40, 20)
        while x < sheet.wide:
            sheet.line(
                arc(x, y, 26, 12, 0, 180),
                mixed(colour, LIME if colour == GREEN else WHITE, 0.55),
                0.7,
            )
            x += sheet.hand.random.uniform(60, 130)
        y += sheet.hand.random.uniform(36, 58)
