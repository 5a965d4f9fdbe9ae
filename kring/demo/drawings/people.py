"""People as children of each age draw them. Nobody is meant."""

from math import cos, pi, sin

from kring.demo.drawings.hand import Path, arc, box, curve, oval, placed, points
from kring.demo.drawings.nature import smile
from kring.demo.drawings.palette import CLOTHES, HAIRS, SKINS, WHITE, mixed
from kring.demo.drawings.sheet import Sheet

HEADFEET, STICKS = 4, 6  # until which age
SMALL_FACE, LARGE_FACE = 34, 80  # units
STYLES = ("short", "long", "curls", "braids", "bun", "scarf", "spikes", "long")


def person(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    *,
    arms: tuple[float, float] = (-28, -28),
    look: tuple[str, str, str, str] | None = None,
    happy: bool = True,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Somebody of this height with the feet at (x, y); gives where the hands are.

    Arms are degrees above level, left and right; a look is skin, hair, style and clothes.
    """
    hand = sheet.hand
    look = look or any_look(sheet)
    if hand.age <= HEADFEET:
        return _headfeet(sheet, x, y, size, look)
    head = size * (0.19 if hand.age <= STICKS else 0.15)
    neck = y - size + head * 2
    hips = y - size * (0.33 if hand.age <= STICKS else 0.36)
    _legs(sheet, x, y, hips, size, look)
    hands = _arms(sheet, x, neck + size * 0.07, size, arms, look)
    _body(sheet, x, neck, hips, size, look)
    face(sheet, x, neck - head * 0.95, head, look, happy=happy)
    return hands


def any_look(sheet: Sheet) -> tuple[str, str, str, str]:
    """Somebody, as people in a Dutch street look."""
    hand = sheet.hand
    skin = hand.pick((*SKINS[:3], *SKINS))
    dark = SKINS.index(skin) > 2
    hair = hand.pick(HAIRS[:3]) if dark else hand.pick(HAIRS)
    style = hand.pick(("curls", "short", "braids", "scarf", "bun", "curls") if dark else STYLES)
    return skin, hair, style, hand.pick(CLOTHES)


def _headfeet(
    sheet: Sheet, x: float, y: float, size: float, look: tuple[str, str, str, str]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """A head on legs, with arms from its ears."""
    hand, head = sheet.hand, size * 0.3
    middle = y - size + head
    for side in (-1, 1):
        foot = x + side * head * 0.5
        sheet.line([(foot, middle + head * 0.9), (foot + side * 5, y)], "", 1.2)
        sheet.line([(foot + side * 5, y), (foot + side * head * 0.5, y)], "", 1.2)
    hands = []
    for side in (-1, 1):
        tip = (x + side * size * 0.52, middle + hand.random.uniform(-0.1, 0.25) * size)
        sheet.line([(x + side * head * 0.95, middle + head * 0.2), tip], "", 1.2)
        _fingers(sheet, tip, side, size * 0.07)
        hands.append(tip)
    face(sheet, x, middle, head, look)
    return hands[0], hands[1]


def _fingers(sheet: Sheet, tip: tuple[float, float], side: int, size: float) -> None:
    for angle in (-55, -20, 15, 50):
        bend = angle * pi / 180
        sheet.line([tip, (tip[0] + side * cos(bend) * size, tip[1] + sin(bend) * size)], "", 0.7)


def _legs(
    sheet: Sheet, x: float, y: float, hips: float, size: float, look: tuple[str, str, str, str]
) -> None:
    thin = sheet.hand.age <= STICKS
    trousers = mixed(look[3], "#27406b", 0.75)
    for side in (-1, 1):
        foot = x + side * size * 0.085
        if thin:
            sheet.line([(x + side * size * 0.06, hips), (foot, y)], "", 1.3)
            sheet.shape(oval(foot + side * size * 0.035, y, size * 0.055, size * 0.03), "#4a3b35")
            continue
        leg = box(foot - size * 0.045, hips - 4, size * 0.09, y - hips)
        sheet.shape(leg, trousers, angle=80)
        shoe = oval(foot + side * size * 0.02, y, size * 0.065, size * 0.033)
        sheet.shape(shoe, mixed(look[3], "#2b2a33", 0.6))


def _arms(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    arms: tuple[float, float],
    look: tuple[str, str, str, str],
) -> tuple[tuple[float, float], tuple[float, float]]:
    found = []
    for side, rise in ((-1, arms[0]), (1, arms[1])):
        angle = rise * pi / 180
        start = (x + side * size * 0.09, y)
        tip = (start[0] + side * size * 0.23 * cos(angle), y - size * 0.23 * sin(angle))
        if sheet.hand.age <= STICKS:
            sheet.line([start, tip], "", 1.2)
            _fingers(sheet, tip, side, size * 0.05)
        else:
            wide = size * 0.055 / sheet.medium.line
            sheet.line([start, tip], look[3], wide, opacity=0.9)
            sheet.shape(oval(*tip, size * 0.036), look[0])
        found.append(tip)
    return found[0], found[1]


def _body(
    sheet: Sheet, x: float, neck: float, hips: float, size: float, look: tuple[str, str, str, str]
) -> None:
    hand, colour = sheet.hand, look[3]
    dress = look[2] in {"long", "braids", "bun"} and hand.chance(0.7)
    top, low = size * 0.075, size * (0.2 if dress else 0.115)
    foot = hips + (size * 0.1 if dress else 8)
    body = [(x - top, neck), (x + top, neck), (x + low, foot), (x - low, foot), (x - top, neck)]
    sheet.shape(body, colour)
    if hand.age > STICKS:
        _pattern(sheet, x, neck, foot, top + (low - top) * 0.5, colour)


def _pattern(sheet: Sheet, x: float, neck: float, foot: float, half: float, colour: str) -> None:
    """Stripes, dots, a heart or nothing."""
    hand, pale = sheet.hand, mixed(colour, WHITE, 0.65)
    kind = hand.pick(("stripes", "dots", "heart", "plain"))
    if kind == "stripes":
        for part in (0.3, 0.5, 0.7, 0.88):
            level = neck + (foot - neck) * part
            sheet.line([(x - half * 0.8, level), (x + half * 0.8, level)], pale, 0.7)
    elif kind == "dots":
        spots = [
            (x + dx * half, neck + (foot - neck) * dy)
            for dx, dy in points("-0.4 0.3 0.4 0.35 0 0.55 -0.5 0.78 0.5 0.8")
        ]
        sheet.dots(spots, pale, half * 0.12)
    elif kind == "heart":
        heart(sheet, x, (neck + foot) / 2, half * 0.5, pale)


def heart(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """A heart."""
    on = placed(x, y, size)
    path = curve(*on("0 -30 55 -80 100 -25 0 100 -100 -25 -55 -80 0 -30"))
    sheet.shape(path, colour)


def face(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    look: tuple[str, str, str, str],
    *,
    happy: bool = True,
) -> None:
    """A head with hair; on a large one there is more to see."""
    on = placed(x, y, size)
    skin, hair, style, _clothes = look
    if style in {"long", "braids", "bun"}:
        _long_hair(sheet, x, y, size, hair, style)
    if style == "scarf":
        wrap = curve(*on("0 -128 115 -30 110 95 0 145 -110 95 -115 -30"), closed=True)
        sheet.shape(wrap, mixed(look[3], WHITE, 0.15))
        sheet.shape(oval(x, y, size * 0.82, size * 0.92), skin)
    else:
        sheet.shape(oval(x, y, size, size * 1.03), skin, edge=mixed(skin, "#4a2d1f", 0.6))
        _fringe(sheet, x, y, size, hair, style)
    _features(sheet, x, y, size, happy=happy)


def _features(sheet: Sheet, x: float, y: float, size: float, *, happy: bool) -> None:
    hand, on = sheet.hand, placed(x, y, size)
    if size < SMALL_FACE:
        smile(sheet, x, y + size * 0.08, size)
        return
    for side in (-1, 1):
        _eye(sheet, on("36 -5", side)[0], size)
        if size > LARGE_FACE:
            cheek = oval(*on("58 30", side)[0], size * 0.15)
            sheet.shape(cheek, "#ee8f8f", edge=None, filled=0.5, cover=False)
    dot = arc(x, y + size * 0.16, size * 0.07, size * 0.08, 0, 360)
    sheet.line(on("0 8 9 26 -2 28") if hand.age > STICKS else dot, "", 0.7)
    mouth = arc(x, y + size * 0.36, size * 0.42, size * 0.3, 15, 165)
    if happy and hand.chance(0.5):
        sheet.shape([*mouth, mouth[0]], "#d9544d")
    else:
        sheet.line(mouth, "#c43d3d", 1.0)


def _eye(sheet: Sheet, at: tuple[float, float], size: float) -> None:
    if sheet.hand.age > STICKS:
        sheet.shape(oval(*at, size * 0.15, size * 0.12), WHITE, edge=sheet.ink, width=0.5)
    sheet.dots([at], sheet.ink, size * 0.07)
    if size > LARGE_FACE:
        sheet.line(arc(at[0], at[1] - size * 0.12, size * 0.2, size * 0.14, 200, 340), "", 0.7)


def _long_hair(sheet: Sheet, x: float, y: float, size: float, hair: str, style: str) -> None:
    if style == "bun":
        sheet.shape(oval(x, y - size * 1.3, size * 0.42), hair)
        return
    if style == "braids":
        for side in (-1, 1):
            for knot in range(4):
                middle = (x + side * size * (1.05 + knot * 0.04), y + size * (0.25 + knot * 0.32))
                sheet.shape(oval(*middle, size * 0.2, size * 0.19), hair)
        return
    drop = sheet.hand.random.uniform(0.9, 1.7)
    back = curve(
        (x - size * 0.9, y - size * 0.6),
        (x - size * 1.25, y + size * 0.3),
        (x - size * 1.2, y + size * drop),
    )
    front = curve(
        (x + size * 1.2, y + size * drop),
        (x + size * 1.25, y + size * 0.3),
        (x + size * 0.9, y - size * 0.6),
    )
    sheet.shape([*back, *front, back[0]], hair, angle=86)


def _fringe(sheet: Sheet, x: float, y: float, size: float, hair: str, style: str) -> None:
    hand = sheet.hand
    if style == "curls":
        for turn in range(11):
            angle = (180 + turn * 18) * pi / 180
            middle = (x + cos(angle) * size * 0.98, y + sin(angle) * size * 1.0)
            sheet.shape(oval(*middle, size * 0.27), hair)
        return
    if style == "spikes":
        for turn in range(9):
            angle = (196 + turn * 18) * pi / 180
            root = (x + cos(angle) * size * 0.92, y + sin(angle) * size * 0.95)
            tip = (x + cos(angle) * size * 1.4, y + sin(angle) * size * 1.4)
            sheet.line([root, tip], hair, 1.5)
        return
    low = hand.random.uniform(-0.5, -0.2)
    cap: Path = arc(x, y, size * 1.04, size * 1.1, 190, 350)
    cap += curve(
        (x + size * 1.0, y - size * 0.2),
        (x + size * 0.4, y + size * (low - 0.1)),
        (x - size * 0.3, y + size * low),
        (x - size * 1.0, y - size * 0.18),
    )
    sheet.shape([*cap, cap[0]], hair, angle=70)
