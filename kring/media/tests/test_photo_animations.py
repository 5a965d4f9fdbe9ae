"""What moves stays moving, within bounds that are known before a picture is decoded."""

import io
import struct
from collections.abc import Iterator

import pytest
from PIL import Image, ImageSequence

from kring.media.kinds import Kind, frames
from kring.media.photo import PhotoRefused, Reason, Rendered
from kring.media.rendering import render
from kring.media.tests import pictures
from kring.media.tests.pictures import BLUE, GREEN, RED, YELLOW, corners, difference, quarters


def rendered(data: bytes) -> Rendered:
    return render(io.BytesIO(data), keep_original=True)


def refusal(data: bytes) -> Reason:
    with pytest.raises(PhotoRefused) as refused:
        rendered(data)
    return refused.value.reason


def turning(kind: str, width: int = 120, height: int = 80) -> bytes:
    """Four quarters that change places, each picture a tenth of a second longer than the last."""
    first = quarters(width, height)
    later = [first.transpose(Image.Transpose.FLIP_LEFT_RIGHT), first.rotate(180)]
    if kind == "GIF":
        first, *later = [image.quantize() for image in (first, *later)]
    return pictures.written(
        first, kind, save_all=True, append_images=later, duration=[100, 200, 300], loop=0
    )


def shown(data: bytes) -> Iterator[tuple[Image.Image, int]]:
    """Each picture of an animation, and its milliseconds."""
    for picture in ImageSequence.Iterator(Image.open(io.BytesIO(data))):
        picture.load()
        yield picture.convert("RGB"), picture.info["duration"]


def gif(width: int, height: int, pictures_of_it: int) -> bytes:
    """A GIF with so many pictures of one pixel."""
    pixel = b"!\xf9\4\0\1\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    return head + b"\0\0\0\xff\xff\xff" + pixel * pictures_of_it + b";"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_moves_when_it_is_opened_and_stands_still_in_a_list(kind: str) -> None:
    photo = rendered(turning(kind))
    assert photo.animated
    assert not photo.original
    pictures_of_it = list(shown(photo.large))
    assert [milliseconds for _, milliseconds in pictures_of_it] == [100, 200, 300]
    expected = [(RED, GREEN, BLUE, YELLOW), (GREEN, RED, YELLOW, BLUE), (YELLOW, BLUE, GREEN, RED)]
    for (picture, _), colours in zip(pictures_of_it, expected, strict=True):
        for pixel, colour in zip(corners(picture), colours, strict=True):
            assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 20
    for still in (photo.small, photo.medium):
        assert list(pictures.chunks(still)) == ["VP8 "]
        assert difference(pictures.opened(still), quarters()) < 5


def test_an_animation_without_end_stays_so_and_carries_nothing_else() -> None:
    photo = rendered(turning("GIF"))
    assert set(pictures.chunks(photo.large)) == {"VP8X", "ANIM", "ANMF"}
    assert Image.open(io.BytesIO(photo.large)).info["loop"] == 0


def test_a_large_animation_is_made_smaller_and_its_pictures_do_not_run_into_each_other() -> None:
    photo = rendered(turning("WEBP", 2400, 1600))
    assert (photo.width, photo.height) == (1600, 1067)
    first, second, third = [picture for picture, _ in shown(photo.large)]
    assert first.size == (1600, 1067)
    assert difference(first, quarters(1600, 1067)) < 2
    assert difference(second, quarters(1600, 1067).transpose(Image.Transpose.FLIP_LEFT_RIGHT)) < 2
    assert difference(third, quarters(1600, 1067).rotate(180)) < 2


@pytest.mark.parametrize("name", pictures.named("animatie"))
def test_a_real_animation_moves_where_the_format_is_one_for_that(name: str) -> None:
    photo = rendered(pictures.real(name).read_bytes())
    assert photo.animated == (not name.endswith(".png"))
    assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(photo.large))))) > photo.animated


def test_of_a_moving_png_the_first_picture_is_taken() -> None:
    photo = rendered(turning("PNG"))
    assert not photo.animated
    assert difference(pictures.opened(photo.large), quarters()) < 2


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_one_picture_is_a_photo(kind: str) -> None:
    assert not rendered(pictures.written(quarters(), kind)).animated


@pytest.mark.parametrize(
    "data",
    [gif(10, 10, 301), gif(10, 10, 10_000), gif(2_000, 2_000, 20)],
    ids=["one too many", "ten thousand", "too large together"],
)
def test_too_many_pictures_are_refused_on_the_header(data: bytes) -> None:
    assert refusal(data) == Reason.TOO_MANY_FRAMES


def test_three_hundred_pictures_are_an_animation() -> None:
    assert rendered(gif(10, 10, 300)).animated


def test_a_webp_with_too_many_pictures_is_refused_too() -> None:
    moving = turning("WEBP")
    at = moving.index(b"ANMF")
    size = 8 + struct.unpack("<I", moving[at + 4 : at + 8])[0]
    body = moving[12:at] + moving[at : at + size + size % 2] * 400
    long = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    assert refusal(long) == Reason.TOO_MANY_FRAMES


def test_pictures_are_counted_no_further_than_is_asked() -> None:
    assert frames(gif(10, 10, 10_000), Kind.GIF, 300) == 301
    assert frames(gif(10, 10, 7), Kind.GIF, 300) == 7
    assert frames(gif(10, 10, 7)[:-24], Kind.GIF, 300) == 6
    assert frames(turning("WEBP"), Kind.WEBP, 300) == 3
    assert frames(turning("PNG"), Kind.PNG, 300) == 1


def test_an_animation_cut_short_is_refused() -> None:
    whole = turning("WEBP", 600, 400)
    assert refusal(whole[: len(whole) * 2 // 3]) == Reason.BROKEN
