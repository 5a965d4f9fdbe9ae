"""Scenes of feasts and of stories."""

from kring.demo.drawings import animals, beasts, made, nature, people, treats
from kring.demo.drawings.doings import hand_pick
from kring.demo.drawings.hand import arc, box, curve, oval, points
from kring.demo.drawings.motifs import motif
from kring.demo.drawings.outdoors import corner_sun, sky
from kring.demo.drawings.palette import (
    BARK,
    BLUE,
    BRIGHT,
    BROWN,
    GREEN,
    LIME,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    SILVER,
    SKY,
    SUN,
    TURQUOISE,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


@motif("een lampionnenoptocht in het donker", paper="night", medium="chalk")
def lantern_walk(sheet: Sheet) -> None:
    hand = sheet.hand
    for _ in range(11):
        nature.star(
            sheet,
            hand.random.uniform(30, sheet.wide - 160),
            hand.random.uniform(30, 230),
            hand.about(17, 0.3),
        )
    nature.moon(sheet, sheet.wide * 0.9, 110, 66)
    nature.ground(sheet, sheet.high * 0.86, "#46613d", hills=6)
    for index in range(4):
        x = sheet.wide * (0.14 + index * 0.23)
        hands = people.person(sheet, x, sheet.high * 0.92, hand.about(300, 0.1), arms=(-35, 38))
        stick = (hands[1][0] + 34, hands[1][1] - 34)
        sheet.line([hands[1], stick], BROWN, 0.9)
        treats.lantern(sheet, *stick, hand.about(118, 0.1))


@motif("een zelfgemaakte lampion", "portrait")
def one_lantern(sheet: Sheet) -> None:
    sheet.line([(sheet.wide * 0.9, 30), (sheet.wide * 0.5, 130)], BROWN, 2)
    treats.lantern(sheet, sheet.wide * 0.5, 130, 640)


@motif("Sint-Maarten met lampionnen aan een lijn", paper="black", medium="chalk")
def lantern_row(sheet: Sheet) -> None:
    line = curve((-20, 150), (sheet.wide * 0.5, 230), (sheet.wide + 20, 150))
    sheet.line(line, BROWN, 0.9)
    for index in range(4):
        x = sheet.wide * (0.14 + index * 0.24)
        treats.lantern(
            sheet,
            x,
            205 - abs(index - 1.5) * 20,
            sheet.hand.about(250, 0.08),
            kind=("moon", "drum", "star", "owl")[index],
        )


@motif("een verjaardagstaart met kaarsjes", "square")
def cake(sheet: Sheet) -> None:
    hand = sheet.hand
    for x in (0.12, 0.88):
        treats.balloon(sheet, sheet.wide * x, sheet.high * 0.2, 70)
    sheet.line([(40, 700), (820, 700)], BROWN, 2)
    treats.cake(sheet, sheet.wide * 0.5, 690, 540, max(4, min(9, hand.age)))
    sheet.dots(
        [(hand.random.uniform(40, 820), hand.random.uniform(40, 330)) for _ in range(30)],
        hand.pick(BRIGHT),
        6,
    )


@motif("een verjaardagskroon", "square", written=True)
def crown(sheet: Sheet) -> None:
    treats.crown(sheet, sheet.wide * 0.5, sheet.high * 0.72, 640, max(4, min(9, sheet.hand.age)))
    for x, y in points("0.15 0.15 0.85 0.16 0.5 0.1 0.12 0.88 0.88 0.88"):
        nature.star(sheet, sheet.wide * x, sheet.high * y, 34, sheet.hand.pick(BRIGHT))


@motif("een kind met een verjaardagskroon", "portrait", written=True)
def birthday(sheet: Sheet) -> None:
    x, y = sheet.wide * 0.5, sheet.high * 0.56
    look = people.any_look(sheet)
    shoulders = curve(
        (x - 330, sheet.high + 30),
        (x - 250, y + 260),
        (x, y + 210),
        (x + 250, y + 260),
        (x + 330, sheet.high + 30),
    )
    sheet.shape([*shoulders, shoulders[0]], look[3])
    people.face(sheet, x, y, 215, look)
    treats.crown(sheet, x, y - 130, 420, max(4, min(9, sheet.hand.age + 1)))
    for side in (0.12, 0.88):
        treats.balloon(sheet, sheet.wide * side, 160, 66)


@motif("dinosaurussen bij een vulkaan")
def dinosaurs(sheet: Sheet) -> None:
    sky(sheet, "#fbe0c3")
    volcano = points("560 540 690 170 800 170 950 540 560 540")
    sheet.shape(volcano, "#7f6a5d", angle=70)
    for shift, colour in ((0, RED), (26, ORANGE), (52, SUN)):
        sheet.line(
            curve((690 + shift, 172), (700 + shift, 250), (676 + shift, 330 + shift)), colour, 2
        )
        sheet.line(
            curve((720 + shift, 165), (690 + shift * 3, 90), (640 + shift * 4, 60)), colour, 1.6
        )
    nature.ground(sheet, sheet.high * 0.7, LIME)
    beasts.dinosaur(sheet, sheet.wide * 0.38, sheet.high * 0.86, 380)
    beasts.tyrannosaur(sheet, sheet.wide * 0.8, sheet.high * 0.92, 240)
    nature.tree(sheet, sheet.wide * 0.08, sheet.high * 0.74, 250, kind="fir")


@motif("een langnek die bladeren eet")
def long_neck(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.78)
    nature.tree(sheet, sheet.wide * 0.88, sheet.high * 0.84, 560, kind="round")
    beasts.dinosaur(sheet, sheet.wide * 0.44, sheet.high * 0.9, 480)
    nature.mushroom(sheet, sheet.wide * 0.1, sheet.high * 0.94, 80)
    corner_sun(sheet)


@motif("een eenhoorn onder een regenboog")
def unicorn(sheet: Sheet) -> None:
    sky(sheet, "#f5dcea")
    nature.rainbow(sheet, sheet.wide * 0.5, sheet.high * 0.86, sheet.wide * 0.46)
    nature.ground(sheet, sheet.high * 0.82, LIME)
    beasts.unicorn(sheet, sheet.wide * 0.46, sheet.high * 0.9, 430)
    for place in (0.08, 0.2, 0.8, 0.92):
        nature.flower(
            sheet, sheet.wide * place, sheet.high * 0.95, 90, sheet.hand.pick((PINK, PURPLE, SUN))
        )


@motif("een raket tussen de planeten", "portrait", paper="night", medium="chalk")
def rocket(sheet: Sheet) -> None:
    hand = sheet.hand
    for _ in range(14):
        nature.star(
            sheet, hand.random.uniform(30, 720), hand.random.uniform(30, 960), hand.about(17, 0.4)
        )
    for x, y, size in ((0.16, 0.2, 70), (0.84, 0.38, 54), (0.16, 0.72, 46)):
        sheet.shape(
            oval(sheet.wide * x, sheet.high * y, size), hand.pick((ORANGE, TURQUOISE, PURPLE, PINK))
        )
        sheet.line(oval(sheet.wide * x, sheet.high * y, size * 1.55, size * 0.3, -18), SUN, 0.9)
    made.rocket(sheet, sheet.wide * 0.5, sheet.high * 0.72, 480)


@motif("een kasteel met vlaggen")
def castle(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.82)
    made.castle(sheet, sheet.wide * 0.5, sheet.high * 0.88, 560)
    people.person(sheet, sheet.wide * 0.1, sheet.high * 0.94, 190)
    nature.cloud(sheet, sheet.wide * 0.14, 120, 70)
    corner_sun(sheet)


@motif("de stoomboot vol cadeautjes")
def steamboat(sheet: Sheet) -> None:
    sky(sheet, "#dce7ee")
    treats.steamboat(sheet, sheet.wide * 0.5, sheet.high * 0.7, 620)
    nature.waves(sheet, sheet.high * 0.72)
    animals.gulls(sheet, points("140 130 220 90 860 120"))


@motif("een wit paard op het dak")
def roof_horse(sheet: Sheet) -> None:
    hand = sheet.hand
    nature.moon(sheet, sheet.wide * 0.86, 120, 70)
    for _ in range(8):
        nature.star(
            sheet, hand.random.uniform(40, 760), hand.random.uniform(40, 240), hand.about(20, 0.3)
        )
    sheet.shape(
        points("-20 620 140 500 860 500 1020 620 1020 790 -20 790 -20 620"), "#b5503c", angle=6
    )
    for row in range(3):
        for tile in range(13):
            sheet.line(arc(tile * 82 + (row % 2) * 40, 560 + row * 66, 40, 20, 0, 180), BARK, 0.5)
    beasts.horse(sheet, sheet.wide * 0.46, 510, 340)
    sheet.shape(box(760, 400, 80, 120), "#8c4637")


@motif("een schoen met een wortel en pepernoten", "square")
def shoe(sheet: Sheet) -> None:
    colour = hand_pick(sheet, (BROWN, RED, BLUE, PURPLE))
    hill = curve(*points("130 620 150 400 300 390 380 480 600 520 730 570 740 650"))
    sheet.shape([*hill, (130, 650), hill[0]], colour)
    sheet.shape(box(120, 640, 630, 36), BARK)
    for hole in range(3):
        sheet.line(
            [(330 + hole * 50, 440 + hole * 28), (390 + hole * 50, 420 + hole * 30)], WHITE, 1.2
        )
    sheet.shape(points("180 410 260 390 250 180 205 190 180 410"), ORANGE, angle=10)
    for leaf in (-40, 0, 40):
        sheet.line(curve((226, 190), (226 + leaf * 0.5, 140), (226 + leaf, 90)), GREEN, 1.6)
    for _ in range(16):
        nature.conker(
            sheet, sheet.hand.random.uniform(60, 800), sheet.hand.random.uniform(720, 820), 17
        )


@motif("een circustent met acrobaten")
def circus(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.8, "#dcb670")
    made.tent(sheet, sheet.wide * 0.46, sheet.high * 0.84, 520)
    people.person(sheet, sheet.wide * 0.85, sheet.high * 0.92, 260, arms=(50, 50))
    for x, y in points("0.78 0.48 0.85 0.42 0.92 0.48"):
        made.ball(sheet, sheet.wide * x, sheet.high * y, 20)


@motif("een robot", "portrait")
def robot(sheet: Sheet) -> None:
    hand, x = sheet.hand, sheet.wide * 0.5
    metal = hand.pick((SILVER, SKY, TURQUOISE, "#cdb6d8"))
    sheet.line([(x, 220), (x, 130)], "", 1.2)
    sheet.shape(oval(x, 120, 24), RED)
    for side in (-1, 1):
        sheet.line([(x + side * 170, 480), (x + side * 280, 560), (x + side * 270, 680)], metal, 4)
        sheet.shape(oval(x + side * 270, 700, 44), hand.pick(BRIGHT))
        sheet.shape(box(x + side * 90 - 45, 740, 90, 150), metal)
        sheet.shape(box(x + side * 100 - 70, 880, 140, 50), mixed(metal, BARK, 0.4))
    sheet.shape(box(x - 175, 430, 350, 320), metal)
    sheet.shape(box(x - 140, 215, 280, 190), metal)
    for side in (-1, 1):
        sheet.shape(oval(x + side * 66, 290, 38), SUN)
        sheet.dots([(x + side * 66, 290)], sheet.ink, 14)
    sheet.line([(x - 80 + k * 20, 360 + (k % 2) * 18) for k in range(9)], "", 1)
    for row in range(2):
        for place in (-90, 0, 90):
            sheet.shape(oval(x + place, 520 + row * 110, 34), hand.pick(BRIGHT))
