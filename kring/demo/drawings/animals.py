"""Animals, each standing at (x, y) or with its middle there; size is about its length in units."""

from math import cos, pi, sin

from kring.demo.drawings.hand import Path, arc, curve, oval, placed
from kring.demo.drawings.nature import smile
from kring.demo.drawings.palette import (
    BARK,
    BLACK,
    BROWN,
    GREEN,
    GREY,
    OCHRE,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    RUST,
    SUN,
    TURQUOISE,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


def eye(sheet: Sheet, x: float, y: float, size: float) -> None:
    """White with a pupil."""
    sheet.shape(oval(x, y, size), WHITE, edge=sheet.ink, width=0.6)
    sheet.dots([(x + size * 0.15, y + size * 0.1)], sheet.ink, size * 0.48)


def hedgehog(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A hedgehog that walks to the right."""
    hand = sheet.hand
    for foot in (-0.25, 0.0, 0.25):
        sheet.shape(oval(x + foot * size, y, size * 0.06, size * 0.045), BARK)
    nose = curve(
        (x + size * 0.15, y - size * 0.42),
        (x + size * 0.42, y - size * 0.2),
        (x + size * 0.6, y - size * 0.1),
        (x + size * 0.3, y - 2),
        (x, y),
    )
    sheet.shape([*nose, nose[0]], "#d9b183")
    back: Path = arc(x - size * 0.08, y - size * 0.02, size * 0.46, size * 0.48, 180, 332)
    sheet.shape([*back, (x + size * 0.18, y - 4), back[0]], BROWN)
    for _ in range(70 if hand.age > 5 else 34):
        angle, far = hand.random.uniform(184, 330) * pi / 180, hand.random.uniform(0.35, 1.0)
        root = (
            x - size * 0.08 + cos(angle) * size * 0.46 * far,
            y - size * 0.02 + sin(angle) * size * 0.48 * far,
        )
        tip = (root[0] + cos(angle) * size * 0.11 - size * 0.03, root[1] + sin(angle) * size * 0.11)
        sheet.line([root, tip], hand.pick((BARK, BARK, OCHRE)), 0.8)
    sheet.dots([(x + size * 0.6, y - size * 0.11)], sheet.ink, size * 0.035)
    sheet.dots([(x + size * 0.38, y - size * 0.2)], sheet.ink, size * 0.025)
    sheet.line(arc(x + size * 0.4, y - size * 0.1, size * 0.1, size * 0.05, 20, 150), "", 0.7)


def owl(sheet: Sheet, x: float, y: float, size: float) -> None:
    """An owl that looks at us."""
    on, colour = placed(x, y, size), sheet.hand.pick((BROWN, OCHRE, GREY, PURPLE, RUST))
    sheet.shape(curve(*on("-32 -90 0 -84 32 -90 38 -40 20 0 -20 0 -38 -40"), closed=True), colour)
    sheet.shape(oval(x, y - size * 0.28, size * 0.21, size * 0.25), mixed(colour, WHITE, 0.55))
    for fx, fy in on("-10 -40 0 -40 10 -40 -10 -29 0 -29 10 -29 -10 -18 0 -18 10 -18"):
        sheet.line(arc(fx, fy, size * 0.045, size * 0.04, 0, 180), BARK, 0.6)
    for side in (-1, 1):
        wing = curve(*on("33 -55 46 -30 28 -10 27 -40", side), closed=True)
        sheet.shape(wing, mixed(colour, BARK, 0.35))
        eye_at = on("15 -67", side)[0]
        sheet.shape(oval(*eye_at, size * 0.15), WHITE, edge=mixed(colour, BARK, 0.5))
        sheet.shape(oval(*eye_at, size * 0.085), SUN, edge=ORANGE)
        sheet.dots([eye_at], BLACK, size * 0.04)
        for toe in ("4 -1 4 5", "9 -1 9 5", "14 -1 14 5"):
            sheet.line(on(toe, side), ORANGE, 0.9)
    sheet.shape(on("-5 -60 5 -60 0 -48 -5 -60"), ORANGE)


def spider(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A friendly spider."""
    for side in (-1, 1):
        for bend in (-0.45, -0.12, 0.2, 0.5):
            knee = (x + side * size * 0.42, y + size * (bend - 0.22))
            sheet.line(
                [(x, y), knee, (x + side * size * 0.68, y + size * (bend + 0.18))], BLACK, 0.9
            )
    sheet.shape(oval(x, y, size * 0.28), mixed(BLACK, PURPLE, 0.3), angle=40)
    for side in (-1, 1):
        eye(sheet, x + side * size * 0.1, y - size * 0.06, size * 0.075)
    sheet.line(arc(x, y + size * 0.06, size * 0.12, size * 0.09, 20, 160), WHITE, 0.7)


def web(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """A web of threads and rings."""
    spokes = 9
    ends = [(cos(2 * pi * i / spokes + 0.2), sin(2 * pi * i / spokes + 0.2)) for i in range(spokes)]
    for dx, dy in ends:
        sheet.line([(x, y), (x + dx * size, y + dy * size)], colour, 0.5)
    for ring in (0.2, 0.38, 0.56, 0.74, 0.92):
        for (ax, ay), (bx, by) in zip(ends, [*ends[1:], ends[0]], strict=True):
            mid = ((ax + bx) / 2 * 0.86, (ay + by) / 2 * 0.86)
            sheet.line(
                curve(
                    *[
                        (x + px * size * ring, y + py * size * ring)
                        for px, py in ((ax, ay), mid, (bx, by))
                    ]
                ),
                colour,
                0.45,
            )


def bird(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """A round bird on two legs, to the right."""
    on = placed(x, y, size)
    colour = colour or sheet.hand.pick((RED, SUN, TURQUOISE, BROWN, ORANGE))
    for leg in (-0.08, 0.1):
        sheet.line(
            [(x + leg * size, y - size * 0.2), (x + leg * size, y), (x + (leg + 0.09) * size, y)],
            ORANGE,
            0.9,
        )
    sheet.shape(curve(*on("-30 -35 -62 -42 -58 -24"), closed=True), mixed(colour, BARK, 0.35))
    sheet.shape(oval(x, y - size * 0.4, size * 0.36, size * 0.29), colour)
    sheet.shape(oval(x + size * 0.24, y - size * 0.66, size * 0.2), colour)
    sheet.shape(
        oval(x - size * 0.06, y - size * 0.42, size * 0.2, size * 0.13, 20),
        mixed(colour, BARK, 0.3),
    )
    beak = on("42 -72 60 -64 42 -58 42 -72")
    sheet.shape(beak, ORANGE if colour != ORANGE else SUN)
    sheet.dots([(x + size * 0.29, y - size * 0.7)], BLACK, size * 0.035)


def gulls(sheet: Sheet, places: list[tuple[float, float]]) -> None:
    """Birds far away, as two bows."""
    for x, y in places:
        sheet.line([*arc(x - 16, y, 16, 13, 190, 360), *arc(x + 16, y, 16, 13, 180, 350)], "", 0.8)


def squirrel(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A squirrel with a nut."""
    on = placed(x, y, size)
    tail = curve(*on("-20 -5 -55 -20 -56 -80 -22 -98 -24 -60"), closed=True)
    sheet.shape(tail, RUST)
    sheet.shape(curve(*on("-12 -60 14 -55 22 -15 10 0 -25 0 -27 -25"), closed=True), ORANGE)
    sheet.shape(
        oval(x + size * 0.02, y - size * 0.24, size * 0.11, size * 0.18), "#f3dcb4", edge=None
    )
    for ear in (-0.04, 0.12):
        sheet.line(
            [(x + ear * size, y - size * 0.82), (x + ear * size, y - size * 0.98)], RUST, 1.4
        )
    sheet.shape(oval(x + size * 0.06, y - size * 0.7, size * 0.2, size * 0.17), ORANGE)
    sheet.dots([(x + size * 0.12, y - size * 0.73)], BLACK, size * 0.03)
    sheet.dots([(x + size * 0.26, y - size * 0.68)], BARK, size * 0.03)
    sheet.shape(oval(x + size * 0.28, y - size * 0.42, size * 0.08, size * 0.1), BROWN)
    sheet.line(on("6 -42 22 -42"), RUST, 1.3)


def snail(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A snail with its house."""
    on = placed(x, y, size)
    colour = sheet.hand.pick((PINK, SUN, TURQUOISE, ORANGE))
    body = curve(*on("-50 0 40 -2 62 -30 48 -40 32 -16 -40 -12"), closed=True)
    sheet.shape(body, OCHRE)
    sheet.shape(oval(x - size * 0.05, y - size * 0.36, size * 0.32), colour)
    spiral = [
        (
            x - size * 0.05 + cos(t / 3) * size * 0.018 * t * 0.8,
            y - size * 0.36 + sin(t / 3) * size * 0.018 * t * 0.8,
        )
        for t in range(1, 20)
    ]
    sheet.line(spiral, mixed(colour, BARK, 0.5), 0.9)
    for lean in (0.02, 0.14):
        sheet.line(
            [(x + size * 0.54, y - size * 0.38), (x + size * (0.54 + lean), y - size * 0.58)],
            OCHRE,
            0.8,
        )
        sheet.dots([(x + size * (0.54 + lean), y - size * 0.6)], BLACK, size * 0.03)


def butterfly(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Two pairs of wings that match, nearly."""
    on = placed(x, y, size)
    hand = sheet.hand
    upper, lower = hand.pick((ORANGE, PINK, SUN, PURPLE)), hand.pick((TURQUOISE, RED, SUN, PINK))
    for side in (-1, 1):
        sheet.shape(curve(*on("0 -5 30 -50 58 -40 40 0", side), closed=True), upper)
        sheet.shape(curve(*on("0 0 42 6 36 42 6 20", side), closed=True), lower)
        sheet.shape(oval(x + side * size * 0.36, y - size * 0.24, size * 0.09), lower)
        sheet.shape(oval(x + side * size * 0.24, y + size * 0.2, size * 0.06), upper)
        sheet.line(curve(*on("0 -30 8 -45 16 -50", side)), "", 0.6)
    sheet.shape(oval(x, y - size * 0.02, size * 0.05, size * 0.28), BARK)


def ladybird(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Red with dots."""
    on = placed(x, y, size)
    sheet.shape(oval(x + size * 0.4, y - size * 0.16, size * 0.17), BLACK)
    dome = [*arc(x, y, size * 0.45, size * 0.46, 180, 360), (x - size * 0.45, y)]
    sheet.shape(dome, RED)
    sheet.dots(on("-20 -14 0 -30 20 -14 0 -10"), BLACK, size * 0.05)
    for leg in (-0.25, 0.0, 0.25):
        sheet.line([(x + leg * size, y), (x + leg * size, y + size * 0.1)], BLACK, 0.8)


def caterpillar(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Balls in a row, the first with a face."""
    hand, radius = sheet.hand, size * 0.1
    for ball in range(6, -1, -1):
        middle = (
            x - size * 0.5 + ball * size * 0.16,
            y - radius - (radius * 0.5 if ball % 2 else 0),
        )
        sheet.line(
            [(middle[0], middle[1] + radius), (middle[0] - 3, middle[1] + radius * 1.5)], "", 0.8
        )
        sheet.shape(oval(*middle, radius), hand.pick((GREEN, TURQUOISE, SUN, ORANGE)))
    head = (x + size * 0.58, y - size * 0.2)
    for lean in (-0.06, 0.06):
        sheet.line(
            [(head[0], head[1] - radius), (head[0] + lean * size, head[1] - size * 0.24)], "", 0.8
        )
    sheet.shape(oval(*head, radius * 1.35), RED)
    smile(sheet, *head, radius * 1.35)
