"""Scenes with animals."""

from math import sin

from kring.demo.drawings import animals, beasts, made, nature
from kring.demo.drawings.hand import arc, curve, oval, points
from kring.demo.drawings.motifs import motif
from kring.demo.drawings.outdoors import corner_sun, scattered, sky
from kring.demo.drawings.palette import (
    BARK,
    BROWN,
    FOREST,
    GREEN,
    GREY,
    LIME,
    MOSS,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    SEA,
    WHITE,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


@motif("een spin in haar web", "square")
def spider(sheet: Sheet) -> None:
    thread = "#dfe6ee" if sheet.is_dark else GREY
    animals.web(sheet, sheet.wide * 0.5, sheet.high * 0.48, 410, thread)
    animals.spider(sheet, sheet.wide * 0.56, sheet.high * 0.52, sheet.hand.about(200))
    nature.leaf(sheet, sheet.wide * 0.16, sheet.high * 0.84, 120, turn=40)


@motif("een uil op een tak in de nacht", "portrait", paper="night", medium="chalk")
def owl_by_night(sheet: Sheet) -> None:
    hand = sheet.hand
    nature.moon(sheet, sheet.wide * 0.78, sheet.high * 0.16, 80)
    for _ in range(9):
        nature.star(
            sheet, hand.random.uniform(40, 700), hand.random.uniform(40, 360), hand.about(22, 0.3)
        )
    branch = curve(
        (-20, sheet.high * 0.8),
        (sheet.wide * 0.4, sheet.high * 0.77),
        (sheet.wide + 20, sheet.high * 0.7),
    )
    sheet.line(branch, BROWN, 3.6)
    for x in (0.12, 0.82, 0.92):
        nature.leaf(
            sheet, sheet.wide * x, sheet.high * 0.83, 110, turn=hand.random.uniform(-50, 50)
        )
    animals.owl(sheet, sheet.wide * 0.47, sheet.high * 0.765, 500)


@motif("twee uilen in een boom")
def owls(sheet: Sheet) -> None:
    sky(sheet)
    nature.tree(sheet, sheet.wide * 0.12, sheet.high * 1.02, 700, kind="autumn")
    branch = curve(
        (sheet.wide * 0.1, sheet.high * 0.72),
        (sheet.wide * 0.5, sheet.high * 0.74),
        (sheet.wide + 20, sheet.high * 0.68),
    )
    sheet.line(branch, BROWN, 3.4)
    animals.owl(sheet, sheet.wide * 0.46, sheet.high * 0.71, 300)
    animals.owl(sheet, sheet.wide * 0.74, sheet.high * 0.69, 260)
    scattered(sheet, 5, sheet.high * 0.84, 60, 100)


@motif("een eekhoorn met een noot", "square")
def squirrel(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.78, MOSS)
    nature.tree(sheet, sheet.wide * 0.84, sheet.high * 0.85, 560, kind="autumn")
    animals.squirrel(sheet, sheet.wide * 0.42, sheet.high * 0.88, 500)
    nature.acorn(sheet, sheet.wide * 0.7, sheet.high * 0.93, 40)
    scattered(sheet, 4, sheet.high * 0.9, 50, 80)


@motif("een slak op een blad")
def snail(sheet: Sheet) -> None:
    sky(sheet)
    nature.grass(sheet, sheet.high - 10, LIME)
    nature.leaf(sheet, sheet.wide * 0.5, sheet.high * 0.76, 620, turn=82, colour=GREEN)
    animals.snail(sheet, sheet.wide * 0.5, sheet.high * 0.75, 380)
    nature.cloud(sheet, sheet.wide * 0.8, 120, 90)
    nature.rain(sheet, sheet.wide * 0.65, sheet.wide * 0.95, 170, 320)


@motif("vlinders boven bloemen")
def butterflies(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.86)
    for place in range(7):
        nature.flower(
            sheet, sheet.wide * (0.08 + place * 0.14), sheet.high * 0.92, sheet.hand.about(190, 0.3)
        )
    for x, y, size in ((0.25, 0.32, 230), (0.58, 0.2, 180), (0.8, 0.42, 210)):
        animals.butterfly(sheet, sheet.wide * x, sheet.high * y, size)


@motif("een rups en een lieveheersbeestje")
def caterpillar(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.76, LIME)
    animals.caterpillar(sheet, sheet.wide * 0.46, sheet.high * 0.8, 560)
    animals.ladybird(sheet, sheet.wide * 0.8, sheet.high * 0.92, 120)
    corner_sun(sheet)
    nature.flower(sheet, sheet.wide * 0.08, sheet.high * 0.9, 200)


@motif("vogels bij een voederhuisje", "portrait")
def bird_table(sheet: Sheet) -> None:
    x, high = sheet.wide * 0.5, sheet.high
    sky(sheet)
    nature.ground(sheet, high * 0.86)
    sheet.line([(x, high * 0.93), (x, high * 0.5)], BROWN, 3)
    sheet.shape(
        [
            (x - 190, high * 0.5),
            (x + 190, high * 0.5),
            (x + 190, high * 0.53),
            (x - 190, high * 0.53),
            (x - 190, high * 0.5),
        ],
        BROWN,
    )
    for post in (-160, 160):
        sheet.line([(x + post, high * 0.5), (x + post, high * 0.32)], BROWN, 1.6)
    sheet.shape(
        [(x - 230, high * 0.33), (x, high * 0.18), (x + 230, high * 0.33), (x - 230, high * 0.33)],
        RED,
    )
    animals.bird(sheet, x - 80, high * 0.5, 130)
    animals.bird(sheet, x + 90, high * 0.5, 120)
    animals.bird(sheet, sheet.wide * 0.2, high * 0.93, 150)


@motif("een poes op de bank", "square")
def cat(sheet: Sheet) -> None:
    hand = sheet.hand
    seat = hand.pick((PURPLE, SEA, "#a65b4d", GREEN))
    sheet.shape(
        curve(*points("90 500 110 300 430 270 750 300 770 500"), closed=True),
        mixed(seat, WHITE, 0.25),
    )
    sheet.shape(points("60 470 800 470 810 700 50 700 60 470"), seat)
    for side in (70, 790):
        sheet.shape(oval(side, 540, 62, 150), mixed(seat, BARK, 0.15))
    beasts.cat(sheet, 430, 560, 400)
    sheet.line([(0, 745), (860, 740)], BROWN, 1.2)


@motif("twee katten in de maneschijn", paper="night", medium="chalk")
def cats_by_night(sheet: Sheet) -> None:
    hand = sheet.hand
    nature.moon(sheet, 800, 150, 85)
    for _ in range(10):
        nature.star(
            sheet, hand.random.uniform(30, 700), hand.random.uniform(30, 260), hand.about(18, 0.3)
        )
    roof = points("-20 560 500 470 1020 560 1020 780 -20 780 -20 560")
    sheet.shape(roof, "#9c4434", angle=8)
    beasts.cat(sheet, 360, 510, 250, ORANGE)
    beasts.cat(sheet, 620, 510, 230, GREY)


@motif("een hond in het park")
def dog(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.7)
    nature.tree(sheet, sheet.wide * 0.86, sheet.high * 0.78, 430)
    beasts.dog(sheet, sheet.wide * 0.48, sheet.high * 0.88, 420)
    made.ball(sheet, sheet.wide * 0.14, sheet.high * 0.87, 40)
    corner_sun(sheet)


@motif("vissen in het water")
def fishes(sheet: Sheet) -> None:
    hand = sheet.hand
    sheet.wash("#9ed3e6", 0.7)
    for _ in range(5):
        x = hand.random.uniform(40, sheet.wide - 40)
        stalk = [(x + sin(t) * 16, sheet.high - t * 38) for t in range(hand.random.randint(4, 8))]
        sheet.line(stalk, hand.pick((GREEN, FOREST, LIME)), 1.8)
    for x, y, size in (
        (0.24, 0.28, 230),
        (0.68, 0.22, 190),
        (0.5, 0.54, 300),
        (0.2, 0.72, 170),
        (0.82, 0.66, 220),
    ):
        beasts.fish(sheet, sheet.wide * x, sheet.high * y, hand.about(size), left=hand.chance(0.5))
    for _ in range(12):
        sheet.line(
            oval(
                hand.random.uniform(30, sheet.wide - 30),
                hand.random.uniform(40, sheet.high - 60),
                hand.random.uniform(6, 15),
            ),
            SEA,
            0.6,
        )


@motif("een vissenkom met een goudvis", "square")
def fish_bowl(sheet: Sheet) -> None:
    sheet.line([(0, 740), (860, 735)], BROWN, 1.6)
    water = arc(430, 450, 300, 290, -18, 198)
    sheet.shape([*water, water[0]], "#bfe3f0", edge=SEA)
    sheet.line([*arc(430, 450, 300, 290, -62, 242)], SEA, 1.2)
    sheet.line(oval(430, 192, 142, 26), SEA, 1.0)
    beasts.fish(sheet, 440, 470, 270, colour=ORANGE)
    for x, y in points("590 420 606 380 586 340"):
        sheet.line(oval(x, y, 11), SEA, 0.6)
    for place in (300, 340, 540):
        stalk = [(place + sin(t) * 12, 715 - t * 30) for t in range(6)]
        sheet.line(stalk, GREEN, 1.4)
    sheet.dots([(430 + k * 34, 722 - abs(k) * 3) for k in range(-5, 6)], PINK, 12)
