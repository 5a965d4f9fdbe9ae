"""Nothing that a file carries beside its picture comes through, in any rendition."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kring.media.photo import Rendered
from kring.media.rendering import render
from kring.media.tests import pictures
from kring.media.tests.heif import heic
from kring.media.tests.pictures import quarters, written

XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET</x:xmpmeta>"
KEPT = {"ExifTool", "File", "RIFF", "JFIF", "Composite"}  # the picture's own form and size
EXPECTED = {"JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"}}


def files(photo: Rendered) -> dict[str, bytes]:
    """What is stored, by name."""
    kept = {"small.webp": photo.small, "medium.webp": photo.medium, "large.webp": photo.large}
    return kept | ({"original.jpg": photo.original} if photo.original else {})


def exif() -> Image.Exif:
    """A description, a maker, and the place where the picture was taken."""
    made = Image.Exif()
    made[0x010E], made[0x010F] = "SECRET description", "SECRET maker"
    made.get_ifd(0x8825).update({1: "N", 2: (52.0, 5.0, 0.0), 3: "E", 4: (5.0, 7.0, 0.0)})
    return made


def hiding(kind: str) -> bytes:
    """A picture with something in every place that the format has for it."""
    if kind == "JPEG":
        iptc = b"Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\x0e\x1c\2\x78\0\6SECRET\0\0"
        photo = written(quarters(), exif=exif(), comment=b"SECRET comment", xmp=XMP)
        return photo[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2) + iptc + photo[2:]
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", "SECRET text")
        text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
        return written(quarters(), kind, pnginfo=text, exif=exif())
    if kind == "HEIC":
        image = quarters()
        image.info["exif"], image.info["xmp"] = exif().tobytes(), XMP
        return heic(image)
    if kind == "GIF":
        return written(quarters(), kind, comment=b"SECRET comment")
    return written(quarters(), kind, exif=exif(), xmp=XMP)


def markers(jpeg: bytes) -> Iterator[int]:
    """The markers of a JPEG up to its scan, and whether something follows its end (as 0)."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    if not jpeg.endswith(b"\xff\xd9"):
        yield 0


TAILS = {
    "nothing": b"",
    "a zip": b"PK\3\4SECRET.zip",
    "a page": b"<script>SECRET</script>",
    "a film": b"\0\0\0\x18ftypmp42SECRET",
    "another picture": written(quarters(), "PNG") + b"SECRET",
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIC"])
def test_what_hides_in_or_behind_a_photo_is_gone(kind: str, tail: str) -> None:
    photo = render(io.BytesIO(hiding(kind) + TAILS[tail]), keep_original=True)
    for data in (photo.small, photo.medium, photo.large):
        assert list(pictures.chunks(data)) == ["VP8 "]
    assert set(markers(photo.original)) <= {0xE0, 0xDB, 0xC0, 0xC4}
    for data in files(photo).values():
        assert b"SECRET" not in data


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
@pytest.mark.parametrize(
    "name",
    [
        *("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIC"),
        *pictures.named("gewoon", "orientatie", "gps", "bijzonder", "heic", "animatie"),
    ],
)
def test_exiftool_finds_nothing_in_what_is_kept(name: str, tmp_path: Path) -> None:
    if "ultrahdr" in name:
        pytest.skip("only the head of this one is there; see the damaged ones")
    data = pictures.real(name).read_bytes() if "/" in name else hiding(name)
    for kept, written_anew in files(render(io.BytesIO(data), keep_original=True)).items():
        (tmp_path / kept).write_bytes(written_anew)
    (tmp_path / "sent").write_bytes(data)
    told = subprocess.run(
        ["exiftool", "-G", "-json", *sorted(tmp_path.iterdir())],  # noqa: S607
        capture_output=True,
        check=True,
    )
    for file in json.loads(told.stdout):
        if not file["SourceFile"].endswith("sent"):
            tags = [tag.split(":") for tag in file if ":" in tag]
            assert {group for group, _ in tags} <= KEPT
            assert {tag for group, tag in tags if group == "JFIF"} <= EXPECTED["JFIF"]
            assert "File:Comment" not in file


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIC"])
def test_exiftool_would_have_found_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(hiding(kind))
    told = subprocess.run(["exiftool", path], capture_output=True, check=True)  # noqa: S607
    assert b"SECRET" in told.stdout
