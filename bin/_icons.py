"""Draw the icons of the app: the ring of Kring in all the shapes that devices ask for.

Run by hand after a change of the drawing; the pictures stand in kring/static/icons.
"""

import re
import sys
from pathlib import Path

import pyvips

from kring.base.sprite import drawn

ICONS = Path(__file__).resolve().parent.parent / "kring/static/icons"
PAPER, INK = "#fbf8f1", "#12343b"
UNITS = 40  # of the drawing in kring.svg


def main() -> int:
    """Write every picture anew."""
    drawing = (ICONS / "kring.svg").read_text(encoding="utf-8")
    ring = drawing.partition(">")[2].rpartition("</svg>")[0]
    one_colour = re.sub(r'stroke="#\w+"', f'stroke="{INK}"', ring)
    write("kring-192", 192, ring, share=0.92)
    write("kring-512", 512, ring, share=0.92)
    write("kring-maskable-512", 512, ring, share=0.72, paper=PAPER)
    write("kring-180", 180, ring, share=0.8, paper=PAPER)
    write("kring-monochrome-512", 512, one_colour, share=0.8)
    for name, icon in (("write", "pencil"), ("feed", "newspaper")):
        shape = drawn().split(f'<symbol id="{icon}" viewBox="0 0 24 24">')[1].split("</symbol>")[0]
        write_icon(f"shortcut-{name}-96", 96, shape)
    return 0


def write(name: str, size: int, ring: str, *, share: float, paper: str = "none") -> None:
    """The ring in the middle, as wide as its share of the picture."""
    across = UNITS / share
    start = (UNITS - across) / 2
    save(
        name,
        size,
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" fill="none"'
        f' viewBox="{start} {start} {across} {across}" stroke-linecap="round" stroke-width="5">'
        f'<rect x="{start}" y="{start}" width="{across}" height="{across}" fill="{paper}"/>'
        f"{ring}</svg>",
    )


def write_icon(name: str, size: int, shape: str) -> None:
    """A drawing of Lucide on a round card, for a menu that may be light or dark."""
    save(
        name,
        size,
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" fill="none"'
        f' viewBox="-12 -12 48 48" stroke="{INK}" stroke-width="2" stroke-linecap="round"'
        f' stroke-linejoin="round"><circle cx="12" cy="12" r="24" fill="{PAPER}" stroke="none"/>'
        f"{shape}</svg>",
    )


def save(name: str, size: int, svg: str) -> None:
    """As PNG of exactly this size."""
    picture = pyvips.Image.svgload_buffer(svg.encode())
    assert (picture.width, picture.height) == (size, size)
    picture.pngsave(str(ICONS / f"{name}.png"), compression=9, palette=True, keep="none")


if __name__ == "__main__":
    sys.exit(main())
