"""How many films are looked at a time in one process."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import psutil
from django.conf import settings

from kring.media.films import FilmRefused, probe
from kring.media.photo import Reason
from kring.media.tests.moving import H264, PICTURE, SOUND, made

AT_ONCE = 6


def film(folder: Path) -> Path:
    return made(folder / "a.mp4", *PICTURE, *SOUND, *H264)


def looked(path: Path, gate: Barrier, patience: float) -> Reason | None:
    gate.wait()
    try:
        probe(path, patience=patience)
    except FilmRefused as refused:
        return refused.reason
    return None


def test_who_finds_no_place_is_told_to_come_later(tmp_path: Path) -> None:
    look = partial(looked, film(tmp_path), Barrier(AT_ONCE))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        said = Counter(threads.map(look, [0.0] * AT_ONCE))
    places = settings.PHOTO_RENDERERS
    assert said == {None: places, Reason.BUSY: AT_ONCE - places}


def test_no_more_programs_run_than_there_are_places_and_all_are_looked_at(tmp_path: Path) -> None:
    look = partial(looked, film(tmp_path), Barrier(AT_ONCE))
    before, most = set(psutil.Process().children()), 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        looks = [threads.submit(look, 20.0) for _ in range(AT_ONCE)]
        while not all(one.done() for one in looks):
            most = max(most, len(set(psutil.Process().children()) - before))
    assert {one.result() for one in looks} == {None}
    assert 0 < most <= settings.PHOTO_RENDERERS
