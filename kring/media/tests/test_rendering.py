import io
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat
from pytest_django import Settings

from kring.media.rendering import PhotoRefused, Reason, Rendered, render
from kring.media.tests import pictures
from kring.media.tests.pictures import BLUE, GREEN, RED, YELLOW, opened, quarters, written


def rendered(data: bytes) -> Rendered:
    return render(io.BytesIO(data))


def refusal(data: bytes) -> Reason:
    with pytest.raises(PhotoRefused) as refused:
        rendered(data)
    return refused.value.reason


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean over all pixels and colours, of 255."""
    shown = ImageChops.difference(one.convert("RGB"), other.convert("RGB").resize(one.size))
    return sum(ImageStat.Stat(shown).mean) / 3


def assert_bare(photo: Rendered) -> None:
    tiny = b64decode(photo.placeholder.partition("base64,")[2])
    for data in (photo.large, photo.small, tiny):
        assert list(pictures.chunks(data)) == ["VP8 "]
        image = opened(data)
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & image.info.keys()
        assert (image.mode, image.format) == ("RGB", "WEBP")


def assert_small(photo: Rendered) -> None:
    large, small = opened(photo.large), opened(photo.small)
    assert large.size == (photo.width, photo.height)
    assert max(large.size) <= 1600
    assert max(small.size) <= 400
    assert photo.bytes == len(photo.large) + len(photo.small)
    assert photo.placeholder.startswith("data:image/webp;base64,")
    assert len(photo.placeholder) <= 500


def assert_upright(photo: Rendered) -> None:
    shown = opened(photo.large)
    corners = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    for (x, y), colour in zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True):
        pixel = shown.getpixel((int(x * shown.width), int(y * shown.height)))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 12, (x, y)


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
    assert difference(opened(photo.small), upright) < 8


@pytest.mark.parametrize("name", pictures.named("bijzonder", "animatie"))
def test_an_odd_file_comes_out_bare_or_is_refused_with_a_reason(name: str) -> None:
    data = pictures.real(name).read_bytes()
    if name.endswith((".avif", ".gif")):
        assert refusal(data) == Reason.UNKNOWN_KIND
    else:
        photo = rendered(data)
        assert_bare(photo)
        assert_small(photo)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_the_right_way_up(kind: str, orientation: int) -> None:
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, 1)
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = undo
    laid = ImageOps.exif_transpose(opened(written(quarters(), "PNG", exif=exif)))
    exif[pictures.ORIENTATION] = orientation
    photo = rendered(written(laid, kind, exif=exif))
    assert (photo.width, photo.height) == (120, 80)
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


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_taken(kind: str) -> None:
    later = Image.new("RGB", (120, 80), "black")
    photo = rendered(written(quarters(), kind, save_all=True, append_images=[later], duration=50))
    assert_upright(photo)
    assert_bare(photo)


def test_what_hides_in_or_behind_a_photo_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[1] = "N"
    hidden = written(
        quarters(), exif=exif, comment=b"SECRET comment", xmp=b"<x:xmpmeta>SECRET</x:xmpmeta>"
    )
    for tail in (b"PK\3\4SECRET.zip", b"<script>SECRET</script>", written(quarters(), "PNG")):
        photo = rendered(hidden + tail)
        assert_upright(photo)
        assert_bare(photo)
        assert b"SECRET" not in photo.large + photo.small


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_finds_nothing_either(tmp_path: Path) -> None:
    path = tmp_path / "photo.webp"
    path.write_bytes(rendered(pictures.real("gps/thompson-springs.jpg").read_bytes()).large)
    told = subprocess.run(["exiftool", "-G", path], capture_output=True, text=True, check=True)  # noqa: S607
    groups = {line.split("]")[0].strip("[") for line in told.stdout.splitlines()}
    assert groups <= {"ExifTool", "File", "RIFF", "Composite"}


@pytest.mark.parametrize("name", pictures.named("kapot", "bom", "heic"))
def test_a_damaged_or_hostile_file_is_refused_with_the_reason(name: str) -> None:
    expected = Reason.HEIC if name.endswith(".heic") else Reason.BROKEN
    if name.startswith("bom/"):
        expected = Reason.UNKNOWN_KIND
    assert refusal(pictures.real(name).read_bytes()) == expected


def test_a_photo_cut_short_is_refused() -> None:
    assert refusal(pictures.real("gps/pixel6_ultrahdr_gps.jpg").read_bytes()) == Reason.BROKEN
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = written(pictures.noise(200, 200), kind)
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
        (b"\0\0\0\x18ftypheic", Reason.HEIC),
        (b"RIFF\x24\0\0\0WAVEfmt ", Reason.UNKNOWN_KIND),
        (b"\xff\xd8\xff" + b"<?php" * 100, Reason.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, Reason.BROKEN),
        (b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 100, Reason.BROKEN),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, reason: Reason) -> None:
    assert refusal(data) == reason


def test_a_gif_is_known_by_its_content_whatever_it_is_called() -> None:
    assert refusal(written(quarters(), "GIF")) == Reason.UNKNOWN_KIND


def test_a_file_with_too_many_bytes_is_refused_unread(settings: Settings) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    assert refusal(b"\xff\xd8\xff" + b"x" * 1000) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        pictures.png(50_000, 50_000, rows=1),
        pictures.png(900_000, 60, rows=1),
        pictures.claiming(written(quarters()), 65_000, 65_000),
    ],
    ids=["square", "line", "jpeg"],
)
def test_too_many_pixels_are_refused_on_the_header(data: bytes) -> None:
    assert refusal(data) == Reason.TOO_MANY_PIXELS


def test_forty_nine_million_pixels_in_a_small_file_are_still_a_photo() -> None:
    photo = rendered(pictures.png(7000, 7000))
    assert (photo.width, photo.height) == (1600, 1600)
