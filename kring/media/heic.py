"""HEIC through libheif, tile by tile, so that a photo of 48 megapixels takes little memory.

Phones cut a photo into tiles of 512 pixels; each is decoded, made smaller and put in its place.
What pillow-heif offers would hold the whole photo twice. So of that package only its libheif and
libde265 are used, by the C interface that libheif keeps stable; nothing of the file's metadata is
read but its colour profile, and the turning and mirroring that the file asks for is done.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _pillow_heif  # brings libheif with it
import pyvips

from kring.media.photo import PhotoRefused, Reason, refuse

BYTES = 6  # of memory for each pixel that is decoded at once
_RGB, _IN_RGB, _INTERLEAVED = 1, 10, 10  # of libheif: colorspace, chroma, channel
_MEMORY = 6  # of libheif: memory could not be had, or a limit of its own was passed


class _Error(ctypes.Structure):
    _fields_ = (("code", ctypes.c_int), ("detail", ctypes.c_int), ("message", ctypes.c_char_p))


class _Tiling(ctypes.Structure):
    """Where the tiles lie; the first may begin above and left of the picture, when it is turned."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("columns", ctypes.c_uint32),
        ("rows", ctypes.c_uint32),
        ("tile_width", ctypes.c_uint32),
        ("tile_height", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("top", ctypes.c_uint32),
        ("left", ctypes.c_uint32),
        ("more_dimensions", ctypes.c_uint8),
        ("sizes", ctypes.c_uint32 * 8),
    )


class _Options(ctypes.Structure):
    """The first of libheif's options, as far as one of them is set here."""

    _fields_ = (
        ("version", ctypes.c_uint8),
        ("ignore_transformations", ctypes.c_uint8),
        ("progress", ctypes.c_void_p * 4),
        ("convert_hdr_to_8bit", ctypes.c_uint8),
        ("strict_decoding", ctypes.c_uint8),
    )


def _library() -> ctypes.CDLL:
    """The libheif that came with pillow-heif: the one that this process has loaded already."""
    folder = Path(_pillow_heif.__file__).parent / "pillow_heif.libs"
    (path,) = folder.glob("libheif-*.so*")
    return ctypes.CDLL(str(path))


_heif = _library()
_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "heif_context_alloc": (_POINTER, []),
    "heif_context_free": (None, [_POINTER]),
    "heif_context_set_max_decoding_threads": (None, [_POINTER, _INT]),
    "heif_context_read_from_memory_without_copy": (
        _Error,
        [_POINTER, ctypes.c_char_p, ctypes.c_size_t, _POINTER],
    ),
    "heif_context_get_primary_image_handle": (_Error, [_POINTER, _POINTER]),
    "heif_image_handle_release": (None, [_POINTER]),
    "heif_image_handle_get_width": (_INT, [_POINTER]),
    "heif_image_handle_get_height": (_INT, [_POINTER]),
    "heif_decode_image": (
        _Error,
        [_POINTER, _POINTER, _INT, _INT, ctypes.POINTER(_Options)],
    ),
    "heif_image_handle_get_image_tiling": (_Error, [_POINTER, _INT, _POINTER]),
    "heif_image_handle_get_raw_color_profile_size": (ctypes.c_size_t, [_POINTER]),
    "heif_image_handle_get_raw_color_profile": (_Error, [_POINTER, _POINTER]),
    "heif_decoding_options_alloc": (ctypes.POINTER(_Options), []),
    "heif_decoding_options_free": (None, [ctypes.POINTER(_Options)]),
    "heif_image_handle_decode_image_tile": (
        _Error,
        [
            _POINTER,
            _POINTER,
            _INT,
            _INT,
            ctypes.POINTER(_Options),
            ctypes.c_uint32,
            ctypes.c_uint32,
        ],
    ),
    "heif_image_get_plane_readonly": (_POINTER, [_POINTER, _INT, ctypes.POINTER(_INT)]),
    "heif_image_get_width": (_INT, [_POINTER, _INT]),
    "heif_image_get_height": (_INT, [_POINTER, _INT]),
    "heif_image_release": (None, [_POINTER]),
}
for _name, (_result, _arguments) in _FUNCTIONS.items():
    _function = getattr(_heif, _name)
    _function.restype, _function.argtypes = _result, _arguments


@dataclass(frozen=True, slots=True)
class Heic:
    """The primary picture of an open file.

    ``width`` and ``height`` are those of the picture turned right, in pixels, and ``at_once`` are
    the pixels that must be decoded in one go: those of a tile, or all where it is not cut in tiles.
    """

    width: int
    height: int
    at_once: int
    profile: bytes
    _handle: ctypes.c_void_p
    _options: Any
    _tiling: _Tiling

    def decoded(self, factor: int) -> pyvips.Image:
        """The picture in memory, each side so many times smaller; raises ``PhotoRefused``.

        What one tile holds is free again before the next comes.
        """
        tiling = self._tiling
        tiles = [
            self._tile(column, row, factor)
            for row in range(tiling.rows)
            for column in range(tiling.columns)
        ]
        whole = pyvips.Image.arrayjoin(tiles, across=tiling.columns)
        left = _before(tiling.left, tiling.columns * tiling.tile_width - tiling.width) // factor
        top = _before(tiling.top, tiling.rows * tiling.tile_height - tiling.height) // factor
        width = min(max(1, tiling.width // factor), whole.width - left)
        height = min(max(1, tiling.height // factor), whole.height - top)
        return whole.crop(left, top, width, height).copy(interpretation="srgb")

    def _tile(self, column: int, row: int, factor: int) -> pyvips.Image:
        """One tile as 8 bits of red, green and blue, so many times smaller."""
        tile = ctypes.c_void_p()
        how = (self._handle, ctypes.byref(tile), _RGB, _IN_RGB, self._options)
        if self._tiling.columns == self._tiling.rows == 1:  # a tile on its own is not cropped
            _check(_heif.heif_decode_image(*how))
        else:
            _check(_heif.heif_image_handle_decode_image_tile(*how, column, row))
        try:
            stride = _INT()
            plane = _heif.heif_image_get_plane_readonly(tile, _INTERLEAVED, ctypes.byref(stride))
            width = _heif.heif_image_get_width(tile, _INTERLEAVED)
            height = _heif.heif_image_get_height(tile, _INTERLEAVED)
            refuse(Reason.BROKEN, when=not plane or stride.value < 3 * width)
            pixels = (ctypes.c_char * (stride.value * height)).from_address(plane)
            rows = pyvips.Image.new_from_memory(pixels, stride.value, height, 1, "uchar")
            picture = rows.crop(0, 0, width * 3, height).bandfold(factor=3)
            across, down = min(factor, width), min(factor, height)
            return (picture if factor == 1 else picture.shrink(across, down)).copy_memory()
        finally:
            _heif.heif_image_release(tile)


def _before(offset: int, margin: int) -> int:
    """Pixels of the first tile that are not in the picture: all of what is too much, or none.

    libheif 1.23 knows which, but says of a turned picture how much of that tile is in it.
    """
    return margin if offset else 0


@contextmanager
def opened(photo: bytes) -> Iterator[Heic]:
    """The primary picture of a file, of which only the header was read; raises ``PhotoRefused``."""
    context, handle, tiling = _heif.heif_context_alloc(), ctypes.c_void_p(), _Tiling(version=1)
    options = _heif.heif_decoding_options_alloc()
    options.contents.convert_hdr_to_8bit = 1
    options.contents.strict_decoding = 1
    try:
        _heif.heif_context_set_max_decoding_threads(context, 0)  # none but this one
        _check(_heif.heif_context_read_from_memory_without_copy(context, photo, len(photo), None))
        _check(_heif.heif_context_get_primary_image_handle(context, ctypes.byref(handle)))
        _check(_heif.heif_image_handle_get_image_tiling(handle, 1, ctypes.byref(tiling)))
        yield _heic(handle, options, tiling)
    finally:
        _heif.heif_decoding_options_free(options)
        _heif.heif_image_handle_release(handle)
        _heif.heif_context_free(context)


def _heic(handle: ctypes.c_void_p, options: Any, tiling: _Tiling) -> Heic:
    """Tiles are of use when together they make the picture; one that is cropped is one tile."""
    width = _heif.heif_image_handle_get_width(handle)
    height = _heif.heif_image_handle_get_height(handle)
    refuse(Reason.BROKEN, when=width < 1 or height < 1)
    at_once = tiling.tile_width * tiling.tile_height
    if (tiling.width, tiling.height) != (width, height):
        at_once = max(tiling.width * tiling.height, width * height)
        tiling = _Tiling(columns=1, rows=1, width=width, height=height)
    profile = ctypes.create_string_buffer(
        _heif.heif_image_handle_get_raw_color_profile_size(handle)
    )
    if len(profile):
        _check(_heif.heif_image_handle_get_raw_color_profile(handle, profile))
    return Heic(width, height, at_once, profile.raw, handle, options, tiling)


def _check(error: _Error) -> None:
    """Raise ``PhotoRefused`` for what libheif calls an error."""
    if error.code:
        raise PhotoRefused(Reason.TOO_MANY_PIXELS if error.code == _MEMORY else Reason.BROKEN)
