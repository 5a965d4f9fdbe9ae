"""One SVG file with the icons that Kring uses: ``python -m kring.base.sprite`` writes it anew.

The drawings are Lucide's (ISC licence), from the ``lucide`` wheel. A page shows one with
``{% icon "heart" %}``; the browser fetches the file once.
"""

import sys
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

PATH = Path(__file__).resolve().parent.parent / "static/icons/sprite.svg"
ORIGIN = "Icons of Lucide (https://lucide.dev), ISC licence. Made by kring/base/sprite.py."

ICONS = (
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-right-left",
    "arrow-up",
    "bell",
    "bell-off",
    "building-2",
    "calendar-clock",
    "calendar-days",
    "check",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "clock",
    "download",
    "ellipsis",
    "ellipsis-vertical",
    "eye",
    "eye-off",
    "file-pen-line",
    "file-spreadsheet",
    "file-text",
    "film",
    "fingerprint-pattern",
    "gauge",
    "globe",
    "heart",
    "history",
    "house",
    "image",
    "image-plus",
    "info",
    "key-round",
    "list",
    "lock",
    "log-out",
    "mail",
    "map-pin",
    "menu",
    "message-circle",
    "monitor-down",
    "monitor-smartphone",
    "newspaper",
    "pencil",
    "phone",
    "play",
    "plus",
    "presentation",
    "printer",
    "qr-code",
    "rotate-cw",
    "school",
    "search",
    "send",
    "settings-2",
    "share",
    "shield-check",
    "siren",
    "smartphone",
    "square-plus",
    "tablet-smartphone",
    "trash-2",
    "triangle-alert",
    "undo-2",
    "unlink",
    "upload",
    "user-round",
    "user-round-plus",
    "user-round-x",
    "users-round",
    "video-off",
    "wifi-off",
    "x",
)


def drawn() -> str:
    """The sprite: a symbol of 24 by 24 per icon, without colour or line of its own."""
    with files("lucide").joinpath("lucide.zip").open("rb") as packed, ZipFile(packed) as drawings:
        symbols = "\n".join(_symbol(name, drawings.read(f"{name}.svg").decode()) for name in ICONS)
    return f'<!-- {ORIGIN} -->\n<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str, svg: str) -> str:
    shapes = " ".join(svg[svg.index(">") + 1 : svg.rindex("</svg>")].split())
    packed = shapes.replace(" />", "/>").replace("> <", "><")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{packed}</symbol>'


if __name__ == "__main__":
    PATH.write_text(drawn(), encoding="utf-8")
    sys.stdout.write(f"{len(ICONS)} icons in {PATH.name}\n")
