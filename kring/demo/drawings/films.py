"""Short films of drawings that move, as a class makes them picture by picture with a tablet."""

import subprocess
from collections.abc import Callable, Iterator
from math import pi, sin
from pathlib import Path

import imageio_ffmpeg
import pyvips

from kring.demo.drawings import animals, beasts, drawn, made, nature, people, treats
from kring.demo.drawings.hand import Hand, oval
from kring.demo.drawings.palette import AUTUMN, BROWN, ORANGE, SEA
from kring.demo.drawings.sheet import Sheet
from kring.demo.drawings.texture import developed, laid_on

PACE = 8  # pictures a second
SECONDS = 10
type Move = Callable[[Sheet, float], None]


def film(name: str, to: Path) -> pyvips.Image:
    """Make an MP4 that every phone plays, and give its poster."""
    scene, move, _description = FILMS[name]
    frames = _frames(scene(), move)
    first = next(frames)
    with subprocess.Popen(_command(first, to), stdin=subprocess.PIPE) as encoder:  # noqa: S603 - our own
        assert encoder.stdin
        encoder.stdin.write(first.write_to_memory())
        for frame in frames:
            encoder.stdin.write(frame.write_to_memory())
        encoder.stdin.close()
    if encoder.returncode:
        raise OSError(f"ffmpeg ended with {encoder.returncode}")
    return first


def description(name: str) -> str:
    """What is to be seen, in Dutch."""
    return FILMS[name][2]


def _command(frame: pyvips.Image, to: Path) -> list[str]:
    return [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{frame.width}x{frame.height}"),
        *("-r", str(PACE), "-i", "-", "-c:v", "libx264", "-preset", "fast", "-crf", "24"),
        *("-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-movflags", "+faststart", str(to)),
    ]


def _frames(scene: Sheet, move: Move) -> Iterator[pyvips.Image]:
    ground = developed(scene).resize(0.625).copy_memory()
    for frame in range(PACE * SECONDS):
        above = Sheet(Hand("film", scene.hand.age), "landscape", scene.name, "white")
        above.paper, above.is_dark, above.ink = scene.paper, scene.is_dark, scene.ink
        move(above, frame / PACE)
        shown = laid_on(ground, above, 1.0)
        yield shown.cast("uchar").copy(interpretation="srgb").copy_memory()


def _as(sheet: Sheet, seed: str) -> None:
    """Draw on with a hand of its own, so that a thing is the same in every picture."""
    sheet.hand = Hand(seed, sheet.hand.age)


def _wood() -> Sheet:
    sheet = drawn.sheet_of("autumn_wood-8-5")
    nature.tree(sheet, 160, 640, 560, kind="autumn")
    return sheet


def _leaves_fall(sheet: Sheet, moment: float) -> None:
    for index in range(16):
        _as(sheet, f"leaf {index}")
        start, pace = index * 0.9 % SECONDS, 80 + index * 13 % 60
        down = (moment + start) * pace % 900 - 90
        x = 60 + index * 61 + sin(moment * 1.6 + index) * 46
        nature.leaf(
            sheet, x, down, 92, turn=sin(moment * 1.3 + index) * 70, colour=AUTUMN[index % 8]
        )
    _as(sheet, "hedgehog")
    animals.hedgehog(sheet, -160 + moment * 122, 715 - abs(sin(moment * 6)) * 8, 240)


def _bowl() -> Sheet:
    sheet = Sheet(Hand("bowl film", 6), "landscape", "paint", "cream")
    sheet.line([(0, 690), (1000, 686)], BROWN, 1.6)
    sheet.shape(oval(500, 400, 420, 300), "#bfe3f0", edge=SEA)
    sheet.line(oval(500, 122, 190, 24), SEA, 1.0)
    for place in (260, 300, 700, 750):
        stalk = [(place + sin(t) * 14, 640 - t * 34) for t in range(6)]
        sheet.line(stalk, "#3f9c4d", 1.4)
    return sheet


def _fish_swims(sheet: Sheet, moment: float) -> None:
    turn = 2 * pi * moment / SECONDS * 2
    _as(sheet, "bubbel")
    x, y = 500 + sin(turn) * 215, 410 + sin(turn * 2.5) * 50
    beasts.fish(sheet, x, y, 250, left=sin(turn + pi / 2) < 0, colour=ORANGE)
    for bubble in range(5):
        up = (moment * 90 + bubble * 97) % 440
        sheet.line(oval(430 + bubble * 34 + sin(moment * 3 + bubble) * 9, 620 - up, 9), SEA, 0.6)


def _night() -> Sheet:
    sheet = Sheet(Hand("night film", 7), "landscape", "chalk", "night")
    for star in range(16):
        nature.star(sheet, 40 + star * 137 % 920, 40 + star * 71 % 250, 17)
    nature.moon(sheet, 880, 120, 70)
    for place in (140, 480, 800):
        made.house(sheet, place, 610, 230)
    nature.ground(sheet, 620, "#46613d", hills=6)
    return sheet


def _children_walk(sheet: Sheet, moment: float) -> None:
    for index in range(4):
        _as(sheet, f"walker {index}")
        x = (moment * 105 + index * 235) % 1240 - 120
        y = 700 - abs(sin(moment * 4 + index)) * 14
        hands = people.person(sheet, x, y, 265 - index * 14, arms=(-35, 38 + sin(moment * 3) * 8))
        stick = (hands[1][0] + 32, hands[1][1] - 32)
        sheet.line([hands[1], stick], BROWN, 0.9)
        treats.lantern(sheet, *stick, 112, kind=("drum", "star", "owl", "moon")[index])


FILMS: dict[str, tuple[Callable[[], Sheet], Move, str]] = {
    "leaves": (_wood, _leaves_fall, "Filmpje van vallende bladeren en een egel die langsloopt"),
    "fish": (_bowl, _fish_swims, "Filmpje van een getekende goudvis in een kom"),
    "lanterns": (_night, _children_walk, "Filmpje van een getekende lampionnenoptocht"),
}
