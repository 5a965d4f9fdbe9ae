"""Scenes with people and what they do, at school, at home and at feasts."""

from kring.demo.drawings import animals, beasts, made, nature, people, treats
from kring.demo.drawings.hand import box, curve, oval, points
from kring.demo.drawings.letters import write
from kring.demo.drawings.motifs import motif
from kring.demo.drawings.outdoors import corner_sun, sky
from kring.demo.drawings.palette import (
    BLUE,
    BRIGHT,
    BROWN,
    GREEN,
    GREY,
    LIME,
    PINK,
    PURPLE,
    RED,
    SEA,
    SILVER,
    SKINS,
    TURQUOISE,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


@motif("een gezin dat elkaars hand vasthoudt")
def family(sheet: Sheet) -> None:
    hand = sheet.hand
    if hand.chance(0.7):
        nature.ground(sheet, sheet.high * 0.8)
    corner_sun(sheet)
    count = hand.random.randint(3, 5)
    step = sheet.wide * 0.82 / count
    for index in range(count):
        tall = 400 if index in {0, count - 1} else hand.random.uniform(220, 310)
        people.person(
            sheet, sheet.wide * 0.09 + step * (index + 0.5), sheet.high * 0.9, tall, arms=(-18, -18)
        )
    if hand.chance(0.5):
        beasts.cat(sheet, sheet.wide * 0.93, sheet.high * 0.93, 120)


@motif("twee huizen met een kind ertussen")
def two_homes(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.78)
    made.house(sheet, sheet.wide * 0.2, sheet.high * 0.84, 280)
    made.house(sheet, sheet.wide * 0.78, sheet.high * 0.84, 280)
    people.person(sheet, sheet.wide * 0.5, sheet.high * 0.92, 270, arms=(20, 20))
    people.heart(sheet, sheet.wide * 0.5, sheet.high * 0.32, 70, RED)


@motif("kinderen die voetballen op het plein")
def football(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.66, hand_pick(sheet, (GREEN, LIME)))
    left, top = sheet.wide * 0.7, sheet.high * 0.4
    sheet.line(
        [
            (left, sheet.high * 0.74),
            (left, top),
            (left + 230, top),
            (left + 230, sheet.high * 0.74),
        ],
        WHITE if sheet.is_dark else GREY,
        1.8,
    )
    for thread in range(1, 6):
        sheet.line(
            [(left + thread * 38, top), (left + thread * 38, sheet.high * 0.73)], SILVER, 0.5
        )
        sheet.line([(left, top + thread * 40), (left + 230, top + thread * 40)], SILVER, 0.5)
    for place, tall in points("0.16 300 0.4 270 0.82 260"):
        people.person(sheet, sheet.wide * place, sheet.high * 0.9, tall, arms=(30, -30))
    made.ball(sheet, sheet.wide * 0.55, sheet.high * 0.89, 38)


def hand_pick(sheet: Sheet, among: tuple[str, ...]) -> str:
    """A colour by chance."""
    return sheet.hand.pick(among)


@motif("de hele klas als rij getekende gezichten")
def class_portrait(sheet: Sheet) -> None:
    hand = sheet.hand
    columns, rows = 6, 4
    for row in range(rows):
        for column in range(columns):
            x = sheet.wide * (column + 0.5) / columns + hand.random.uniform(-10, 10)
            y = sheet.high * (row + 0.55) / rows + hand.random.uniform(-8, 8)
            people.face(sheet, x, y, hand.about(50, 0.08), people.any_look(sheet))


@motif("juf of meester voor het bord", written=True)
def teacher(sheet: Sheet) -> None:
    sheet.shape(box(330, 90, 600, 360), "#33614f", edge=BROWN)
    write(
        sheet,
        sheet.hand.pick(("2+2=4", "ik maan roos", "8x7=56", "hallo klas")),
        385,
        200,
        70,
        "#f6f3e6",
    )
    write(sheet, sheet.hand.pick(("boom", "vis", "goed zo")), 420, 330, 70, "#f5d35b")
    people.person(sheet, 190, 690, 560, arms=(-25, 30))
    for place in (0.5, 0.7, 0.9):
        people.face(sheet, sheet.wide * place, 640, 62, people.any_look(sheet))
    sheet.line([(380, 735), (1010, 735)], BROWN, 3)


@motif("kinderen die voorlezen in de leeshoek")
def reading(sheet: Sheet) -> None:
    sheet.shape(
        curve(*points("120 700 200 590 500 560 800 590 890 700"), closed=True),
        hand_pick(sheet, (PURPLE, TURQUOISE, "#c86b5b")),
    )
    for shelf in (120, 250):
        sheet.line([(560, shelf + 78), (960, shelf + 78)], BROWN, 2)
        x = 575.0
        while x < 930:
            thick = sheet.hand.random.uniform(20, 40)
            sheet.shape(
                box(x, shelf + 74 - (high := sheet.hand.random.uniform(62, 98)), thick, high),
                sheet.hand.pick(BRIGHT),
                angle=88,
            )
            x += thick + 4
    for place, tall in ((0.3, 330), (0.55, 310)):
        people.person(sheet, sheet.wide * place, sheet.high * 0.88, tall, arms=(-50, -50))
        treats.book(sheet, sheet.wide * place, sheet.high * 0.72, 150)


@motif("een kind op de fiets")
def bicycle(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.78, GREY, hills=4)
    nature.tree(sheet, sheet.wide * 0.9, sheet.high * 0.8, 360)
    people.person(sheet, sheet.wide * 0.43, sheet.high * 0.8, 380, arms=(-20, -12))
    made.bicycle(sheet, sheet.wide * 0.47, sheet.high * 0.92, 480)
    corner_sun(sheet)


@motif("kinderen op het klimrek")
def playground(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.8)
    bars = points("420 640 470 270 880 270 930 640")
    sheet.line(bars, RED, 2)
    for step in range(6):
        sheet.line(
            [(422 + step * 9, 600 - step * 60), (382 + step * 9, 600 - step * 60)], BLUE, 1.4
        )
    for rope in (590, 740):
        sheet.line([(rope, 275), (rope - 14, 540)], BROWN, 0.9)
        sheet.line([(rope + 90, 275), (rope + 76, 540)], BROWN, 0.9)
        people.person(sheet, rope + 30, 640, 260, arms=(38, 38))
        sheet.line([(rope - 18, 542), (rope + 80, 542)], BROWN, 2)
    people.person(sheet, 200, 670, 300, arms=(30, 30))
    corner_sun(sheet)


@motif("een zeilboot op zee")
def sailing(sheet: Sheet) -> None:
    sky(sheet)
    corner_sun(sheet)
    animals.gulls(
        sheet, [(sheet.wide * 0.3, 130), (sheet.wide * 0.42, 90), (sheet.wide * 0.55, 160)]
    )
    made.boat(sheet, sheet.wide * 0.5, sheet.high * 0.72, 420)
    nature.waves(sheet, sheet.high * 0.72)
    beasts.fish(sheet, sheet.wide * 0.18, sheet.high * 0.9, 110)
    beasts.fish(sheet, sheet.wide * 0.8, sheet.high * 0.92, 90, left=True)


@motif("een molen aan het water")
def windmill(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.64)
    made.windmill(sheet, sheet.wide * 0.36, sheet.high * 0.74, 520)
    nature.waves(sheet, sheet.high * 0.82)
    for place in (0.62, 0.72, 0.82, 0.92):
        nature.flower(sheet, sheet.wide * place, sheet.high * 0.8, 100)
    nature.cloud(sheet, sheet.wide * 0.76, 130, 80)


@motif("een auto op weg naar zee")
def car(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.62, LIME)
    sheet.shape(points("-30 600 1030 600 1030 720 -30 720 -30 600"), GREY, angle=2)
    for dash in range(6):
        sheet.line([(dash * 180 + 20, 662), (dash * 180 + 110, 662)], WHITE, 1.2)
    made.car(sheet, sheet.wide * 0.44, 660, 420)
    nature.tree(sheet, sheet.wide * 0.88, 580, 290)
    corner_sun(sheet)


@motif("een naam in versierde letters", written=True)
def name_card(sheet: Sheet) -> None:
    hand = sheet.hand
    word = hand.pick(("EGEL", "HERFST", "BOOM", "DRAAK", "UIL", "REGEN", "VRIEND", "MAAN"))
    size = min(280.0, sheet.wide * 0.86 / (len(word) * 0.72))
    write(
        sheet,
        word,
        sheet.wide * 0.5 - len(word) * size * 0.36,
        sheet.high * 0.5 - size / 2,
        size,
        bright=True,
    )
    for _ in range(9):
        side = hand.chance(0.5)
        y = (
            hand.random.uniform(50, 170)
            if side
            else hand.random.uniform(sheet.high - 170, sheet.high - 60)
        )
        x = hand.random.uniform(60, sheet.wide - 60)
        hand.pick((nature.star, flower_at, heart_at))(sheet, x, y, 36)


def flower_at(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A small flower as an ornament."""
    nature.flower(sheet, x, y + size, size * 2)


def heart_at(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A small heart as an ornament."""
    people.heart(sheet, x, y, size, sheet.hand.pick((RED, PINK, PURPLE)))


@motif("een briefje met de eerste woorden", "portrait", written=True)
def first_letter(sheet: Sheet) -> None:
    hand = sheet.hand
    lines = hand.pick(
        (
            ("lieve oma", "ik kan al", "lezen", "kom je"),
            ("ik ben", "een dino", "roar"),
            ("maan roos", "vis boom", "ik"),
            ("sint", "ik wil", "een bal", "dag"),
        )
    )
    for row, words in enumerate(lines):
        y = 170 + row * 165
        sheet.line([(60, y + 112), (sheet.wide - 60, y + 112)], mixed(SEA, WHITE, 0.5), 0.4)
        write(sheet, words, 80, y, 100, hand.pick((BLUE, RED, PURPLE, GREEN)), mirrored=0.16)
    people.heart(sheet, sheet.wide * 0.74, sheet.high * 0.88, 60, RED)
    people.face(sheet, sheet.wide * 0.24, sheet.high * 0.88, 62, people.any_look(sheet))


@motif("de getallen tot en met negen", written=True)
def numbers(sheet: Sheet) -> None:
    for index, number in enumerate((4, 5, 6, 7, 8, 9)):
        x, y = sheet.wide * (0.18 + (index % 3) * 0.32), sheet.high * (0.27 + (index // 3) * 0.46)
        colour = BRIGHT[index]
        treats.digit(sheet, x, y, 210, number, colour)
        for dot in range(number):
            sheet.dots([(x - 60 + dot % 5 * 30, y + 130 + dot // 5 * 28)], colour, 10)


@motif("een zelfportret", "portrait")
def self_portrait(sheet: Sheet) -> None:
    look = people.any_look(sheet)
    x, y = sheet.wide * 0.5, sheet.high * 0.45
    if sheet.name == "paint":
        sheet.wash(sheet.hand.pick(("#cfe6f2", "#f6e3c4", "#dcefd8", "#f5dcea")), 0.8)
    shoulders = curve(
        (x - 350, sheet.high + 30),
        (x - 260, y + 330),
        (x, y + 260),
        (x + 260, y + 330),
        (x + 350, sheet.high + 30),
    )
    sheet.shape(box(x - 65, y + 190, 130, 130), look[0])
    sheet.shape([*shoulders, shoulders[0]], look[3])
    people.face(sheet, x, y, 250, look)


@motif("een kleurig patroon van vlakken", "square")
def pattern(sheet: Sheet) -> None:
    hand = sheet.hand
    cells = hand.pick((3, 4))
    side = sheet.wide * 0.9 / cells
    for row in range(cells):
        for column in range(cells):
            left, top = sheet.wide * 0.05 + column * side, sheet.high * 0.05 + row * side
            sheet.shape(
                box(left + 6, top + 6, side - 12, side - 12),
                hand.pick(BRIGHT),
                angle=hand.pick((0, 45, 90, -45)),
            )
            sheet.shape(
                oval(left + side / 2, top + side / 2, side * 0.28), hand.pick((*BRIGHT, *SKINS[:1]))
            )


@motif("het schoolplein met de school", written=True)
def school(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.74, "#b9b2a4", hills=4)
    sheet.shape(
        box(120, 220, 760, 340), hand_pick(sheet, ("#b5573f", "#c98c5a", "#d7b98a")), angle=2
    )
    sheet.shape(points("90 220 500 90 910 220 90 220"), hand_pick(sheet, (RED, "#5b5f6b", BROWN)))
    for row in (290, 440):
        for place in (190, 300, 700, 810):
            made.window(sheet, place, row, 74)
    sheet.shape(box(445, 420, 110, 140), GREEN, angle=88)
    write(sheet, "SCHOOL", 385, 270, 56, WHITE)
    for across, tall in points("0.12 220 0.3 200 0.66 210 0.84 230"):
        people.person(sheet, sheet.wide * across, sheet.high * 0.94, tall)
