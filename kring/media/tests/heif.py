"""HEIC files put together by hand: as large as one likes, all of them cut from one tile."""

import io
import struct
from collections.abc import Iterable

import pillow_heif
from PIL import Image

ORIENTATION = 0x0112  # EXIF; written as the boxes that turn and mirror


def heic(image: Image.Image, *, orientation: int = 1, tile: int = 0, depth: int = 8) -> bytes:
    """The file of an image, as a whole or cut into tiles of so many pixels."""
    made = pillow_heif.from_pillow(image)
    if depth > 8:
        wide = b"".join(bytes((0, value)) for value in image.tobytes())
        made = pillow_heif.from_bytes("RGB;16", image.size, wide)
    if orientation != 1:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        made.info["exif"] = exif.tobytes()
    buffer = io.BytesIO()
    made.save(buffer, quality=90, tile_size=tile, enc_params={"preset": "ultrafast"})
    return buffer.getvalue()


def grid(tile: Image.Image, columns: int, rows: int, *, size: tuple[int, int]) -> bytes:
    """A file of ``size`` pixels in which one tile comes back in each place, and lies only once."""
    single = heic(tile)
    coded = _inside(single, b"mdat")
    ids = range(2, columns * rows + 2)
    properties = _box(
        b"ipco",
        _box(b"hvcC", _inside(single, b"hvcC")),
        _full(b"ispe", struct.pack("!II", *tile.size)),
        _full(b"ispe", struct.pack("!II", *size)),
    )
    uses = [struct.pack("!HBB", 1, 1, 3), *(struct.pack("!HBBB", n, 2, 0x81, 2) for n in ids)]
    kept = [
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        _full(b"pitm", struct.pack("!H", 1)),
        _full(b"iinf", struct.pack("!H", 1 + len(ids)), _item(1, b"grid"), _items(ids)),
        _full(b"iref", _box(b"dimg", struct.pack(f"!HH{len(ids)}H", 1, len(ids), *ids))),
        _box(b"iprp", properties, _full(b"ipma", struct.pack("!I", len(uses)), *uses)),
        _box(b"idat", struct.pack("!BBBBII", 0, 1, rows - 1, columns - 1, *size)),
    ]
    kind = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    places = len(_places(ids, 0, len(coded)))
    start = len(kind) + 12 + sum(map(len, kept)) + places + 8
    meta = _full(b"meta", *kept, _places(ids, start, len(coded)))
    return kind + meta + _box(b"mdat", coded)


def claiming(file: bytes, width: int, height: int) -> bytes:
    """The same file, with a header that claims another size."""
    at = file.index(b"ispe") + 8
    return file[:at] + struct.pack("!II", width, height) + file[at + 8 :]


def _places(ids: Iterable[int], start: int, length: int) -> bytes:
    """The grid lies in ``idat``, all tiles in the same place of the file."""
    tiles = [struct.pack("!HHHHII", number, 0, 0, 1, start, length) for number in ids]
    places = [struct.pack("!HHHHII", 1, 1, 0, 1, 0, 12), *tiles]
    return _full(b"iloc", struct.pack("!BBH", 0x44, 0, len(places)), *places, version=1)


def _items(ids: Iterable[int]) -> bytes:
    return b"".join(_item(number, b"hvc1") for number in ids)


def _item(number: int, kind: bytes) -> bytes:
    return _full(b"infe", struct.pack("!HH", number, 0), kind, b"\0", version=2)


def _box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack("!I", len(body) + 8) + kind + body


def _full(kind: bytes, *inside: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]), *inside)


def _inside(file: bytes, kind: bytes) -> bytes:
    at = file.index(kind)
    return file[at + 4 : at - 4 + int.from_bytes(file[at - 4 : at])]
