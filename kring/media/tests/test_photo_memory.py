"""What the dearest file of each kind takes: 250 MB at most, and it is a photo all the same."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from kring.media.photo import Limits, Rendered
from kring.media.renderers import _ENVIRONMENT
from kring.media.tests import heif, pictures
from kring.media.tests.pictures import of_vips, quarters, written

PATIENT = Limits(cpu_seconds=120, wall_seconds=240)  # only memory is measured here
BYTES = 30 * 1024 * 1024
IN_A_CHILD = """
import json, os, resource, sys
from kring.media import darkroom
from kring.media.photo import Limits

photo = sys.stdin.buffer.read()
darkroom.set_up()
limits = Limits(**json.loads(sys.argv[1]))
reply = darkroom.develop_apart(photo, limits, keep_original=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
sys.stdout.buffer.write(peak.to_bytes(8) + reply)
"""
PICTURE = (
    "(pyvips.Image.xyz({0}, {1})[0] % 251).bandjoin([pyvips.Image.xyz({0}, {1})[1] % 241,"
    " pyvips.Image.gaussnoise({0}, {1}, mean=128, sigma=20)])"
    ".cast('uchar').copy(interpretation='srgb')"
)


def made(width: int, height: int, how: str) -> bytes:
    return of_vips(f"{PICTURE.format(width, height)}.{how}")


def flat(width: int, height: int, how: str) -> bytes:
    return of_vips(f"flat.embed(0, 0, {width}, {height}, extend='copy').{how}")


MAKERS = {
    "jpeg of 200 megapixels": lambda: flat(16_320, 12_240, "jpegsave_buffer()"),
    "progressive jpeg": lambda: made(
        8_000, 4_100, "jpegsave_buffer(Q=60, interlace=True, subsample_mode='on')"
    ),
    "progressive jpeg, all colours": lambda: made(
        4_600, 3_600, "jpegsave_buffer(Q=60, interlace=True, subsample_mode='off')"
    ),
    "png of 16 bits": lambda: pictures.png(7_000, 7_000, depth=16),
    "interlaced png": lambda: flat(7_000, 4_700, "pngsave_buffer(interlace=True, compression=1)"),
    "webp": lambda: flat(7_000, 4_700, "webpsave_buffer(effort=0)"),
    "lossless webp": lambda: made(
        4_600, 3_600, "webpsave_buffer(lossless=True, effort=0, near_lossless=True, Q=10)"
    ),
    "heic of 48 megapixels": lambda: heif.grid(quarters(512, 512), 16, 12, size=(8064, 6048)),
    "heic without tiles": lambda: heif.heic(quarters(4_600, 3_600)),
    "heic without tiles, turned": lambda: heif.heic(quarters(4_600, 3_600), orientation=6),
    "avif of 10 bits": lambda: made(
        4_150, 3_000, "heifsave_buffer(compression='av1', effort=0, bitdepth=10, Q=40)"
    ),
    "avif that lets through": lambda: made(
        4_150,
        3_000,
        "bandjoin(pyvips.Image.xyz(4150, 3000)[0] % 200)"
        ".cast('uchar').heifsave_buffer(compression='av1', effort=0, Q=40)",
    ),
    "gif": lambda: written(quarters(4_080, 4_080).quantize(), "GIF"),
    "gif that moves": lambda: written(
        quarters(4_000, 4_000).quantize(),
        "GIF",
        save_all=True,
        append_images=[quarters(4_000, 4_000).rotate(turn).quantize() for turn in (90, 180)],
    ),
    "webp that moves": lambda: written(
        quarters(3_500, 3_500),
        "WEBP",
        save_all=True,
        append_images=[quarters(3_500, 3_500).rotate(turn) for turn in (90, 180, 270)],
        method=0,
    ),
}


def file(kind: str) -> bytes:
    """As large as an upload may be, by what lies behind the picture."""
    photo = MAKERS[kind]()
    assert len(photo) <= BYTES
    return photo.ljust(BYTES, b"\0")


def developed(photo: bytes) -> tuple[int, Rendered]:
    """The peak of a child, in bytes, and what it made; forked from a process as small as ours."""
    run = subprocess.run(
        [sys.executable, "-c", IN_A_CHILD, json.dumps(asdict(PATIENT))],
        input=photo,
        capture_output=True,
        check=True,
        env=_ENVIRONMENT,
    )
    return int.from_bytes(run.stdout[:8]), Rendered.unpack(run.stdout[8:])


@pytest.mark.parametrize("kind", MAKERS)
def test_the_largest_file_that_is_taken_keeps_within_250_megabytes(kind: str) -> None:
    peak, photo = developed(file(kind))
    assert max(photo.width, photo.height) == 1600
    assert peak < 250_000_000
