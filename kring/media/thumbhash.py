"""ThumbHash (evanw/thumbhash): some 20 bytes that a browser turns into a blur of the picture.

Only the part for opaque pictures: everything here lies on white before it is hashed. The hash
holds the mean of three channels (lightness, yellow against blue, red against green) and the first
waves of a cosine transform of each, quantised to four bits a wave.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from math import cos, floor, pi

type _Channel = tuple[float, list[float], float]  # the mean, the waves from 0 to 1, their scale

_WAVES = 7  # of the long side
_COLOUR_WAVES = 3


def thumbhash(width: int, height: int, pixels: bytes) -> bytes:
    """The hash of an opaque picture, as red, green and blue bytes row by row; at most 100 px.

    A picture of 32 px a side is enough for seven waves, and takes two milliseconds.
    """
    longest = max(width, height)
    across = max(1, _rounded(_WAVES * width / longest))
    down = max(1, _rounded(_WAVES * height / longest))
    reds, greens, blues = (pixels[band::3] for band in range(3))
    colours = list(zip(reds, greens, blues, strict=True))
    light = _channel(
        [(r + g + b) / 765 for r, g, b in colours], width, max(3, across), max(3, down)
    )
    yellow = _channel([(r + g) / 510 - b / 255 for r, g, b in colours], width, 3, 3)
    red = _channel([(r - g) / 255 for r, g, _ in colours], width, 3, 3)
    return _packed(across, down, (light, yellow, red), is_wide=width > height)


def _packed(
    across: int, down: int, channels: tuple[_Channel, _Channel, _Channel], *, is_wide: bool
) -> bytes:
    light, yellow, red = channels
    head = (
        _rounded(63 * light[0])
        | _rounded(31.5 + 31.5 * yellow[0]) << 6
        | _rounded(31.5 + 31.5 * red[0]) << 12
        | _rounded(31 * light[2]) << 18
    )
    shape = (
        (down if is_wide else across)
        | _rounded(63 * yellow[2]) << 3
        | _rounded(63 * red[2]) << 9
        | is_wide << 15
    )
    nibbles = [_rounded(15 * wave) for channel in (light, yellow, red) for wave in channel[1]]
    nibbles += [0] * (len(nibbles) % 2)
    waves = bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return head.to_bytes(3, "little") + shape.to_bytes(2, "little") + waves


def _channel(values: Sequence[float], width: int, across: int, down: int) -> _Channel:
    """The waves of one channel: first along each row, then down the columns of the outcome."""
    height = len(values) // width
    rows = [
        [_dot(values[y * width : (y + 1) * width], _wave(width, i)) for i in range(across)]
        for y in range(height)
    ]
    columns = list(zip(*rows, strict=True))
    found = {
        (i, j): _dot(columns[i], _wave(height, j)) / len(values) for i, j in _kept(across, down)
    }
    mean = found.pop((0, 0))
    scale = max(map(abs, found.values()), default=0.0)
    waves = [0.5 + 0.5 / scale * value if scale else 0.0 for value in found.values()]
    return mean, waves, scale


def _kept(across: int, down: int) -> Iterator[tuple[int, int]]:
    """The triangle of low waves, in the order of the format."""
    for j in range(down):
        i = 0
        while i * down < across * (down - j):
            yield i, j
            i += 1


@cache
def _wave(length: int, waves: int) -> tuple[float, ...]:
    return tuple(cos(pi / length * waves * (x + 0.5)) for x in range(length))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _rounded(value: float) -> int:
    """Halves go up, as in JavaScript."""
    return floor(value + 0.5)
