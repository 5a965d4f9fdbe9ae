import io
import re

import pillow_heif
import pytest
from PIL import Image, ImageOps
from pytest_django import Settings

from kring.media.rendering import PhotoRefused, Reason, Rendered, render
from kring.media.tests import heif, pictures
from kring.media.tests.heif import heic
from kring.media.tests.pictures import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    corners,
    difference,
    opened,
    quarters,
    written,
)


def rendered(data: bytes) -> Rendered:
    return render(io.BytesIO(data))


def refusal(data: bytes) -> Reason:
    with pytest.raises(PhotoRefused) as refused:
        rendered(data)
    return refused.value.reason


def assert_bare(photo: Rendered) -> None:
    for data in (photo.large, photo.medium, photo.small):
        assert list(pictures.chunks(data)) == ["VP8 "]
        image = opened(data)
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & image.info.keys()
        assert (image.mode, image.format) == ("RGB", "WEBP")


def assert_small(photo: Rendered) -> None:
    large, medium, small = map(opened, (photo.large, photo.medium, photo.small))
    assert large.size == (photo.width, photo.height)
    assert (max(large.size) <= 1600, max(medium.size) <= 800, max(small.size) <= 400) == (True,) * 3
    assert photo.bytes == len(photo.large) + len(photo.medium) + len(photo.small)
    assert 7 <= len(photo.thumbhash) <= 34
    assert re.fullmatch("#[0-9a-f]{6}", photo.colour)
    assert not photo.original


def assert_upright(photo: Rendered) -> None:
    for data in (photo.large, photo.medium, photo.small):
        for shown, meant in zip(corners(opened(data)), (RED, GREEN, BLUE, YELLOW), strict=True):
            assert max(abs(a - b) for a, b in zip(shown, meant, strict=True)) < 12


@pytest.mark.parametrize("name", pictures.named("gewoon", "orientatie", "gps"))
def test_a_real_photo_comes_out_right_small_and_bare(name: str) -> None:
    path = pictures.real(name)
    if "ultrahdr" in name:
        pytest.skip("only the head of this one is there; see the damaged ones")
    photo = rendered(path.read_bytes())
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image)
    assert_bare(photo)
    assert_small(photo)
    longest = max(upright.size)
    assert (photo.width, photo.height) == tuple(
        max(1, round(side * min(1, 1600 / longest))) for side in upright.size
    )
    assert difference(opened(photo.large), upright) < 8
    assert difference(opened(photo.medium), upright) < 8
    assert difference(opened(photo.small), upright) < 8


@pytest.mark.parametrize("name", pictures.named("bijzonder", "heic"))
def test_an_odd_file_comes_out_right_and_bare(name: str) -> None:
    data = pictures.real(name).read_bytes()
    photo = rendered(data)
    assert_bare(photo)
    assert_small(photo)
    if not name.endswith(("jpg", "heic")):
        with Image.open(pictures.real(name)) as image:
            assert difference(opened(photo.large), ImageOps.exif_transpose(image)) < 8


def test_of_a_heic_with_several_pictures_the_primary_one_is_taken() -> None:
    path = pictures.real("heic/zPug_3_meer_beelden.heic")
    file = pillow_heif.open_heif(path)
    shown = opened(rendered(path.read_bytes()).large)
    distances = [difference(shown, picture.to_pillow()) for picture in file]
    assert file.primary_index == distances.index(min(distances)) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC", "HEIC in tiles"])
def test_every_orientation_comes_out_the_right_way_up(kind: str, orientation: int) -> None:
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, 1)
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = undo
    laid = ImageOps.exif_transpose(opened(written(quarters(600, 400), "PNG", exif=exif)))
    exif[pictures.ORIENTATION] = orientation
    if kind.startswith("HEIC"):
        data = heic(laid, orientation=orientation, tile=256 if "tiles" in kind else 0)
    else:
        data = written(laid, kind, exif=exif)
    photo = rendered(data)
    assert (photo.width, photo.height) == (600, 400)
    assert_upright(photo)
    assert_bare(photo)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_a_nonsense_orientation_leaves_the_picture_as_it_is(orientation: int) -> None:
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = orientation
    assert_upright(rendered(written(quarters(), exif=exif)))


def test_a_large_photo_is_made_small_and_a_small_one_is_never_enlarged() -> None:
    large = rendered(written(quarters(3000, 1500)))
    assert (large.width, large.height) == (1600, 800)
    assert opened(large.medium).size == (800, 400)
    assert opened(large.small).size == (400, 200)
    small = rendered(written(quarters(30, 20)))
    assert (small.width, small.height) == opened(small.small).size == (30, 20)
    line = rendered(written(Image.new("RGB", (6000, 1))))
    assert (line.width, line.height) == (1600, 1)


@pytest.mark.parametrize(
    "recipe",
    [
        "flat.icc_transform('p3', input_profile='srgb').jpegsave_buffer(Q=95, profile='p3')",
        "flat.icc_transform('p3', input_profile='srgb', depth=16).pngsave_buffer(profile='p3')",
        "flat.colourspace('rgb16').pngsave_buffer(bitdepth=16)",
        "flat.jpegsave_buffer(Q=95)",
    ],
    ids=["wide gamut", "wide gamut in 16 bits", "16 bits", "as usual"],
)
def test_colours_become_srgb(recipe: str) -> None:
    photo = rendered(pictures.of_vips(recipe))
    assert_bare(photo)
    assert difference(opened(photo.large), Image.new("RGB", (64, 64), (230, 60, 20))) < 4


def test_cmyk_becomes_srgb() -> None:
    recipe = "flat.icc_transform('cmyk', input_profile='srgb').jpegsave_buffer(Q=95{})"
    for profile in ("", ", keep='none'"):
        photo = rendered(pictures.of_vips(recipe.format(profile)))
        assert_bare(photo)
        assert difference(opened(photo.large), Image.new("RGB", (64, 64), (230, 60, 20))) < 16


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P"])
def test_grey_and_palettes_become_srgb(mode: str) -> None:
    white = 65535 if mode == "I;16" else 255
    image = Image.new(mode, (40, 40), (255, 255) if mode == "LA" else white)
    if mode == "P":
        image.putpalette([255] * 768)
    photo = rendered(written(image, "PNG"))
    assert_bare(photo)
    assert difference(opened(photo.large), Image.new("RGB", (40, 40), "white")) < 2


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_lies_on_white(kind: str) -> None:
    photo = rendered(written(Image.new("RGBA", (40, 40), (10, 20, 30, 0)), kind))
    assert_bare(photo)
    assert difference(opened(photo.large), Image.new("RGB", (40, 40), "white")) < 2


@pytest.mark.parametrize("profile", [b"nonsense" * 40, b"\0" * 200], ids=["words", "zeros"])
def test_a_broken_colour_profile_does_not_cost_the_photo(profile: bytes) -> None:
    assert_upright(rendered(written(quarters(), icc_profile=profile)))


WHOLE_ENOUGH = {  # what is missing lies behind the picture that is shown
    "kapot/truncated.heic": (16, 16),
    "bom/P_decompression_bomb_extents.gif": (100, 100),
}


@pytest.mark.parametrize("name", pictures.named("kapot", "bom"))
def test_a_damaged_or_hostile_file_is_refused_with_the_reason(name: str) -> None:
    data = pictures.real(name).read_bytes()
    if name in WHOLE_ENOUGH:
        photo = rendered(data)
        assert (photo.width, photo.height) == WHOLE_ENOUGH[name]
        return
    expected = {".ico": Reason.UNKNOWN_KIND}
    assert refusal(data) == expected.get(name[-4:], Reason.BROKEN)


def test_a_photo_cut_short_is_refused() -> None:
    assert refusal(pictures.real("gps/pixel6_ultrahdr_gps.jpg").read_bytes()) == Reason.BROKEN
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIC"):
        noise = pictures.noise(200, 200)
        whole = heic(noise) if kind == "HEIC" else written(noise, kind)
        assert refusal(whole[: len(whole) * 3 // 4]) == Reason.BROKEN, kind
        assert refusal(whole[:40]) == Reason.BROKEN, kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\n", Reason.UNKNOWN_KIND),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Reason.UNKNOWN_KIND),
        (b"%PDF-1.7\n%%EOF", Reason.UNKNOWN_KIND),
        (b"\0\0\0\x18ftypisom", Reason.UNKNOWN_KIND),
        (b"\0\0\0\x18ftypheic", Reason.BROKEN),
        (b"\0\0\0\x18ftypmif1" + b"\0" * 40, Reason.BROKEN),
        (b"\0\0\0\x18ftypavif" + b"\0" * 40, Reason.BROKEN),
        (b"GIF89a", Reason.BROKEN),
        (b"GIF89a/*\xff\xff\xff\xff*/=1;alert(1)//", Reason.TOO_MANY_PIXELS),
        (b"<!doctype html><img src=x onerror=alert(1)>", Reason.UNKNOWN_KIND),
        (b"II*\0\x08\0\0\0", Reason.UNKNOWN_KIND),
        (b"BM" + b"\0" * 60, Reason.UNKNOWN_KIND),
        (b"RIFF\x24\0\0\0WAVEfmt ", Reason.UNKNOWN_KIND),
        (b"\xff\xd8\xff" + b"<?php" * 100, Reason.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, Reason.BROKEN),
        (b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 100, Reason.BROKEN),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, reason: Reason) -> None:
    assert refusal(data) == reason


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "AVIF"])
def test_a_photo_is_known_by_its_content_whatever_it_is_called(kind: str) -> None:
    file = io.BytesIO(written(quarters(), kind))
    file.name = "photo.jpg"
    assert_upright(render(file))


@pytest.mark.parametrize("claimed", [b"mif1", b"msf1", b"miaf"])
@pytest.mark.parametrize("kind", ["AVIF", "HEIC"])
def test_avif_and_heic_are_told_apart_by_all_that_they_claim(kind: str, claimed: bytes) -> None:
    data = heic(quarters()) if kind == "HEIC" else written(quarters(), "AVIF")
    assert_upright(rendered(data[:8] + claimed + data[12:]))


def test_a_heic_that_calls_itself_avif_is_refused() -> None:
    data = heic(quarters())
    assert refusal(data[:8] + b"avif" + data[12:]) == Reason.BROKEN
    assert refusal(written(quarters(), "AVIF").replace(b"avif", b"heic")) == Reason.BROKEN


def test_a_file_with_too_many_bytes_is_refused_unread(settings: Settings) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    assert refusal(b"\xff\xd8\xff" + b"x" * 1000) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        pictures.png(50_000, 50_000, rows=1),
        pictures.png(900_000, 60, rows=1),
        pictures.claiming(written(quarters()), 65_000, 65_000),
        pictures.claiming(written(quarters(), progressive=True), 8_000, 6_000),
        heif.claiming(heic(quarters()), 20_000, 20_000),
        heif.grid(quarters(1024, 1024), 20, 20, size=(20_000, 20_000)),
        b"GIF89a" + b"\xff" * 60,
    ],
    ids=["square", "line", "jpeg", "progressive", "heic", "heic in tiles", "gif"],
)
def test_too_many_pixels_are_refused_on_the_header(data: bytes) -> None:
    assert refusal(data) == Reason.TOO_MANY_PIXELS


def test_forty_nine_million_pixels_in_a_small_file_are_still_a_photo() -> None:
    photo = rendered(pictures.png(7000, 7000))
    assert (photo.width, photo.height) == (1600, 1600)


@pytest.mark.parametrize("kind", ["AVIF", "HEIC"])
def test_more_than_eight_bits_become_eight(kind: str) -> None:
    if kind == "HEIC":
        data = heic(quarters(), depth=10)
    else:
        data = pictures.of_vips("flat.heifsave_buffer(compression='av1', bitdepth=10, Q=90)")
    photo = rendered(data)
    assert_bare(photo)
    meant = quarters() if kind == "HEIC" else Image.new("RGB", (64, 64), (230, 60, 20))
    assert difference(opened(photo.large), meant) < 4


def test_a_heic_of_48_megapixels_is_a_photo() -> None:
    photo = rendered(heif.grid(quarters(512, 512), 16, 12, size=(8064, 6048)))
    assert (photo.width, photo.height) == (1600, 1200)
    assert_bare(photo)


def test_the_second_picture_of_an_ultra_hdr_and_the_film_of_a_motion_photo_are_left_out() -> None:
    later = written(Image.new("RGB", (1200, 800), "black"))
    for tail in (later, b"\0\0\0\x18ftypmp42" + bytes(5000)):
        photo = rendered(written(quarters()) + tail)
        assert_upright(photo)
        assert (photo.width, photo.height) == (120, 80)


def test_the_original_is_kept_whole_and_upright_where_that_is_asked() -> None:
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6
    file = io.BytesIO(written(quarters(2400, 1800).rotate(90, expand=True), exif=exif))
    photo = render(file, keep_original=True)
    original = opened(photo.original)
    assert (original.format, original.mode, original.size) == ("JPEG", "RGB", (2400, 1800))
    assert difference(original, quarters(2400, 1800)) < 2
    assert set(original.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert photo.bytes > len(photo.original) > 0


def test_an_original_that_is_too_large_to_turn_is_made_smaller() -> None:
    photo = render(io.BytesIO(written(quarters(8000, 5000))), keep_original=True)
    width, height = opened(photo.original).size
    assert 23_000_000 < width * height <= 24_000_000
    wide = heif.grid(quarters(512, 512), 16, 12, size=(8064, 6048))
    assert opened(render(io.BytesIO(wide), keep_original=True).original).size == (4032, 3024)
