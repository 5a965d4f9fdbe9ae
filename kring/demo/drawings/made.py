"""Things that people made: houses, boats, lanterns, cakes. Standing at (x, y), size in units."""

from math import cos, pi, sin

from kring.demo.drawings.hand import arc, box, curve, oval, placed, rotated
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
    ROSE,
    SILVER,
    SKY,
    SUN,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet

GLOW = "#fbe38a"
WITH_DEPTH = 9  # years


def house(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A house; from nine years on it has a side wall."""
    hand, on = sheet.hand, placed(x, y, size)
    wall = hand.pick((ORANGE, RED, SUN, PINK, SKY, "#e9d3a8"))
    roof = hand.pick((RED, BROWN, BLUE, "#8c3a2b"))
    deep = hand.age >= WITH_DEPTH
    if deep:
        sheet.shape(on("40 0 70 -12 70 -64 40 -52 40 0"), mixed(wall, BARK, 0.25))
        sheet.shape(on("0 -88 30 -100 75 -64 44 -52 0 -88"), roof, angle=-20)
    sheet.shape(on("17 -64 17 -88 27 -88 27 -64 17 -64"), mixed(roof, BARK, 0.3))
    smoke(sheet, x + size * 0.22, y - size * 0.94, size * 0.25)
    sheet.shape(on("-40 0 -40 -52 40 -52 40 0 -40 0"), wall)
    if deep:
        sheet.shape(on("-40 -52 0 -88 40 -52 -40 -52"), wall)
        sheet.line(on("-44 -50 0 -89 44 -50"), roof, 2.4)
    else:
        sheet.shape(on("-45 -52 0 -92 45 -52 -45 -52"), roof, angle=10)
    sheet.shape(on("-8 0 -8 -27 8 -27 8 0 -8 0"), hand.pick((BROWN, GREEN, BLUE)), angle=88)
    sheet.dots(on("4.5 -13"), SUN, size * 0.014)
    for place in on("-27 -35 27 -35"):
        window(sheet, *place, size * 0.17)
    sheet.shape(oval(x, y - size * 0.65, size * 0.065), GLOW)


def window(sheet: Sheet, x: float, y: float, size: float, glass: str = SKY) -> None:
    """Four panes."""
    sheet.shape(box(x - size / 2, y - size / 2, size, size), glass, edge=BARK)
    sheet.line([(x, y - size / 2), (x, y + size / 2)], BARK, 0.8)
    sheet.line([(x - size / 2, y), (x + size / 2, y)], BARK, 0.8)


def smoke(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A curl."""
    curl = [(x + sin(t / 2.2) * size * (0.06 + t * 0.022), y - t * size * 0.075) for t in range(14)]
    sheet.line(curl, SILVER, 1.0)


def boat(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A sailing boat on its waterline."""
    on = placed(x, y, size)
    hand = sheet.hand
    sheet.line([(x, y - 6), (x, y - size)], BROWN, 1.6)
    sheet.shape(
        [
            (x + 8, y - size * 0.97),
            (x + size * 0.46, y - size * 0.18),
            (x + 8, y - size * 0.18),
            (x + 8, y - size * 0.97),
        ],
        hand.pick(BRIGHT),
    )
    sheet.shape(
        [
            (x - 8, y - size * 0.85),
            (x - size * 0.36, y - size * 0.18),
            (x - 8, y - size * 0.18),
            (x - 8, y - size * 0.85),
        ],
        WHITE,
    )
    hull = curve(*on("-50 -12 -36 10 36 10 54 -12"))
    sheet.shape([*hull, hull[0]], hand.pick((RED, BLUE, BROWN, PURPLE)))
    flag(sheet, x, y - size, size * 0.16)


def flag(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Red, white and blue."""
    for stripe, colour in enumerate((RED, WHITE, BLUE)):
        sheet.shape(box(x, y + stripe * size * 0.25, size, size * 0.25), colour, width=0.5)


def rocket(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A rocket on fire, upwards."""
    on = placed(x, y, size)
    for index, (colour, long) in enumerate(((RED, 0.42), (ORANGE, 0.32), (SUN, 0.2))):
        half = size * (0.15 - index * 0.04)
        flame = curve(
            (x - half, y),
            (x - half * 0.5, y + size * long * 0.7),
            (x, y + size * long),
            (x + half * 0.5, y + size * long * 0.7),
            (x + half, y),
        )
        sheet.shape([*flame, flame[0]], colour)
    for side in (-1, 1):
        fin = on("15 -25 34 6 14 0 15 -25", side)
        sheet.shape(fin, RED)
    body = curve(*on("-16 0 -20 -45 0 -100 20 -45 16 0"))
    sheet.shape([*body, body[0]], SILVER, edge=GREY)
    nose = curve(*on("-13.5 -70 -7 -88 0 -100 7 -88 13.5 -70"))
    sheet.shape([*nose, nose[0]], RED)
    for level in (0.52, 0.27):
        sheet.shape(oval(x, y - size * level, size * 0.085), SKY, edge=BLUE)


def castle(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Towers with flags."""
    on, stone = placed(x, y, size), sheet.hand.pick((SILVER, PINK, "#d9c9a8", "#cdb6d8"))
    for place, high in ((-0.4, 0.72), (0.4, 0.72), (0.0, 0.9)):
        _tower(sheet, x + place * size, y, size, high, stone)
    wall = on("-40 0 -40 -45")
    for tooth in range(8):
        left, top = tooth * 10 - 40, -45 if tooth % 2 == 0 else -38
        wall += on(f"{left} {top} {left + 10} {top}")
    sheet.shape([*wall, *on("40 0 -40 0")], mixed(stone, GREY, 0.15))
    gate = [*arc(x, y - size * 0.2, size * 0.11, size * 0.11, 180, 360), *on("11 0 -11 0 -11 -20")]
    sheet.shape(gate, BROWN, angle=88)


def _tower(sheet: Sheet, x: float, y: float, size: float, high: float, stone: str) -> None:
    on, hand = placed(x, y - size * high, size), sheet.hand
    wall = box(x - size * 0.1, y - size * high, size * 0.2, size * high)
    sheet.shape(wall, stone, edge=mixed(stone, BARK, 0.5))
    sheet.shape(on("-13 0 0 -28 13 0 -13 0"), hand.pick((RED, BLUE, PURPLE, ROSE)))
    sheet.line(on("0 -28 0 -38"), "", 0.8)
    sheet.shape(on("0 -38 10 -35 0 -32 0 -38"), hand.pick((SUN, RED, GREEN)))
    slit = arc(x, y - size * (high - 0.2), size * 0.035, size * 0.05, 180, 360)
    sheet.shape([*slit, *on("3.5 30 -3.5 30 -3.5 20")], "#3c4457")


def car(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A car to the right."""
    on = placed(x, y, size)
    colour = sheet.hand.pick(BRIGHT)
    body = curve(*on("-50 -12 -48 -30 -28 -34 -16 -54 16 -54 28 -34 50 -28 52 -12"))
    sheet.shape([*body, body[0]], colour)
    for place in (-0.09, 0.1):
        sheet.shape(
            box(x + place * size - size * 0.07, y - size * 0.49, size * 0.14, size * 0.14), SKY
        )
    for place in (-0.28, 0.3):
        wheel(sheet, x + place * size, y - size * 0.1, size * 0.11)
    sheet.dots([(x + size * 0.49, y - size * 0.22)], GLOW, size * 0.03)


def wheel(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A wheel with a hub."""
    sheet.shape(oval(x, y, size), "#44464e")
    sheet.shape(oval(x, y, size * 0.45), SILVER)


def bicycle(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A bicycle to the right."""
    on, radius = placed(x, y, size), size * 0.24
    colour = sheet.hand.pick((RED, BLUE, GREEN, PURPLE, ORANGE))
    for hub in on("-36 -24 36 -24"):
        sheet.line(oval(*hub, radius), BLACK, 1.4)
        for spoke in range(8):
            angle = spoke * pi / 4
            rim = (hub[0] + cos(angle) * radius, hub[1] + sin(angle) * radius)
            sheet.line([hub, rim], GREY, 0.4)
    for tube in ("-36 -24 -4 -24 -14 -58 -36 -24", "-14 -58 26 -58 36 -24", "-4 -24 26 -58"):
        sheet.line(on(tube), colour, 1.7)
    sheet.line(on("-21 -64 -6 -64"), BROWN, 2.4)
    sheet.line(curve(*on("26 -58 27 -72 16 -74")), "", 1.2)
    sheet.line(oval(*on("-4 -24")[0], size * 0.06), GREY, 1.0)


def ball(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A football."""
    sheet.shape(oval(x, y, size), WHITE, edge=sheet.ink)
    sheet.shape(
        [
            (x + cos(i * 2 * pi / 5) * size * 0.38, y + sin(i * 2 * pi / 5) * size * 0.38)
            for i in range(6)
        ],
        BLACK,
    )
    for side in range(5):
        angle = side * 2 * pi / 5
        sheet.line(
            [
                (x + cos(angle) * size * 0.4, y + sin(angle) * size * 0.4),
                (x + cos(angle) * size * 0.95, y + sin(angle) * size * 0.95),
            ],
            "",
            0.7,
        )


def windmill(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A mill with four sails."""
    on, hub = placed(x, y, size), (x, y - size * 0.64)
    sheet.shape(on("-20 0 -11 -60 11 -60 20 0 -20 0"), sheet.hand.pick((BROWN, OCHRE, "#a33f31")))
    cap = arc(x, y - size * 0.58, size * 0.13, size * 0.15, 180, 360)
    sheet.shape([*cap, cap[0]], "#4b5563")
    sheet.shape(on("-5 0 -5 -17 5 -17 5 0 -5 0"), GREEN)
    window(sheet, x, y - size * 0.36, size * 0.09)
    turn, beside = sheet.hand.random.uniform(15, 75), placed(*hub, size)
    for sail in range(4):
        frame = beside("0 0 46 0 46 -9 0 -9 0 0")
        sheet.shape(rotated(frame, turn + sail * 90, hub), WHITE, edge=BARK)
        for bar in (9, 18, 28, 37):
            lath = rotated(beside(f"{bar} 0 {bar} -9"), turn + sail * 90, hub)
            sheet.line(lath, BARK, 0.5)
    sheet.dots([hub], BARK, size * 0.025)


def tent(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A tent, or the roof of a circus."""
    on = placed(x, y, size)
    one, two = sheet.hand.pick(((RED, WHITE), (BLUE, SUN), (GREEN, ORANGE)))
    for part in range(6):
        left, right = x + size * (part / 3 - 1) * 0.5, x + size * ((part + 1) / 3 - 1) * 0.5
        sheet.shape(
            [(x, y - size * 0.75), (left, y), (right, y), (x, y - size * 0.75)],
            one if part % 2 else two,
        )
    flag(sheet, x, y - size * 0.95, size * 0.15)
    sheet.line(on("0 -75 0 -97"), BARK, 1.0)
