"""Pictures to send in: real ones where the shared folder is there, and small ones made here."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

REAL = Path(__file__).resolve().parents[4] / "shared/data/fotos"
RED, GREEN, BLUE, YELLOW = (200, 40, 30), (40, 160, 60), (30, 60, 190), (230, 210, 60)
ORIENTATION = 0x0112  # EXIF
HEADS_OF_A_JPEG = (b"\xff\xc0\x00\x11\x08", b"\xff\xc2\x00\x11\x08")  # before its height


def real(name: str) -> Path:
    """A file of the shared folder."""
    path = REAL / name
    if not path.exists():
        pytest.skip("the photos of the shared folder are not here")
    return path


def named(*folders: str) -> list[str]:
    """The names of real files, for a test of each."""
    found = [f"{path.parent.name}/{path.name}" for f in folders for path in (REAL / f).glob("*")]
    return sorted(found) or [f"{folder}/none" for folder in folders]


def quarters(width: int = 120, height: int = 80) -> Image.Image:
    """Red, green / blue, yellow: shows at once how it was turned."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2), GREEN)
    draw.rectangle((0, height // 2, width // 2, height), BLUE)
    draw.rectangle((width // 2, height // 2, width, height), YELLOW)
    return image


def written(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    """The file of an image."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 95} | how if kind == "JPEG" else how))
    return buffer.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """What no encoder can make small."""
    bands = [Image.effect_noise((width, height), 80) for _ in range(3)]
    return Image.merge("RGB", bands)


def png(width: int, height: int, *, depth: int = 8, rows: int | None = None) -> bytes:
    """A PNG that says it is so large, transparent black, of which so many rows are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sealed = kind + data
        return struct.pack("!I", len(data)) + sealed + struct.pack("!I", zlib.crc32(sealed))

    packer = zlib.compressobj(1)
    row = b"\x04" + bytes(width * depth // 2)  # Paeth's filter, the dearest
    data = b"".join(packer.compress(row) for _ in range(height if rows is None else rows))
    header = struct.pack("!IIBBBBB", width, height, depth, 6, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", data + packer.flush()),
            chunk(b"IEND", b""),
        ]
    )


def heavy() -> bytes:
    """Within all limits, but most of a second of work."""
    return png(7000, 7000, depth=16)


def claiming(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with a header that claims another size."""
    at = max(jpeg.find(head) for head in HEADS_OF_A_JPEG) + len(HEADS_OF_A_JPEG[0])
    return jpeg[:at] + struct.pack("!HH", height, width) + jpeg[at + 4 :]


def of_vips(recipe: str) -> bytes:
    """What libvips makes, in a process of its own: its threads would stay in this one."""
    code = (
        "import pyvips, sys\n"
        "flat = (pyvips.Image.black(64, 64, bands=3) + [230, 60, 20]).cast('uchar')\n"
        "flat = flat.copy(interpretation='srgb')\n"
        f"sys.stdout.buffer.write({recipe})\n"
    )
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout


def chunks(webp: bytes) -> Iterator[str]:
    """The names of the parts of a WebP file, read by hand; what follows its end is ``TRAILING``."""
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    end = 8 + struct.unpack("<I", webp[4:8])[0]
    at = 12
    while at < end:
        yield webp[at : at + 4].decode()
        size = struct.unpack("<I", webp[at + 4 : at + 8])[0]
        at += 8 + size + size % 2
    if len(webp) != end:
        yield "TRAILING"


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean over all pixels and colours, of 255."""
    shown = ImageChops.difference(one.convert("RGB"), other.convert("RGB").resize(one.size))
    return sum(ImageStat.Stat(shown).mean) / 3


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours in the midst of its four quarters, as in ``quarters``."""
    places = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    shown = image.convert("RGB")
    found = [shown.getpixel((int(x * image.width), int(y * image.height))) for x, y in places]
    return [pixel for pixel in found if isinstance(pixel, tuple) and len(pixel) == 3]


def opened(data: bytes) -> Image.Image:
    """Read by Pillow, which is not what wrote it."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
