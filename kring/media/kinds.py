"""What a file is, by its first bytes, and what its header says that decoding it would cost.

Only the standard library, and nothing is decoded: numbers are read where the formats have them.
A header that lies gets past this; behind it stand the limits of the process.
"""

import struct
from collections.abc import Iterator
from enum import StrEnum

from kring.media.photo import is_jpeg, is_webp

HEAD_BYTES = 64  # enough to know the kind
_PNG = b"\x89PNG\r\n\x1a\n"
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_EITHER = {b"mif1", b"mif2", b"msf1", b"miaf"}  # says how pictures lie in it, not in which code
_GIF_HEADER = 13  # bytes
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers that give a JPEG's size
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_SCAN = 0xDA
_SMALLEST_FRAME = 9  # bytes, of a picture in one colour
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_BANDS_OF_PNG = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of each colour type


class Kind(StrEnum):
    """The formats that Kring reads."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    AVIF = "avif"


def kind_of(photo: bytes) -> Kind | None:
    """What a file that begins so says it is; its first 64 bytes do for most."""
    if is_jpeg(photo):
        return Kind.JPEG
    if photo.startswith(_PNG):
        return Kind.PNG
    if photo.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if is_webp(photo[:HEAD_BYTES]):
        return Kind.WEBP
    return _heic_or_avif(photo) if photo[4:8] == b"ftyp" else None


def _heic_or_avif(photo: bytes) -> Kind | None:
    """By the brands that it claims, the first before the others."""
    end = min(int.from_bytes(photo[:4]), HEAD_BYTES)
    brands = [photo[8:12], *(photo[at : at + 4] for at in range(16, end - 3, 4))]
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return Kind.AVIF
        if brand in _HEIC_BRANDS:
            return Kind.HEIC
    return None if _EITHER.isdisjoint(brands) else Kind.HEIC  # which AVIF may not leave unsaid


def held_by(photo: bytes, kind: Kind, pixels: int) -> int:
    """The bytes of memory that a decoder needs before the first row comes out of it.

    A JPEG or PNG needs none, when it was written row by row.
    """
    match kind:
        case Kind.JPEG:
            return _held_by_jpeg(photo)
        case Kind.PNG:
            return _held_by_png(photo)
        case Kind.WEBP if all(name != b"VP8L" for name, *_ in _chunks(photo)):
            return 3 * pixels
        case _:  # a lossless WebP; of a GIF the canvas, and what lay there before
            return 6 * pixels


def _held_by_jpeg(photo: bytes) -> int:
    """The coefficients of a picture that comes in several scans: two bytes for each sample.

    A JPEG whose header cannot be read costs nothing, because its decoder gets no further either.
    """
    held = parts = 0
    for marker, body in _jpeg_segments(photo):
        if marker in _FRAMES and len(body) >= _SMALLEST_FRAME:
            height, width, parts = struct.unpack_from("!HHB", body, 1)
            sides = [(body[at] >> 4, body[at] & 15) for at in range(7, len(body), 3)]
            fullest = max(across for across, _ in sides) * max(down for _, down in sides)
            samples = sum(across * down for across, down in sides)
            held = int(2 * width * height * samples // max(fullest, 1))
            if marker in _PROGRESSIVE:
                return held
        elif marker == _SCAN:
            return held if body and body[0] < int(parts) else 0
    return 0


def _jpeg_segments(photo: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with what belongs to it, up to the first scan."""
    at = 2
    while at + 4 <= len(photo) and photo[at] == 0xFF:  # noqa: PLR2004 - begins a marker
        marker = photo[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:  # noqa: PLR2004 - filling
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        length = int.from_bytes(photo[at + 2 : at + 4])
        yield marker, photo[at + 4 : at + 2 + length]
        if marker == _SCAN:
            return
        at += 2 + max(length, 2)


def _held_by_png(photo: bytes) -> int:
    """The bytes that a decoder of this PNG holds at once: all of an interlaced one."""
    if len(photo) < 29 or photo[28] == 0:  # noqa: PLR2004 - the end of its header
        return 0
    width, height, depth, colour = struct.unpack_from("!IIBB", photo, 16)
    held: int = width * height * _BANDS_OF_PNG.get(colour, 4) * depth // 8
    return held


def gif_pixels(gif: bytes) -> int:
    """Of one picture, as the header of a GIF says."""
    width, height = struct.unpack_from("<HH", gif.ljust(_GIF_HEADER, b"\0"), 6)
    return int(width * height)


def frames(photo: bytes, kind: Kind, most: int) -> int:
    """How many pictures of an animation there are, counted until it is more than so many."""
    if kind is Kind.WEBP:
        found = (None for name, *_ in _chunks(photo) if name == b"ANMF")
    elif kind is Kind.GIF:
        found = (None for _ in _gif_frames(photo))
    else:
        return 1
    return sum(1 for _, _ in zip(range(most + 1), found, strict=False))


def _chunks(webp: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The name, the place and the size of each part of a WebP file."""
    at = 12
    while at + 8 <= len(webp):
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        yield webp[at : at + 4], at + 8, size
        at += 8 + size + size % 2


def _gif_frames(gif: bytes) -> Iterator[int]:
    """Where each picture of a GIF begins."""
    if len(gif) < _GIF_HEADER:
        return
    at = _GIF_HEADER + _table(gif[10])
    while at < len(gif) and gif[at] in b"!,":
        if gif[at : at + 1] == b",":
            if at + 10 > len(gif):
                return
            yield at
            at += 11 + _table(gif[at + 9])
        else:
            at += 2
        while at < len(gif) and gif[at]:
            at += 1 + gif[at]
        at += 1


def _table(flags: int) -> int:
    """The bytes of a table of colours, where the flags say that there is one."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
