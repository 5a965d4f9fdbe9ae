"""Pets, horses and what lived long ago. Standing at (x, y), size is about their length in units."""

from kring.demo.drawings.animals import eye
from kring.demo.drawings.hand import Path, Point, arc, curve, oval, placed, points
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
    RAINBOW,
    RED,
    RUST,
    SUN,
    TURQUOISE,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet

HORSE = "-36 -48 -10 -56 14 -54 26 -80 40 -92 62 -74 56 -66 42 -70 34 -40 14 -30 -30 -30"
LONG_NECK = (
    "-95 -4 -60 -20 -30 -38 5 -44 24 -52 34 -76 50 -84 66 -78 64 -68 48 -66 42 -40 34 -16"
    " 0 -12 -40 -12 -70 -8"
)
LARGE_MOUTH = (
    "-80 -24 -40 -44 -14 -70 10 -98 42 -102 52 -92 26 -84 46 -78 42 -72 18 -68 14 -40"
    " -8 -28 -40 -28"
)


def cat(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """A cat that sits."""
    on, hand = placed(x, y, size), sheet.hand
    colour = colour or hand.pick((ORANGE, GREY, BLACK, OCHRE, BROWN))
    tail = curve(*on("25 -6 58 -12 52 -48 66 -60"))
    sheet.line(tail, colour, size * 0.09 / sheet.medium.line)
    sheet.shape(curve(*on("-13 -56 15 -56 32 -12 22 0 -22 0 -30 -12"), closed=True), colour)
    for side in (-1, 1):
        sheet.shape(on("8 -90 25 -110 28 -78 8 -90", side), colour)
        paw = oval(*on("12 -1", side)[0], size * 0.09, size * 0.05)
        sheet.shape(paw, mixed(colour, WHITE, 0.3))
    sheet.shape(oval(x, y - size * 0.74, size * 0.29, size * 0.25), colour)
    dark = mixed(colour, BARK, 0.5)
    for side in (-1, 1):
        _cat_face(sheet, x, y, size, side, dark)
    sheet.dots(on("0 -69"), PINK, size * 0.03)
    if hand.chance(0.6):
        for level in (0.2, 0.3, 0.4):
            sheet.line(arc(x, y - size * level, size * 0.16, size * 0.05, 200, 340), dark, 0.8)


def _cat_face(sheet: Sheet, x: float, y: float, size: float, side: int, dark: str) -> None:
    """One side of it."""
    on = placed(x, y, size)
    seeing = on("11 -78", side)[0]
    sheet.shape(oval(*seeing, size * 0.05, size * 0.06), "#bfe08a", edge=dark, width=0.6)
    sheet.dots([seeing], BLACK, size * 0.022)
    for whisker in ("10 -67 40 -78", "10 -67 40 -68", "10 -67 40 -58"):
        sheet.line(on(whisker, side), sheet.ink, 0.5)
    lip = arc(*on("4.5 -65", side)[0], size * 0.045, size * 0.045, 0, 180)
    sheet.line(lip, sheet.ink, 0.6)


def legs(
    sheet: Sheet, at: Point, size: float, places: str, colour: str, edge: str | None = ""
) -> None:
    """Four legs, or as many as there are places, in hundredths of the size."""
    for place in places.split():
        left = at[0] + float(place) * size / 100
        leg = placed(left, at[1], size)("-5 -33 5 -33 4.5 0 -5 0")
        sheet.shape(curve(*leg, closed=True), colour, edge=edge)


def dog(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A dog that stands to the left."""
    on, colour = placed(x, y, size), sheet.hand.pick((BROWN, OCHRE, WHITE, GREY))
    legs(sheet, (x, y), size, "-28 -16 20 32", colour)
    sheet.line(curve(*on("36 -42 50 -55 50 -72")), colour, size * 0.06 / sheet.medium.line)
    sheet.shape(oval(x + size * 0.02, y - size * 0.37, size * 0.4, size * 0.18), colour)
    sheet.shape(oval(x - size * 0.4, y - size * 0.6, size * 0.2, size * 0.18), colour)
    snout = oval(x - size * 0.55, y - size * 0.53, size * 0.11, size * 0.08)
    sheet.shape(snout, mixed(colour, WHITE, 0.4))
    ear = oval(x - size * 0.27, y - size * 0.55, size * 0.07, size * 0.17, -12)
    sheet.shape(ear, mixed(colour, BARK, 0.6))
    sheet.dots(on("-64 -56"), BLACK, size * 0.035)
    sheet.dots(on("-43 -66"), BLACK, size * 0.025)
    sheet.line(on("-25 -45 -36 -40"), RED, 2)


def fish(
    sheet: Sheet, x: float, y: float, size: float, *, left: bool = False, colour: str = ""
) -> None:
    """A fish with scales or stripes."""
    hand, way = sheet.hand, -1 if left else 1
    colour = colour or hand.pick((ORANGE, SUN, PINK, TURQUOISE, PURPLE, RED))
    other = mixed(colour, WHITE, 0.5) if hand.chance(0.5) else hand.pick((SUN, PURPLE, TURQUOISE))

    def put(path: Path) -> Path:
        return [(x + px * size * way, y + py * size) for px, py in path]

    sheet.shape(put(curve(*points("-0.38 0 -0.68 -0.28 -0.6 0 -0.68 0.28"), closed=True)), other)
    sheet.shape(put(curve(*points("-0.1 -0.24 0.05 -0.46 0.2 -0.2"), closed=True)), other)
    sheet.shape(
        put(curve(*points("-0.45 0 -0.1 -0.28 0.3 -0.22 0.5 0 0.3 0.22 -0.1 0.28"), closed=True)),
        colour,
    )
    if hand.chance(0.5):
        for at in (-0.2, -0.02, 0.14):
            sheet.line(put(curve((at, -0.24), (at + 0.06, 0), (at, 0.24))), other, 1.5)
    else:
        for at, level in points("-0.24 0 -0.1 -0.1 -0.1 0.1 0.05 0 0.08 -0.15 0.08 0.15"):
            sheet.line(put(arc(at, level, 0.05, 0.07, -80, 80)), mixed(colour, BARK, 0.4), 0.7)
    eye(sheet, x + 0.32 * size * way, y - 0.07 * size, size * 0.065)
    sheet.line(put(arc(0.42, 0.06, 0.08, 0.05, 60, 190)), "", 0.7)


def dinosaur(sheet: Sheet, x: float, y: float, size: float, colour: str = "") -> None:
    """A long neck and plates on its back."""
    on = placed(x, y, size)
    colour = colour or sheet.hand.pick((GREEN, TURQUOISE, PURPLE, ORANGE, RUST))
    for px, py in on("-62 -18 -34 -36 -10 -46 12 -44 28 -52 36 -72"):
        plate = placed(px, py, size)("-9 1.5 -2 -13.5 9 1 -9 1.5")
        sheet.shape(plate, mixed(colour, SUN, 0.7))
    legs(sheet, (x, y), size, "-36 -20 12 28", mixed(colour, BARK, 0.15))
    sheet.shape(curve(*on(LONG_NECK), closed=True), colour)
    eye(sheet, x + size * 0.53, y - size * 0.77, size * 0.03)
    sheet.line(arc(x + size * 0.58, y - size * 0.72, size * 0.05, size * 0.03, 20, 170), "", 0.7)
    spots = on("-20 -28 0 -34 12 -24 -6 -20 25 -34")
    sheet.dots(spots, mixed(colour, BARK, 0.35), size * 0.022)


def tyrannosaur(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Large teeth, small arms."""
    on, colour = placed(x, y, size), sheet.hand.pick((GREEN, RUST, PURPLE))
    for leg in ("-20 -42 0 -42 -6 -5 4 0 -16 0", "0 -42 20 -42 14 -5 24 0 4 0"):
        sheet.shape(curve(*on(leg), closed=True), colour)
    sheet.shape(curve(*on(LARGE_MOUTH), closed=True), colour)
    for tooth in range(5):
        root = placed(x + size * tooth * 0.045, y - size * tooth * 0.012, size)
        sheet.shape(root("29 -86 30.8 -81 32.6 -86 29 -86"), WHITE, width=0.5)
    sheet.line(curve(*on("16 -58 30 -54 28 -46")), mixed(colour, BARK, 0.4), 1.4)
    eye(sheet, x + size * 0.2, y - size * 0.94, size * 0.045)


def unicorn(sheet: Sheet, x: float, y: float, size: float) -> None:
    """White, with a mane of all colours."""
    on, edge = placed(x, y, size), mixed(PURPLE, WHITE, 0.2)
    legs(sheet, (x, y), size, "-30 -17 12 25", "#fdf7fb", edge)
    for index, colour in enumerate(RAINBOW):
        drop = index * 3.5
        tail = on(f"-34 -50 {-52 - drop} -42 {-50 - drop / 2} -16")
        sheet.line(curve(*tail), colour, 1.8)
    sheet.shape(curve(*on(HORSE), closed=True), "#fdf7fb", edge=edge)
    sheet.shape(on("40 -92 56 -120 48 -86 40 -92"), SUN)
    for index, colour in enumerate(RAINBOW):
        root = placed(x - size * index * 0.035, y + size * index * 0.07, size)
        sheet.line(curve(*root("36 -92 24 -88 22 -72")), colour, 1.8)
    sheet.dots(on("45 -80"), BLACK, size * 0.022)
    sheet.line(arc(x + size * 0.55, y - size * 0.72, size * 0.05, size * 0.035, 40, 170), "", 0.6)


def horse(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A white horse, as it walks on roofs in December."""
    on, white = placed(x, y, size), "#f3f1ec"
    legs(sheet, (x, y), size, "-30 -18 12 24", white, GREY)
    sheet.line(curve(*on("-34 -48 -54 -36 -50 -12")), GREY, 2.4)
    sheet.shape(curve(*on(HORSE), closed=True), white, edge=GREY)
    for knot in range(5):
        root = placed(x - size * knot * 0.035, y + size * knot * 0.08, size)
        sheet.line(root("35 -94 26 -84"), GREY, 1.6)
    sheet.shape(curve(*on("-12 -58 10 -57 8 -36 -10 -36"), closed=True), RED)
    sheet.dots(on("45 -80"), BLACK, size * 0.02)
    sheet.line(curve(*on("56 -68 40 -62 10 -56")), BROWN, 0.9)
