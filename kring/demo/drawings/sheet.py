"""A sheet of paper that is drawn on, and what it is drawn with."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kring.demo.drawings.hand import Along, Hand, Path, resampled
from kring.demo.drawings.palette import PAPERS, mixed


@dataclass(frozen=True, slots=True)
class Medium:
    """How something draws: grain lets the paper through, wash makes blots, both from 0 to 1."""

    line: float  # units wide
    grain: float
    wash: float
    spacing: float  # units between the strokes of a fill
    base: float  # opacity of the colour under the strokes
    opacity: float
    edge: float  # how much darker an outline is than its fill


CRAYON = Medium(8.5, 0.95, 0.0, 11.0, 0.42, 0.86, 0.3)
FELT = Medium(5.0, 0.06, 0.12, 8.5, 0.62, 0.6, 0.9)
PENCIL = Medium(3.4, 0.75, 0.0, 6.0, 0.3, 0.62, 0.5)
PAINT = Medium(9.0, 0.16, 0.95, 26.0, 0.86, 0.22, 0.25)
CHALK = Medium(8.0, 0.8, 0.0, 11.0, 0.5, 0.86, 0.0)
MEDIA = {"crayon": CRAYON, "felt": FELT, "pencil": PENCIL, "paint": PAINT, "chalk": CHALK}
SIZES = {"landscape": (1000, 750), "portrait": (750, 1000), "square": (860, 860)}
FULL = 0.999


class Stroke(NamedTuple):
    """One line or area as it lies on the paper; an area has no width."""

    path: str
    colour: str
    width: float
    opacity: float
    grain: float
    wash: float


class Sheet:
    """Takes lines and shapes in the order in which they are drawn. Units: about 1000 wide."""

    def __init__(self, hand: Hand, size: str, medium: str, paper: str) -> None:
        self.hand = hand
        self.wide, self.high = SIZES[size]
        self.medium = MEDIA[medium]
        self.name = medium
        self.paper = PAPERS[paper]
        self.is_dark = paper in {"black", "night"}
        self.strokes: list[Stroke] = []
        self.mirrored = False  # the same scene, looked at from the other side
        self.near = 1.0  # a little nearer than all of it
        self.angle = hand.random.uniform(-60, 20)  # in which this hand likes to scribble
        self.ink = "#f4efe2" if self.is_dark else hand.pick(("#2a2a35", "#27303f", "#3a2a22"))

    def line(
        self,
        path: Along,
        colour: str = "",
        width: float = 1.0,
        *,
        calm: float = 1.0,
        opacity: float = 0.94,
    ) -> None:
        """Draw along a path; the width is relative to what the medium usually draws."""
        medium = self.medium
        colour = self.seen(colour or self.ink)
        drawn = smooth(self.hand.shaky(path, calm=calm))
        self.strokes.append(
            Stroke(drawn, colour, medium.line * width, opacity, medium.grain, medium.wash * 0.5)
        )

    def shape(
        self,
        outline: Along,
        colour: str,
        *,
        edge: str | None = "",
        filled: float = 1.0,
        cover: bool = True,
        angle: float | None = None,
        width: float = 1.0,
    ) -> None:
        """Colour an area in and draw its edge; without edge for None, half-hearted below 1."""
        medium, followed = self.medium, self.hand.shaky(outline)
        colour = self.seen(colour)
        area = smooth(followed, closed=True)
        if cover:
            self.strokes.append(Stroke(area, self.paper, 0, FULL, 0.0, 0.0))
        self.strokes.append(
            Stroke(area, colour, 0, medium.base * filled, medium.grain * 0.62, medium.wash)
        )
        self.scribble(followed, colour, filled=filled, angle=angle)
        if edge is not None:
            self.line(outline, edge or mixed(colour, self.ink, medium.edge), width)

    def scribble(
        self, outline: Path, colour: str, *, filled: float = 1.0, angle: float | None = None
    ) -> None:
        """Fill with strokes to and fro, as far as this hand has the patience."""
        medium, hand = self.medium, self.hand
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        size = min(max(xs) - min(xs), max(ys) - min(ys))
        gaps = 1.0 + max(0.0, (7 - hand.age)) * 0.09
        spacing = min(medium.spacing, max(2.0, size / 4)) * gaps / max(0.3, filled)
        turn = self.angle if angle is None else angle
        turn += hand.random.uniform(-14, 14)
        width = min(medium.spacing, spacing) * (1.02 if hand.age > 6 else 0.9)
        for stroke in hand.hatched(outline, turn, spacing):
            self.strokes.append(
                Stroke(
                    smooth(stroke), colour, width, medium.opacity, medium.grain, medium.wash * 0.6
                )
            )

    def dots(self, points: Iterable[tuple[float, float]], colour: str, radius: float) -> None:
        """Dabs with the point of the pen."""
        colour = self.seen(colour)
        for x, y in points:
            path = f"M{x:.1f} {y:.1f}l.1 .1"
            wide = self.hand.about(radius * 2, 0.18)
            self.strokes.append(Stroke(path, colour, wide, 0.96, self.medium.grain * 0.7, 0.0))

    def glow(self, outline: Path, colour: str) -> None:
        """Light around a lamp in the dark: a breath of colour, without strokes."""
        if not self.is_dark:
            return
        area = smooth(self.hand.shaky(outline), closed=True)
        self.strokes.append(Stroke(area, colour, 0, 0.15, 0.2, 0.3))

    def wash(self, colour: str, opacity: float = 0.5, outline: Path | None = None) -> None:
        """A thin coat of watered paint, under all that follows."""
        path = self.hand.shaky(outline or self.whole(), calm=2.0)
        area = smooth(list(resampled(path)), closed=True)
        self.strokes.append(Stroke(area, colour, 0, opacity, 0.25, 1.0))

    def seen(self, colour: str) -> str:
        """On dark paper every colour is a lighter chalk."""
        return mixed(colour, "#fff8e8", 0.24) if self.is_dark else colour

    def whole(self, margin: float = -30) -> Path:
        """The edge of the sheet."""
        m, w, h = margin, self.wide, self.high
        return [(m, m), (w - m, m), (w - m, h - m), (m, h - m), (m, m)]

    def svg(self, scale: float, *, mapped: bool = False) -> bytes:
        """All strokes; mapped: how grainy (red) and how washed (green) instead of their colours."""
        body = "".join(_element(stroke, mapped=mapped) for stroke in self.strokes)
        ground = '<rect width="100%" height="100%"/>' if mapped else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.wide * scale:.0f}" '
            f'height="{self.high * scale:.0f}" viewBox="0 0 {self.wide} {self.high}">{ground}'
            f'<g fill="none" stroke-linecap="round" stroke-linejoin="round" '
            f'transform="{self._stance()}">{body}</g></svg>'
        ).encode()

    def _stance(self) -> str:
        across = -self.near if self.mirrored else self.near
        x, y = self.wide / 2, self.high * 0.6
        return f"translate({x} {y}) scale({across:.3f} {self.near:.3f}) translate({-x} {-y})"


def _element(stroke: Stroke, *, mapped: bool) -> str:
    colour, opacity = stroke.colour, stroke.opacity
    if mapped:
        colour = f"#{round(stroke.grain * 255):02x}{round(stroke.wash * 255):02x}00"
        opacity = 1.0
    if stroke.width:
        return (
            f'<path d="{stroke.path}" stroke="{colour}" stroke-width="{stroke.width:.1f}" '
            f'stroke-opacity="{opacity:.3f}"/>'
        )
    return f'<path d="{stroke.path}" fill="{colour}" fill-opacity="{opacity:.3f}"/>'


def smooth(points: Path, *, closed: bool = False) -> str:
    """An SVG path that takes the corners round."""
    x, y = points[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points[1:]):
        parts.append(f"Q{x0:.1f} {y0:.1f} {(x0 + x1) / 2:.1f} {(y0 + y1) / 2:.1f}")
    x, y = points[-1]
    parts.append(f"L{x:.1f} {y:.1f}")
    return "".join(parts) + ("Z" if closed else "")
