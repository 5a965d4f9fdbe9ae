"""The list of what can be drawn: each motif by its name, with what it is called in Dutch."""

from collections.abc import Callable
from dataclasses import dataclass

from kring.demo.drawings.sheet import Sheet

type Draw = Callable[[Sheet], None]


@dataclass(frozen=True, slots=True)
class Motif:
    """What is drawn, how, and its description for who does not see it."""

    draw: Draw
    description: str
    size: str
    paper: str = ""
    medium: str = ""
    written: bool = False  # letters and figures are never mirrored


MOTIFS: dict[str, Motif] = {}


def motif(
    description: str,
    size: str = "landscape",
    *,
    paper: str = "",
    medium: str = "",
    written: bool = False,
) -> Callable[[Draw], Draw]:
    """Enter a scene in the list under the name of its function."""

    def entered(draw: Draw) -> Draw:
        MOTIFS[draw.__name__] = Motif(
            draw, f"Tekening van {description}", size, paper, medium, written
        )
        return draw

    return entered
