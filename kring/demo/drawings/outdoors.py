"""Scenes of autumn, woods and weather."""

from kring.demo.drawings import animals, made, nature, people, treats
from kring.demo.drawings.hand import arc, points
from kring.demo.drawings.motifs import motif
from kring.demo.drawings.palette import (
    AUTUMN,
    BROWN,
    GREEN,
    GREY,
    MOSS,
    ORANGE,
    PURPLE,
    RED,
    SEA,
    SKY,
    SUN,
    mixed,
)
from kring.demo.drawings.sheet import Sheet


def sky(sheet: Sheet, colour: str = "#cfe6f2", down: float = 0.62) -> None:
    """A strip or a coat of blue above; the youngest leave it out."""
    if sheet.is_dark:
        return
    if sheet.name == "paint":
        sheet.wash(colour, 0.75)
    elif sheet.hand.chance(0.3):
        top = [
            (-30, -30),
            (sheet.wide + 30, -30),
            (sheet.wide + 30, sheet.high * down),
            (-30, sheet.high * down),
        ]
        sheet.scribble([*top, top[0]], mixed(colour, SKY, 0.5), filled=0.6, angle=3)


def corner_sun(sheet: Sheet) -> None:
    """Most suns shine in a corner."""
    right = sheet.hand.chance(0.5)
    nature.sun(
        sheet,
        sheet.wide * (0.88 if right else 0.12),
        sheet.high * 0.14,
        58,
        face=sheet.hand.age <= 6,
    )


def scattered(sheet: Sheet, count: int, top: float, low: float = 60, large: float = 105) -> None:
    """Leaves on the ground."""
    hand = sheet.hand
    for index in range(count):
        x = sheet.wide * (index + hand.random.uniform(0.2, 0.8)) / count
        y = hand.random.uniform(top, sheet.high - 40)
        nature.leaf(sheet, x, y, hand.random.uniform(low, large), turn=hand.random.uniform(0, 360))


@motif("een egel tussen herfstbladeren")
def hedgehog(sheet: Sheet) -> None:
    sky(sheet)
    high = sheet.high
    nature.ground(sheet, high * 0.68, sheet.hand.pick((MOSS, GREEN, "#b98b4e")))
    nature.tree(sheet, sheet.wide * 0.14, high * 0.72, 400, kind="autumn")
    scattered(sheet, 6, high * 0.74)
    animals.hedgehog(sheet, sheet.wide * 0.54, high * 0.86, sheet.hand.about(430))
    nature.mushroom(sheet, sheet.wide * 0.9, high * 0.84, 130)


@motif("een bos in de herfst")
def autumn_wood(sheet: Sheet) -> None:
    sky(sheet, "#f6e3c4")
    nature.ground(sheet, sheet.high * 0.7, "#b98b4e")
    if sheet.hand.chance(0.5):
        nature.path_to(sheet, sheet.wide * 0.52, sheet.high * 0.7, 150)
    trees = sheet.hand.random.randint(4, 6)
    for index in range(trees):
        x = sheet.wide * (index + 0.5) / trees + sheet.hand.random.uniform(-25, 25)
        nature.tree(
            sheet, x, sheet.high * sheet.hand.random.uniform(0.74, 0.84), sheet.hand.about(460, 0.2)
        )
    scattered(sheet, 7, sheet.high * 0.85, 40, 70)


@motif("paddenstoelen in het bos")
def mushrooms(sheet: Sheet) -> None:
    hand = sheet.hand
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.72, hand.pick((GREEN, MOSS)))
    for x, y, size in ((0.22, 0.9, 260), (0.48, 0.82, 400), (0.76, 0.92, 300), (0.92, 0.84, 170)):
        nature.mushroom(
            sheet,
            sheet.wide * x,
            sheet.high * y,
            hand.about(size),
            hand.pick((RED, RED, ORANGE, BROWN)),
        )
    nature.grass(sheet, sheet.high - 6)
    animals.snail(sheet, sheet.wide * 0.1, sheet.high * 0.95, 110)
    corner_sun(sheet)


@motif("een rood huisje in een paddenstoel", "portrait")
def mushroom_house(sheet: Sheet) -> None:
    x, high = sheet.wide / 2, sheet.high
    sky(sheet)
    nature.ground(sheet, high * 0.8)
    nature.mushroom(sheet, x, high * 0.88, 620)
    door = [*arc(x, high * 0.77, 62, 70, 180, 360), (x + 62, high * 0.875), (x - 62, high * 0.875)]
    sheet.shape([*door, door[0]], BROWN, angle=86)
    sheet.dots([(x + 38, high * 0.81)], SUN, 8)
    made.window(sheet, x, high * 0.685, 62, "#fbe38a")
    made.smoke(sheet, x + 150, high * 0.24, 150)
    for place in (0.12, 0.26, 0.8, 0.92):
        nature.flower(sheet, sheet.wide * place, high * 0.95, 110)


@motif("gekleurde herfstbladeren")
def leaves(sheet: Sheet) -> None:
    hand = sheet.hand
    columns, rows = (4, 3) if sheet.wide > sheet.high else (3, 4)
    for column in range(columns):
        for row in range(rows):
            x = sheet.wide * (column + 0.5) / columns + hand.random.uniform(-22, 22)
            y = sheet.high * (row + 0.5) / rows + hand.random.uniform(-18, 18)
            nature.leaf(sheet, x, y, hand.about(168), turn=hand.random.uniform(-60, 60))


@motif("een groot esdoornblad", "square")
def one_leaf(sheet: Sheet) -> None:
    hand = sheet.hand
    nature.leaf(sheet, sheet.wide / 2, sheet.high * 0.48, 560, turn=hand.random.uniform(-25, 25))
    for x, y in points("0.14 0.85 0.86 0.86 0.12 0.13 0.88 0.16"):
        nature.acorn(sheet, sheet.wide * x, sheet.high * y, hand.about(42))


@motif("kastanjes en eikels")
def conkers(sheet: Sheet) -> None:
    hand = sheet.hand
    for index in range(15):
        x = sheet.wide * (0.1 + 0.2 * (index % 5)) + hand.random.uniform(-30, 30)
        y = sheet.high * (0.2 + 0.3 * (index // 5)) + hand.random.uniform(-30, 30)
        kind = hand.random.random()
        if kind < 0.5:
            nature.conker(sheet, x, y, hand.about(62))
        elif kind < 0.8:
            nature.acorn(sheet, x, y, hand.about(62))
        else:
            nature.leaf(sheet, x, y, 130, turn=hand.random.uniform(0, 360))


@motif("kinderen met vliegers in de wind")
def kites(sheet: Sheet) -> None:
    hand = sheet.hand
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.78)
    for place in (0.2, 0.72):
        up = people.person(
            sheet, sheet.wide * place, sheet.high * 0.9, hand.about(235), arms=(-30, 55)
        )
        treats.kite(
            sheet,
            sheet.wide * (place + 0.17),
            sheet.high * hand.random.uniform(0.2, 0.34),
            120,
            up[1],
        )
    nature.cloud(sheet, sheet.wide * 0.14, sheet.high * 0.15, 80)
    nature.cloud(sheet, sheet.wide * 0.58, sheet.high * 0.12, 62)


@motif("een kind met een paraplu in de regen", "portrait")
def umbrella(sheet: Sheet) -> None:
    for x in (0.24, 0.72):
        nature.cloud(sheet, sheet.wide * x, 110, 110, GREY)
    nature.rain(sheet, 10, sheet.wide - 10, 190, sheet.high * 0.84)
    nature.ground(sheet, sheet.high * 0.86, "#9aa7a5", hills=5)
    nature.puddle(sheet, sheet.wide * 0.76, sheet.high * 0.93, 120)
    nature.puddle(sheet, sheet.wide * 0.2, sheet.high * 0.96, 80)
    hands = people.person(sheet, sheet.wide * 0.45, sheet.high * 0.9, 430, arms=(-40, 42))
    treats.umbrella(sheet, *hands[1], sheet.hand.about(360, 0.06))


@motif("kinderen die in plassen springen")
def puddles(sheet: Sheet) -> None:
    for x in (0.15, 0.5, 0.85):
        nature.cloud(sheet, sheet.wide * x, 85, 90, mixed(GREY, SKY, 0.5))
    nature.rain(sheet, 0, sheet.wide, 150, sheet.high * 0.75)
    for x, lift in points("0.22 40 0.5 0 0.78 60"):
        nature.puddle(sheet, sheet.wide * x, sheet.high * 0.9, 130)
        people.person(
            sheet, sheet.wide * x, sheet.high * 0.9 - lift, sheet.hand.about(290), arms=(40, 40)
        )


@motif("een regenboog boven een huis")
def rainbow_house(sheet: Sheet) -> None:
    sky(sheet)
    nature.rainbow(sheet, sheet.wide * 0.46, sheet.high * 0.84, sheet.wide * 0.43)
    nature.ground(sheet, sheet.high * 0.8)
    made.house(sheet, sheet.wide * 0.46, sheet.high * 0.86, sheet.hand.about(320))
    corner_sun(sheet)
    for place in (0.08, 0.2, 0.76, 0.88):
        nature.flower(sheet, sheet.wide * place, sheet.high * 0.93, 100)


@motif("een huis met een tuin")
def home(sheet: Sheet) -> None:
    sky(sheet)
    nature.ground(sheet, sheet.high * 0.74)
    made.house(sheet, sheet.wide * 0.4, sheet.high * 0.82, sheet.hand.about(430))
    nature.tree(sheet, sheet.wide * 0.86, sheet.high * 0.84, 380)
    if sheet.hand.age > 6:
        nature.path_to(sheet, sheet.wide * 0.4, sheet.high * 0.82, 90)
    for place in (0.06, 0.15, 0.62, 0.72):
        nature.flower(sheet, sheet.wide * place, sheet.high * 0.94, 90)
    corner_sun(sheet)


@motif("een vogelverschrikker tussen pompoenen")
def pumpkins(sheet: Sheet) -> None:
    sky(sheet, "#f6e3c4")
    nature.ground(sheet, sheet.high * 0.72, "#b98b4e")
    x, high = sheet.wide * 0.5, sheet.high
    sheet.line([(x, high * 0.9), (x, high * 0.3)], BROWN, 2)
    sheet.line([(x - 190, high * 0.45), (x + 190, high * 0.43)], BROWN, 2)
    people.person(
        sheet,
        x,
        high * 0.86,
        430,
        arms=(2, 2),
        look=("#f0dba6", "#d9a63e", "spikes", sheet.hand.pick((RED, PURPLE, SEA))),
    )
    for place, size in points("0.12 190 0.3 140 0.73 150 0.89 200"):
        treats.pumpkin(sheet, sheet.wide * place, high * 0.93, size, face=sheet.hand.chance(0.3))
    animals.gulls(sheet, points("150 120 230 90 800 130"))


@motif("een winterboom vol vogels", "portrait")
def bare_tree(sheet: Sheet) -> None:
    sky(sheet, "#dfe7ee")
    nature.ground(sheet, sheet.high * 0.88, "#c9b28a")
    nature.tree(sheet, sheet.wide * 0.5, sheet.high * 0.92, 900, kind="bare")
    for x, y in points("0.26 0.32 0.72 0.3 0.5 0.22 0.16 0.94"):
        animals.bird(sheet, sheet.wide * x, sheet.high * y, 110)
    for _ in range(12):
        nature.dab(
            sheet,
            sheet.hand.random.uniform(40, 710),
            sheet.hand.random.uniform(560, 960),
            18,
            sheet.hand.pick(AUTUMN),
        )
