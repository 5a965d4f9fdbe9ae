"""Things of feasts and play: lanterns, cakes, kites. Standing at (x, y), size in units."""

from math import cos, pi, sin

from kring.demo.drawings.hand import Point, arc, box, curve, oval, placed, points, rotated
from kring.demo.drawings.made import flag, smoke
from kring.demo.drawings.nature import star
from kring.demo.drawings.palette import (
    BARK,
    BLACK,
    BLUE,
    BRIGHT,
    BROWN,
    GREEN,
    GREY,
    OCHRE,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    SKY,
    SUN,
    TURQUOISE,
    WHITE,
)
from kring.demo.drawings.sheet import Sheet

GLOW = "#fbe38a"


def steamboat(sheet: Sheet, x: float, y: float, size: float) -> None:
    """The boat of Sint-Nicolaas, full of presents."""
    on = placed(x, y, size)
    for funnel in (-0.14, 0.1):
        sheet.shape(box(x + funnel * size, y - size * 0.62, size * 0.12, size * 0.32), BLACK)
        sheet.shape(box(x + funnel * size, y - size * 0.56, size * 0.12, size * 0.07), RED)
        smoke(sheet, x + (funnel + 0.06) * size, y - size * 0.64, size * 0.3)
    sheet.shape(box(x - size * 0.26, y - size * 0.32, size * 0.5, size * 0.2), WHITE, edge=BARK)
    for place in (-0.18, -0.06, 0.06, 0.18):
        sheet.shape(oval(x + place * size, y - size * 0.22, size * 0.04), SKY)
    for place in (0.3, 0.38, -0.34):
        present(sheet, x + place * size, y - size * 0.12, size * 0.09)
    hull = curve(*on("-56 -16 -42 12 40 12 60 -18"))
    sheet.shape([*hull, hull[0]], RED)
    for place in (-0.3, -0.1, 0.1, 0.3):
        sheet.shape(oval(x + place * size, y - size * 0.02, size * 0.04), GLOW)
    sheet.line(on("-50 -16 -50 -46"), BROWN, 1.2)
    flag(sheet, x - size * 0.5, y - size * 0.46, size * 0.13)


def present(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A parcel with a bow."""
    on = placed(x, y, size)
    colour, ribbon = sheet.hand.pick(BRIGHT), sheet.hand.pick((RED, SUN, WHITE))
    sheet.shape(box(x - size / 2, y - size, size, size), colour)
    sheet.line(on("0 0 0 -100"), ribbon, 1.1)
    sheet.line([(x - size / 2, y - size / 2), (x + size / 2, y - size / 2)], ribbon, 1.1)
    for side in (-1, 1):
        sheet.line(
            oval(x + side * size * 0.16, y - size * 1.12, size * 0.16, size * 0.1), ribbon, 0.9
        )


def lantern(sheet: Sheet, x: float, y: float, size: float, kind: str = "") -> None:
    """A paper lantern whose top hangs at (x, y)."""
    hand, on, middle = sheet.hand, placed(x, y, size), y + size * 0.55
    kind = kind or hand.pick(("drum", "moon", "star", "mushroom", "owl"))
    colour, other = hand.pick(BRIGHT), hand.pick((SUN, RED, PURPLE, TURQUOISE))
    sheet.line(arc(x, y + size * 0.16, size * 0.2, size * 0.18, 180, 360), "", 0.7)
    for ring in (0.95, 0.78, 0.62):
        sheet.glow(oval(x, middle, size * ring), "#f9dc6b")
    if kind == "moon":
        sheet.shape(oval(x, middle, size * 0.4), SUN)
        sheet.dots(on("-13 49 13 49"), BARK, size * 0.035)
        sheet.line(arc(x, middle + size * 0.02, size * 0.18, size * 0.18, 20, 160), BARK, 0.9)
    elif kind == "star":
        star(sheet, x, middle, size * 0.46, colour)
        sheet.shape(oval(x, middle, size * 0.12), GLOW)
    else:
        sheet.shape(on("-32 18 32 18 32 92 -32 92 -32 18"), colour)
        for rim in ("-34 18 34 18 34 26 -34 26 -34 18", "-34 84 34 84 34 92 -34 92 -34 84"):
            sheet.shape(on(rim), other)
        _on_the_drum(sheet, x, y, size, kind)


def _on_the_drum(sheet: Sheet, x: float, y: float, size: float, kind: str) -> None:
    on = placed(x, y, size)
    if kind == "owl":
        for side in (-1, 1):
            seeing = on("13 47", side)[0]
            sheet.shape(oval(*seeing, size * 0.115), WHITE)
            sheet.dots([seeing], BLACK, size * 0.05)
        sheet.shape(on("-4 55 4 55 0 65 -4 55"), ORANGE)
    elif kind == "mushroom":
        sheet.dots(on("-16 43 13 39 0 57 -14 71 16 69"), WHITE, size * 0.045)
    else:
        for pane in on("-16 55 0 55 16 55"):
            sheet.shape(oval(*pane, size * 0.064, size * 0.16), GLOW)


def pumpkin(sheet: Sheet, x: float, y: float, size: float, *, face: bool = False) -> None:
    """A pumpkin; with a face if one wants."""
    on = placed(x, y, size)
    for wide in (0.5, 0.34, 0.14):
        rib = oval(x, y - size * 0.36, size * wide, size * 0.36)
        sheet.shape(rib, ORANGE, edge="#b4511f", angle=88)
    sheet.shape(curve(*on("-5 -68 -2 -85 12 -90 6 -68"), closed=True), GREEN)
    if face:
        for side in (-1, 1):
            sheet.shape(on("26 -52 10 -42 26 -38 26 -52", side), GLOW, edge=BARK)
        mouth = on("-30 -16 -20 -24 -10 -16 0 -24 10 -16 20 -24 30 -16 18 -4 -18 -4 -30 -16")
        sheet.shape(mouth, GLOW, edge=BARK)


def cake(sheet: Sheet, x: float, y: float, size: float, candles: int) -> None:
    """A birthday cake."""
    hand, icing = sheet.hand, sheet.hand.pick((PINK, WHITE, SKY, "#f7dfa0"))
    for wide, low, high in ((0.5, 0.0, 0.28), (0.34, 0.28, 0.24)):
        _layer(sheet, (x, y - size * low), size, (wide, high), icing)
    for candle in range(candles):
        foot = x + (candle - (candles - 1) / 2) * size * 0.62 / max(candles, 1)
        on = placed(foot, y - size * 0.52, size)
        sheet.line(on("0 0 0 -18"), hand.pick(BRIGHT), 1.7)
        sheet.shape(oval(*on("0 -24")[0], size * 0.022, size * 0.045), SUN, edge=ORANGE)


def _layer(sheet: Sheet, foot: Point, size: float, part: tuple[float, float], icing: str) -> None:
    """One storey, with icing that drips and sweets all over."""
    hand, (x, y), half, high = sheet.hand, foot, size * part[0], size * part[1]
    storey = box(x - half, y - high, half * 2, high)
    sheet.shape(storey, hand.pick((OCHRE, "#c98c5a", BROWN)))
    rim, step = [(x - half - 6, y - high)], half * 2 / 7
    for drop in range(7):
        middle = x - half + step * (drop + 0.5)
        rim += arc(middle, y - high + size * 0.05, step / 2, size * 0.06, 180, 0)
    sheet.shape([*rim, (x + half + 6, y - high), rim[0]], icing)
    for _ in range(9):
        sweet = (
            x + hand.random.uniform(-0.9, 0.9) * half,
            y - high * hand.random.uniform(0.15, 0.6),
        )
        sheet.dots([sweet], hand.pick(BRIGHT), size * 0.016)


def crown(sheet: Sheet, x: float, y: float, size: float, number: int) -> None:
    """A birthday crown of paper with a number."""
    colour, other = (
        sheet.hand.pick((SUN, PINK, TURQUOISE, PURPLE)),
        sheet.hand.pick((RED, BLUE, GREEN)),
    )
    spikes = [(x - size * 0.5, y)]
    for spike in range(5):
        at = x - size * 0.5 + spike * size * 0.2
        spikes += [
            (at, y - size * 0.3),
            (at + size * 0.1, y - size * 0.58),
            (at + size * 0.2, y - size * 0.3),
        ]
    sheet.shape([*spikes, (x + size * 0.5, y), spikes[0]], colour)
    for spike in range(5):
        sheet.shape(oval(x - size * 0.4 + spike * size * 0.2, y - size * 0.6, size * 0.045), other)
    sheet.shape(oval(x, y - size * 0.18, size * 0.15), WHITE, edge=other)
    digit(sheet, x, y - size * 0.18, size * 0.2, number, other)


def digit(sheet: Sheet, x: float, y: float, size: float, number: int, colour: str) -> None:
    """A number from 4 to 9 around (x, y)."""
    strokes = {
        4: [points("0.15 0.5 0.15 -0.5 -0.3 0.15 0.32 0.15")],
        5: [
            points("0.25 -0.5 -0.2 -0.5 -0.22 -0.05"),
            curve(*points("-0.22 -0.05 0.2 -0.1 0.25 0.3 -0.25 0.45")),
        ],
        6: [curve(*points("0.2 -0.5 -0.2 -0.1 -0.2 0.35 0.1 0.5 0.25 0.2 0 0 -0.2 0.2"))],
        7: [points("-0.25 -0.5 0.25 -0.5 -0.05 0.5"), [(-0.12, 0.02), (0.2, 0.02)]],
        8: [oval(0, -0.24, 0.19, 0.24), oval(0, 0.25, 0.23, 0.26)],
        9: [oval(0, -0.22, 0.2, 0.26), [(0.2, -0.2), (0.12, 0.5)]],
    }
    for stroke in strokes[number]:
        sheet.line([(x + px * size, y + py * size) for px, py in stroke], colour, 1.1)


def kite(sheet: Sheet, x: float, y: float, size: float, hold: tuple[float, float]) -> None:
    """A kite with a tail, on a string to somebody's hand."""
    on = placed(x, y, size)
    hand = sheet.hand
    corners = on("0 -60 40 0 0 60 -40 0")
    one, two = hand.pick((RED, ORANGE, PURPLE, BLUE)), hand.pick((SUN, PINK, TURQUOISE))
    turn = hand.random.uniform(15, 35)
    tip = rotated([(x, y + size * 0.6)], turn, (x, y))[0]
    sheet.line(curve((x, y), ((x + hold[0]) / 2 + 30, (y + hold[1]) / 2 + 30), hold), GREY, 0.5)
    tail = [
        (tip[0] - k * size * 0.1, tip[1] + k * size * 0.1 + sin(k * 1.1) * size * 0.1)
        for k in range(9)
    ]
    sheet.line(tail, "", 0.6)
    for px, py in tail[2::2]:
        for side in (-1, 1):
            bow = [
                (px, py),
                (px + side * size * 0.09, py - size * 0.05),
                (px + side * size * 0.09, py + size * 0.05),
                (px, py),
            ]
            sheet.shape(bow, hand.pick(BRIGHT), width=0.5)
    for corner in range(4):
        part = [(x, y), corners[corner], corners[(corner + 1) % 4], (x, y)]
        sheet.shape(rotated(part, turn, (x, y)), one if corner % 2 else two)


def balloon(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A balloon on a string."""
    colour = sheet.hand.pick(BRIGHT)
    sheet.line(
        curve(
            (x, y + size), (x + 8, y + size * 1.6), (x - 8, y + size * 2.3), (x + 2, y + size * 3)
        ),
        "",
        0.5,
    )
    sheet.shape(oval(x, y, size * 0.78, size), colour)
    sheet.line(arc(x, y, size * 0.5, size * 0.68, 200, 250), WHITE, 1.0)
    sheet.shape(
        [
            (x, y + size * 0.95),
            (x + 7, y + size * 1.12),
            (x - 7, y + size * 1.12),
            (x, y + size * 0.95),
        ],
        colour,
    )


def umbrella(sheet: Sheet, x: float, y: float, size: float) -> None:
    """An umbrella whose handle ends at (x, y)."""
    colours = (sheet.hand.pick((RED, PURPLE, BLUE)), sheet.hand.pick((SUN, PINK, TURQUOISE)))
    top = y - size * 0.75
    sheet.line([(x, y), (x, top - size * 0.3)], BROWN, 1.2)
    for part in range(4):
        start, end = 180 + part * 45, 225 + part * 45
        slice_of = [
            *arc(x, top, size * 0.55, size * 0.42, start, end),
            (x, top - size * 0.02),
            (x + cos(start * pi / 180) * size * 0.55, top),
        ]
        sheet.shape(slice_of, colours[part % 2])


def book(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """An open book."""
    on = placed(x, y, size)
    colour = colour or sheet.hand.pick(BRIGHT)
    for side in (-1, 1):
        page = curve(*on("0 -26 25 -34 50 -26", side))
        sheet.shape([*page, (x + side * size * 0.5, y), (x, y), page[0]], WHITE, edge=colour)
        for row in range(4):
            level = y - size * (0.22 - row * 0.05)
            sheet.line(
                [(x + side * size * 0.08, level), (x + side * size * 0.42, level - 2)], GREY, 0.4
            )
