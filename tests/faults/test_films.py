"""Kill -9 in the middle of a film: of what converts it, and of the worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from imageio_ffmpeg import get_ffmpeg_exe

from kring.feed.models import Post, PostPhoto
from kring.media.models import Asset
from tests.cast import Cast, let_in
from tests.faults.running import Running
from tests.unlocked import unlocked

pytestmark = pytest.mark.slow

BEGUN = 60  # seconds within which a film is under way
DONE = 150  # seconds within which it is there, whatever happened


@pytest.fixture(scope="module")
def converting(running: Running) -> Running:
    """With a worker for films."""
    with running.lock:
        running._start("worker", "--films")
    running.wait_until(running.answers, BEGUN)
    return running


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Some seconds of work."""
    path = tmp_path_factory.mktemp("film") / "long.mp4"
    source = "testsrc2=size=1280x720:rate=30:duration=20"
    told = ["-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-b:v", "3M", str(path)]
    subprocess.run([get_ffmpeg_exe(), "-loglevel", "error", *told], check=True)
    return path.read_bytes()


class Sent:
    """A film that is being converted, on a post that waits for it."""

    def __init__(self, running: Running, film: bytes) -> None:
        self.running, cast = running, Cast()
        client = Client()
        let_in(client, cast.teacher)
        self.session = client.session.session_key or ""
        form = {"school": str(cast.id("wilgenhoek")), "file": SimpleUploadedFile("a.mp4", film)}
        status, answer = running.ask("POST", "/media/uploads/", self.session, form)
        assert status == 201, answer
        self.asset_id = UUID(json.loads(answer)["id"])
        key = str(uuid4())
        sheet: dict[str, Any] = {
            "audience": f"group:{cast.id('group_5')}",
            "text": "Onze film.",
            "key": key,
            "assets": str(self.asset_id),
            "waits": "on",
        }
        assert running.ask("POST", "/posts/new/", self.session, sheet)[0] == 303
        with unlocked():
            self.post = Post.objects.get(key=key)
        running.wait_until(self.is_under_way, BEGUN)

    def asset(self) -> Asset:
        with unlocked():
            return Asset.objects.get(pk=self.asset_id)

    def is_under_way(self) -> bool:
        return self.asset().progress > 0 and bool(converters())

    def is_out(self) -> bool:
        with unlocked():
            self.post.refresh_from_db()
        return not self.post.waits

    def is_whole(self) -> bool:
        """Whether all of it is there, and can be seen."""
        asset = self.asset()
        folder = self.running.data.path / f"media/photos/{asset.pk.hex[-2:]}/{asset.pk.hex}"
        with unlocked():
            photo = PostPhoto.objects.get(post=self.post)
        files = {path.name for path in folder.iterdir()}
        whole = {"film.mp4", "small.webp", "medium.webp", "large.webp"}
        return (asset.state, photo.state, files) == ("ready", "ready", whole)


def converters() -> list[psutil.Process]:
    """Every ffmpeg below this process."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "ffmpeg" in process.name():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture
def sent(converting: Running, long_film: bytes) -> Sent:
    return Sent(converting, long_film)


def test_an_ffmpeg_that_is_killed_is_started_again(sent: Sent) -> None:
    for process in converters():
        process.kill()
    sent.running.wait_until(sent.is_out, DONE)
    assert sent.is_whole()


def test_a_worker_that_is_killed_takes_its_ffmpeg_along_and_another_goes_on(sent: Sent) -> None:
    before = {process.pid for process in converters()}
    sent.running.kill("worker")
    time.sleep(2)
    assert before.isdisjoint(process.pid for process in converters())
    sent.running.wait_until(sent.is_out, DONE)
    assert sent.is_whole()
    assert sent.asset().tries <= 3


def test_other_jobs_do_not_wait_behind_a_film(sent: Sent) -> None:
    other = Cast().post("sam", by="teacher")
    sent.running.rows(
        "SELECT kring_enqueue('events', 'kring.ops.jobs.sweep', 0, NULL, %s::jsonb, NULL)",
        json.dumps({"school_id": str(other.school_id)}),
    )
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kring.ops.jobs.sweep'"
    sent.running.wait_until(lambda: sent.running.rows(waiting) == [(0,)], 30)
    assert sent.asset().state == Asset.State.WAITING
    sent.running.wait_until(sent.is_out, DONE)


def test_a_worker_that_is_asked_to_stop_in_mid_film_loses_nothing(sent: Sent) -> None:
    with sent.running.lock:
        for child in sent.running.children:
            if child.name == "worker" and child.process is not None:
                os.kill(child.process.pid, signal.SIGTERM)
    sent.running.wait_until(sent.is_out, DONE)
    assert sent.is_whole()
