"""The colours of tokens.css against the bar: WCAG 2.2 AA, and apart for colour-blind eyes."""

import re
from itertools import combinations
from math import dist
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static/css/tokens.css"
Colour = tuple[float, float, float]  # linear light, 0 to 1

TEXT, LARGE = 4.5, 3.0  # contrast that AA asks of text, and of edges and signs
APART = 0.025  # in OKLab: a little more than a step that people just notice
SURFACES = ["paper", "card", "sunk"]
TINT = 0.14  # of a hue in what stands behind its letters

# Machado, Oliveira and Fernandes (2009), severity 1: how the world looks without one kind of cone.
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def themes() -> dict[str, dict[str, Colour]]:
    light, dark = CSS.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    plain = {"light": found[0], "dark": found[0] | found[1]}
    return {name: {k: linear(v) for k, v in tokens.items()} for name, tokens in plain.items()}


def linear(hexadecimal: str) -> Colour:
    red, green, blue = (int(hexadecimal[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(one: Colour, other: Colour) -> float:
    dark, bright = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def oklab(colour: Colour) -> Colour:
    r, g, b = (max(0.0, part) for part in colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen(colour: Colour, eye: str) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in EYES[eye])
    return oklab((red, green, blue))


def from_oklab(lightness: float, a: float, b: float) -> Colour:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def tinted(hue: Colour, surface: Colour) -> Colour:
    """As ``color-mix(in oklab, hue 14%, surface)``: behind initials; a chip has 12 %."""
    pairs = zip(oklab(hue), oklab(surface), strict=True)
    lightness, a, b = (TINT * one + (1 - TINT) * other for one, other in pairs)
    return from_oklab(lightness, a, b)


THEMES = themes()
GROUPS = [f"group-{number}" for number in range(1, 13)] + ["group-bso"]
both = pytest.mark.parametrize("theme", THEMES)


@both
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "ink-faint", "coral", "leaf"])
def test_text_is_readable_on_every_surface(theme: str, ink: str, surface: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[surface]) >= TEXT


@both
@pytest.mark.parametrize(
    ("ink", "surface"),
    [
        ("sun-ink", "sun"),
        ("sun-ink", "sun-deep"),
        ("paper", "ink"),
        ("paper", "ink-soft"),
        ("coral-ink", "coral"),
        ("coral", "coral-soft"),
        ("ink", "coral-soft"),
        ("leaf-ink", "leaf"),
        ("leaf", "leaf-soft"),
        ("ink", "sun-soft"),
    ],
)
def test_text_is_readable_on_its_own_colour(theme: str, ink: str, surface: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[surface]) >= TEXT


@both
@pytest.mark.parametrize("surface", ["paper", "card"])
@pytest.mark.parametrize("edge", ["edge", "focus"])
def test_edges_of_what_is_filled_in_are_visible(theme: str, edge: str, surface: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[edge], tokens[surface]) >= LARGE


@both
@pytest.mark.parametrize("group", [*GROUPS, "group-school"])
def test_the_name_of_a_group_is_readable_in_its_colour(theme: str, group: str) -> None:
    tokens = THEMES[theme]
    hue, card = tokens[group], tokens["card"]
    assert contrast(hue, card) >= TEXT
    assert contrast(hue, tinted(hue, card)) >= TEXT


@both
@pytest.mark.parametrize("eye", EYES)
def test_groups_differ_for_every_kind_of_eye(theme: str, eye: str) -> None:
    tokens = THEMES[theme]
    pairs = combinations(GROUPS, 2)
    near = {pair: dist(seen(tokens[pair[0]], eye), seen(tokens[pair[1]], eye)) for pair in pairs}
    assert {pair: apart for pair, apart in near.items() if apart < APART} == {}
