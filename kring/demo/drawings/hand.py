"""A child's hand: it trembles, overshoots and leaves gaps, less with every birthday."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin
from random import Random

type Point = tuple[float, float]
type Path = list[Point]
type Along = Sequence[tuple[float, float]]

_STEP = 9.0  # units between the points of a drawn line
_WAVES = ((0.62, 150.0), (0.32, 62.0), (0.16, 23.0))  # share of a tremor, and its length in units


class Hand:
    """Draws the same for the same seed and age, always."""

    def __init__(self, seed: str, age: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a drawing is no secret
        self.age = age
        self.shake = max(1.3, 9.5 - 0.8 * age)  # units that a line may wander

    def about(self, value: float, share: float = 0.12) -> float:
        """A number near this one."""
        return value * self.random.uniform(1 - share, 1 + share)

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.random.random() < share

    def pick[T](self, among: Sequence[T]) -> T:
        """One of them."""
        return self.random.choice(among)

    def shaky(self, path: Along, *, calm: float = 1.0) -> Path:
        """The path as this hand follows it."""
        points = list(resampled(path))
        xs, ys = [x for x, _ in points], [y for _, y in points]
        size = max(max(xs) - min(xs), max(ys) - min(ys))
        amplitude = min(self.shake, 0.045 * size + 0.25) * calm
        right, down = self._tremor(amplitude), self._tremor(amplitude)
        return [
            (x + right(along * _STEP), y + down(along * _STEP))
            for along, (x, y) in enumerate(points)
        ]

    def hatched(self, outline: Path, angle: float, spacing: float) -> list[Path]:
        """Strokes to and fro that fill an outline, nearly."""
        turned = rotated(outline, -angle)
        low, high = min(y for _, y in turned), max(y for _, y in turned)
        strokes: list[Path] = []
        at, back, lifted = low + spacing * 0.4, False, True
        while at < high:
            rows = [self._row(left, right, at, spacing) for left, right in crossings(turned, at)]
            if len(rows) == 1 and not lifted:
                strokes[-1].extend(reversed(rows[0]) if back else rows[0])
            else:
                strokes.extend(rows)
            lifted = len(rows) != 1 or self.chance(0.06)
            back = not lifted and not back
            at += spacing * self.random.uniform(0.8, 1.2)
        return [rotated(stroke, angle) for stroke in strokes]

    def _row(self, left: float, right: float, at: float, spacing: float) -> Path:
        over = self.shake * 0.8
        start = left + self.random.uniform(-over, over * 1.3)
        end = max(start + 1, right + self.random.uniform(-over * 1.3, over))
        bow = self.random.uniform(-0.3, 0.3) * spacing
        slope = self.random.uniform(-0.35, 0.35) * spacing
        return [(start, at - slope), ((start + end) / 2, at + bow), (end, at + slope)]

    def _tremor(self, amplitude: float) -> Callable[[float], float]:
        waves = [
            (
                amplitude * share,
                2 * pi / (length * self.random.uniform(0.8, 1.25)),
                self.random.uniform(0, 2 * pi),
            )
            for share, length in _WAVES
        ]
        return lambda along: sum(high * sin(pace * along + begin) for high, pace, begin in waves)


def resampled(path: Along) -> Iterator[Point]:
    """The same path with a point every few units."""
    yield path[0]
    for (x0, y0), (x1, y1) in pairwise(path):
        parts = max(1, round(hypot(x1 - x0, y1 - y0) / _STEP))
        for part in range(1, parts + 1):
            yield x0 + (x1 - x0) * part / parts, y0 + (y1 - y0) * part / parts


def crossings(path: Path, at: float) -> list[tuple[float, float]]:
    """Where a level line lies inside a closed path."""
    xs = [
        x0 + (at - y0) / (y1 - y0) * (x1 - x0)
        for (x0, y0), (x1, y1) in zip(path, path[1:] + path[:1], strict=True)
        if (y0 <= at) != (y1 <= at)
    ]
    xs.sort()
    return list(zip(xs[::2], xs[1::2], strict=False))


def rotated(path: Along, angle: float, around: Point = (0.0, 0.0)) -> Path:
    """Turned by degrees, clockwise as the page shows it."""
    c, s, (ox, oy) = cos(angle * pi / 180), sin(angle * pi / 180), around
    return [(ox + (x - ox) * c - (y - oy) * s, oy + (x - ox) * s + (y - oy) * c) for x, y in path]


def moved(path: Along, right: float, down: float, scale: float = 1.0) -> Path:
    """Made larger, then put elsewhere."""
    return [(x * scale + right, y * scale + down) for x, y in path]


def oval(x: float, y: float, wide: float, high: float | None = None, turn: float = 0) -> Path:
    """A closed oval with these radii."""
    high = wide if high is None else high
    parts = max(12, round((wide + high) / 5))
    path = [
        (x + wide * cos(2 * pi * part / parts), y + high * sin(2 * pi * part / parts))
        for part in range(parts + 1)
    ]
    return rotated(path, turn, (x, y)) if turn else path


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Path:
    """Part of an oval, from one angle in degrees to another; 0 is right, 90 is down."""
    parts = max(6, round((wide + high) * abs(end - start) / 2000))
    angles = [(start + (end - start) * part / parts) * pi / 180 for part in range(parts + 1)]
    return [(x + wide * cos(angle), y + high * sin(angle)) for angle in angles]


def box(x: float, y: float, wide: float, high: float) -> Path:
    """A closed rectangle from its upper left corner."""
    return [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)]


def curve(*through: Point, closed: bool = False) -> Path:
    """A smooth line through points."""
    points = list(through)
    around = [points[-1], *points, points[0], points[1]] if closed else None
    around = around or [points[0], *points, points[-1]]
    path = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        path += [_between(a, b, c, d, part / 8) for part in range(8)]
    return [*path, around[-2]]


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """Catmull and Rom's way from b to c."""
    x, y = (
        0.5
        * (
            2 * b[i]
            + (c[i] - a[i]) * t
            + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t
            + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
        )
        for i in (0, 1)
    )
    return x, y


def points(told: str) -> Path:
    """Points told as numbers: "0 0 10 -5" are two."""
    numbers = [float(number) for number in told.split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def placed(x: float, y: float, size: float) -> Callable[..., Path]:
    """Points around (x, y), told as numbers in hundredths of the size: "-20 0 35 -10".

    A second argument of -1 shows them in a mirror.
    """

    def on(told: str, side: int = 1) -> Path:
        unit = size / 100
        return [(x + right * unit * side, y + down * unit) for right, down in points(told)]

    return on
