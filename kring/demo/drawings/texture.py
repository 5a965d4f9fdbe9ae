"""What makes lines a drawing: tooth of the paper, wax, blots of paint, and the light on it."""

from functools import cache

import pyvips

from kring.demo.drawings.sheet import Sheet

SCALE = 1.6  # pixels per unit: 1600 for a landscape sheet
_LARGEST = 1760


def developed(sheet: Sheet, scale: float = SCALE, seed: int = 1) -> pyvips.Image:
    """The sheet as a picture, sRGB without alpha."""
    wide, high = round(sheet.wide * scale), round(sheet.high * scale)
    drawn = laid_on(_paper(sheet.paper, wide, high, seed), sheet, scale, seed)
    return (drawn * _light(wide, high, seed)).cast("uchar").copy(interpretation="srgb")


def laid_on(ground: pyvips.Image, sheet: Sheet, scale: float, seed: int = 1) -> pyvips.Image:
    """What is drawn on the sheet, drawn on a picture of the same size."""
    drawn = pyvips.Image.svgload_buffer(sheet.svg(scale))
    laid = pyvips.Image.svgload_buffer(sheet.svg(scale, mapped=True))
    wide, high = drawn.width, drawn.height
    tooth, blots = _cut(_tooth(), wide, high, seed), _cut(_blots(), wide, high, seed)
    grain, wash = laid[0] / 255, laid[1] / 255
    alpha = drawn[3] / 255 * (1 - grain * (1 - tooth)) * (1 - wash * blots * 0.62)
    shade = 1 - _rim(drawn[3]) * wash * 0.45 - wash * blots * 0.05
    return drawn.extract_band(0, n=3) * shade * alpha + ground * (1 - alpha)


def _rim(alpha: pyvips.Image) -> pyvips.Image:
    """Where paint dries darkest: inside its edge."""
    return ((alpha - alpha.gaussblur(6)) / 255).abs()


@cache
def _tooth() -> pyvips.Image:
    """Where wax takes: from 0, the valleys of the paper, to 1."""
    fine = pyvips.Image.gaussnoise(_LARGEST, _LARGEST, mean=0, sigma=1, seed=7).gaussblur(1.1)
    coarse = pyvips.Image.gaussnoise(_LARGEST, _LARGEST, mean=0, sigma=1, seed=8).gaussblur(2.6)
    rough = fine / fine.deviate() * 0.72 + coarse / coarse.deviate() * 0.5
    return _clamped(rough * 0.55 + 0.93).copy_memory()


@cache
def _blots() -> pyvips.Image:
    """How thin the paint is here, from 0 to 1."""
    small = pyvips.Image.gaussnoise(220, 220, mean=0, sigma=1, seed=9).gaussblur(4.5)
    wide = (small / small.deviate()).resize(_LARGEST / 220, kernel="cubic")
    fine = pyvips.Image.gaussnoise(_LARGEST, _LARGEST, mean=0, sigma=1, seed=10).gaussblur(1.6)
    return _clamped(wide * 0.24 + fine / fine.deviate() * 0.05 + 0.42).copy_memory()


@cache
def _fibres() -> pyvips.Image:
    fine = pyvips.Image.gaussnoise(_LARGEST, _LARGEST, mean=0, sigma=1, seed=11).gaussblur(0.8)
    return (fine / fine.deviate()).copy_memory()


def _paper(colour: str, wide: int, high: int, seed: int) -> pyvips.Image:
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    fibres = _cut(_fibres(), wide, high, seed) * 1.7
    return (fibres + channels[0]).bandjoin([fibres + channel for channel in channels[1:]])


def _light(wide: int, high: int, seed: int) -> pyvips.Image:
    """The window is somewhere: one side is a little darker, the corners too."""
    where = pyvips.Image.xyz(wide, high)
    x, y = where[0] / wide - 0.5, where[1] / high - 0.5
    side = ((seed * 37) % 21 - 10) / 10
    return 0.995 - x * 0.035 * side - y * 0.025 - (x * x + y * y) * 0.07


def _clamped(image: pyvips.Image) -> pyvips.Image:
    return (image < 0).ifthenelse(0, (image > 1).ifthenelse(1, image))


def _cut(field: pyvips.Image, wide: int, high: int, seed: int) -> pyvips.Image:
    """Another part of the field for every seed."""
    right = (seed * 131) % (field.width - wide + 1)
    down = (seed * 71) % (field.height - high + 1)
    return field.crop(right, down, wide, high)
