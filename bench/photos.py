"""30 photos of 12 megapixels through Kring's renderer, beside libvips that does only the same work.

The floor is one plain process for each core: decode, shrink, write the three WebP files and the
ThumbHash, with the same settings but without pipes, children and limits.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pyvips

from bench.measure import Measure
from kring.media.rendering import render
from kring.media.thumbhash import thumbhash

PHOTOS = 30
ROUNDS = 3  # the two sides take turns, so that what else the machine does hits both
CORES = os.process_cpu_count() or 1


def measure() -> Measure:
    """Photos a second, both sides warm; of each the best round."""
    os.environ["VIPS_CONCURRENCY"] = "1"  # before the first child: one photo keeps one core busy
    with (
        TemporaryDirectory() as folder,
        ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as processes,
        ThreadPoolExecutor(CORES) as threads,
    ):
        made = list(processes.map(partial(photo, Path(folder)), range(3)))
        photos = [made[turn % len(made)] for turn in range(PHOTOS)]
        sides = [(threads, ours), (processes, raw)]
        for executor, work in sides:
            list(executor.map(work, photos[: 2 * CORES]))
        rounds = [[rate(*side, photos) for side in sides] for _ in range(ROUNDS)]
    value, floor = map(max, zip(*rounds, strict=True))
    return Measure(name="photos", value=value, floor=floor, goal=0.8, better="higher")


def rate(executor: Executor, work: Callable[[Path], int], photos: list[Path]) -> float:
    """Photos a second."""
    before = time.perf_counter()
    list(executor.map(work, photos))
    return len(photos) / (time.perf_counter() - before)


def ours(path: Path) -> int:
    """What an upload costs, from its file to its renditions."""
    with path.open("rb") as file:
        return render(file).bytes


def raw(path: Path) -> int:
    """The same with libvips alone."""
    large = pyvips.Image.thumbnail(str(path), 1600, height=1600, size="down").copy_memory()
    medium = large.thumbnail_image(800, height=800, size="down").copy_memory()
    small = medium.thumbnail_image(400, height=400, size="down").copy_memory()
    tiny = small.thumbnail_image(32, height=32, size="down")
    thumbhash(tiny.width, tiny.height, bytes(tiny.write_to_memory()))
    files = [
        image.webpsave_buffer(Q=quality, effort=2, keep="none")
        for image, quality in ((large, 80), (medium, 78), (small, 75))
    ]
    return sum(map(len, files))


def photo(folder: Path, seed: int) -> Path:
    """A JPEG of 4000 × 3000 pixels and 3 to 6 MB: light, things, texture and a sensor's noise."""
    width, height = 4000, 3000
    light = pyvips.Image.xyz(width, height)[1] * (70.0 / height)
    things = pyvips.Image.perlin(width, height, cell_size=256, seed=seed) * 50
    texture = pyvips.Image.perlin(width, height, cell_size=24, seed=seed + 1) * 25
    noise = pyvips.Image.gaussnoise(width, height, sigma=9, seed=seed + 2, mean=0)
    bands = [
        things + texture + light + noise + 120,
        things * 0.8 + texture + light * 0.7 + noise + 110,
        texture - light * 0.5 + noise + 130,
    ]
    image = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")
    path = folder / f"{seed}.jpg"
    image.jpegsave(str(path), Q=90)
    return path
