"""AVIF through the dav1d that comes with Pillow.

The AV1 decoder inside libvips takes twice the memory: 200 MB for a photo of 12 megapixels. Of
Pillow only its decoder is used, without the classes around it that copy every pixel once more.
"""

from dataclasses import dataclass
from typing import Any

import pyvips
from PIL import _avif

from kring.media.photo import PhotoRefused, Reason

BYTES = 8  # of memory for each pixel while it is decoded; half as much again for one of 10 bits


@dataclass(frozen=True, slots=True)
class Avif:
    """The first picture of an open file; ``width`` and ``height`` are those before it is turned."""

    width: int
    height: int
    profile: bytes
    _bands: int
    _orientation: int
    _decoder: Any

    def decoded(self, factor: int) -> pyvips.Image:
        """The picture in memory, each side so many times smaller; raises ``PhotoRefused``.

        It carries a note on how it is still to be turned.
        """
        try:
            pixels = self._decoder.get_frame(0)[0]
        except (RuntimeError, ValueError, SyntaxError):
            raise PhotoRefused(Reason.BROKEN) from None
        image = pyvips.Image.new_from_memory(
            pixels, self.width, self.height, self._bands, "uchar"
        ).copy(interpretation="srgb")
        if factor > 1:
            image = image.shrink(factor, factor).copy_memory()
        image.set_type(pyvips.GValue.gint_type, "orientation", self._orientation)
        return image


def opened(photo: bytes) -> Avif:
    """A file of which only the header was read; raises ``PhotoRefused``."""
    try:
        decoder = _avif.AvifDecoder(photo, "dav1d", 1)  # in this thread alone
        (width, height), _, mode, profile, _, orientation, _ = decoder.get_info()
    except (RuntimeError, ValueError, SyntaxError):
        raise PhotoRefused(Reason.BROKEN) from None
    return Avif(width, height, profile or b"", len(mode), orientation, decoder)
