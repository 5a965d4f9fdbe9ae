import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kring.media.kinds import Kind, frames, gif_pixels, held_by, kind_of
from kring.media.tests.heif import heic
from kring.media.tests.pictures import of_vips, quarters, written

HEADS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\0\0\0\0WEBP",
    b"GIF89a",
    b"\0\0\0\x20ftyp",
    written(quarters())[:200],
    written(quarters(), progressive=True)[:200],
    written(quarters(), "GIF")[:40],
]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_known(kind: Kind) -> None:
    data = heic(quarters()) if kind is Kind.HEIC else written(quarters(), kind.upper())
    assert kind_of(data) is kind_of(data[:64]) is kind


@pytest.mark.parametrize(
    ("photo", "held"),
    [
        (written(quarters()), 0),
        (written(quarters(), progressive=True, subsampling="4:2:0"), 120 * 80 * 3),
        (written(quarters(), progressive=True, subsampling="4:4:4"), 120 * 80 * 6),
        (written(quarters().convert("L"), progressive=True), 120 * 80 * 2),
        (written(quarters().convert("CMYK"), progressive=True, subsampling=0), 120 * 80 * 8),
        (written(quarters(), "PNG"), 0),
        (of_vips("flat.pngsave_buffer(interlace=True)"), 64 * 64 * 3),
        (of_vips("flat.pngsave_buffer(interlace=True, bitdepth=16)"), 64 * 64 * 6),
        (written(quarters(), "WEBP"), 120 * 80 * 3),
        (written(quarters(), "WEBP", lossless=True), 120 * 80 * 6),
        (written(quarters(), "GIF"), 120 * 80 * 6),
    ],
)
def test_the_header_tells_what_a_decoder_will_hold(photo: bytes, held: int) -> None:
    kind = kind_of(photo)
    assert kind
    with Image.open(io.BytesIO(photo)) as image:
        assert held_by(photo, kind, image.width * image.height) == held


@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=300), cut=st.integers(0, 300))
def test_no_header_is_too_odd_to_be_looked_at(head: bytes, tail: bytes, cut: int) -> None:
    photo = (head + tail)[:cut]
    kind_of(photo)
    for kind in Kind:
        assert held_by(photo, kind, 1) >= 0
        assert 0 <= frames(photo, kind, 5) <= 6
    assert gif_pixels(photo) >= 0
