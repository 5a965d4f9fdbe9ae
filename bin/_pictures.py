"""Take the pictures of the pages for README and for the app's manifest, from a demo of its own.

``bin/_pictures`` starts the demo, looks at the pages that ``SHOTS`` lists in Chromium, and writes
a WebP of at most 150 kB for each. Give names of shots to take only those.
"""

import json
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pyvips
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from kring.demo.drawings.places import place
from tests import chromium

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS = ROOT / "build/drawings"
DOCS = ROOT / "docs/pictures"
SCREENS = ROOT / "kring/static/screens"  # of the manifest: browsers take PNG and JPEG only
MOST_BYTES = 150_000
PHONE, DESKTOP = (390, 844), (1280, 800)
FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")


@dataclass(frozen=True)
class Shot:
    """A picture: of whom and what, on how large a screen, and where it goes."""

    name: str
    person: str
    path: str = "/"
    size: tuple[int, int] = PHONE
    scale: float = 2
    dark: bool = False
    folder: Path = DOCS
    kind: str = "webp"
    typed: dict[str, str] = field(default_factory=dict)  # selector: text
    files: tuple[str, ...] = ()  # drawings of the demo that are sent along
    click: str = ""  # what to press first
    down: int = 0  # pixels to scroll


WORDS = "Wat een herfst! In het bos zochten we eikels en blaadjes, en daarna tekenden we."
DRAWN = ("autumn_wood-8-1", "squirrel-8-1", "leaves-4-1")  # see index.json beside them
WRITING = Shot("write-phone", "iris", "/posts/new/", typed={"textarea": WORDS}, files=DRAWN)
OFFICE = "main a >> text=/^De Kring/"
SHOTS = (
    Shot("feed-phone", "samira"),
    Shot("feed-phone-dark", "samira", dark=True, down=780),
    WRITING,
    Shot("feed-desktop", "iris", size=DESKTOP, scale=1.25),
    Shot("office-desktop", "ria", "/office/", click=OFFICE, size=DESKTOP, scale=1),
    Shot("narrow-feed", "samira", scale=2, folder=SCREENS, kind="png"),
    replace(WRITING, name="narrow-write", folder=SCREENS, kind="png"),
    Shot("wide-feed", "samira", size=(1440, 900), scale=1, folder=SCREENS, kind="png"),
)  # fmt: skip


def main() -> int:
    """Take those that were asked for, or all."""
    asked = set(sys.argv[1:])
    shots = [shot for shot in SHOTS if not asked or shot.name in asked]
    with running_demo() as told, running_chromium() as browser:
        links = {one["key"]: one["sign_in"] for one in told["people"]}
        for shot in shots:
            written = take(shot, browser, told["address"], links[shot.person])
            print(f"{written.relative_to(ROOT)}: {written.stat().st_size // 1000} kB")
    return 0


def take(shot: Shot, browser: Browser, address: str, sign_in: str) -> Path:
    """Open the page as this person, wait until all of it is there, and write it down."""
    wide, high = shot.size
    window = browser.new_context(
        base_url=address,
        viewport={"width": wide, "height": high},
        device_scale_factor=shot.scale,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="nl-NL",
    )
    page = window.new_page()
    page.goto(sign_in)
    page.goto(shot.path)
    if shot.click:
        page.locator(shot.click).first.click()
    for selector, text in shot.typed.items():
        page.locator(selector).first.fill(text)
    if shot.files:
        send_along(page, shot.files)
    page.mouse.wheel(0, shot.down)
    settle(page)
    content = page.screenshot()
    window.close()
    return write(content, shot.folder / f"{shot.name}.{shot.kind}")


def send_along(page: Page, drawings: tuple[str, ...]) -> None:
    """As photos of a phone, until all are in, and as far up as the screen shows them."""
    for drawing in drawings:
        content = (place(DRAWINGS, drawing) / "large.webp").read_bytes()
        file = FilePayload(name=f"{drawing}.webp", mimeType="image/webp", buffer=content)
        page.locator("media-picker input[type=file]").set_input_files(file)
    page.locator(".thumb[data-asset] img").nth(len(drawings) - 1).wait_for()


def settle(page: Page) -> None:
    """Until pictures and letters are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_function(
        "[...document.images].every(one => one.complete"
        " || one.getBoundingClientRect().top > innerHeight)"
    )
    page.wait_for_timeout(400)


def write(content: bytes, to: Path) -> Path:
    """As WebP, or as PNG of few colours: as good and as large as fits."""
    whole = pyvips.Image.new_from_buffer(content, "").extract_band(0, n=3)
    to.parent.mkdir(parents=True, exist_ok=True)
    shares = (
        (1.0, 0.85, 0.72, 0.6, 0.5) if to.suffix == ".webp" else (1.0,)
    )  # a manifest says sizes
    for share, quality in product(shares, (84, 70, 56)):
        picture = whole.resize(share) if share < 1 else whole
        if to.suffix == ".png":
            made = picture.pngsave_buffer(palette=True, Q=quality, effort=7, keep="none")
        else:
            made = picture.webpsave_buffer(Q=quality, effort=4, keep="none")
        if len(made) <= MOST_BYTES:
            break
    to.write_bytes(made)
    return to


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def running_demo() -> Iterator[dict[str, Any]]:
    """The whole demo, on a port and in a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="kring-") as data:
        command = [
            sys.executable,
            "-m",
            "kring",
            "demo",
            "--json",
            f"--port={port}",
            f"--data={data}",
        ]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
            assert demo.stdout
            try:
                yield json.loads(demo.stdout.readline())
            finally:
                demo.send_signal(signal.SIGINT)
                demo.wait(60)


if __name__ == "__main__":
    sys.exit(main())
