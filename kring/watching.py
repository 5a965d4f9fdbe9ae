"""Sees that code, templates or static files changed, and builds anew: for ``bin/dev``."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kring.folder import StartError
from kring.supervisor import ROOT, run

FOLDERS = ("kring", "config")
ENDINGS = {".py", ".html", ".css", ".js", ".svg", ".po", ".mjml"}


@dataclass
class Watch:
    """What the files of the project looked like at the last look."""

    root: Path
    build: Callable[[], None]
    """Builds what is made from the files."""
    seconds: float = 1
    """Between two looks."""
    looked_at: float = field(default_factory=time.monotonic)
    seen: dict[Path, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seen = dict(self._files())

    def changed(self) -> bool:
        """Whether something changed since the last look; it is built anew then."""
        if time.monotonic() - self.looked_at < self.seconds:
            return False
        before, self.seen = self.seen, dict(self._files())
        self.looked_at = time.monotonic()
        if self.seen == before:
            return False
        self.build()
        return True

    def _files(self) -> Iterator[tuple[Path, int]]:
        for folder in FOLDERS:
            for path in (self.root / folder).rglob("*"):
                if path.suffix in ENDINGS and "tests" not in path.parts:
                    yield path, path.stat().st_mtime_ns


def build() -> None:
    """Build what changed; what is wrong with it is said, and can be mended while all goes on."""
    try:
        run("The build", [sys.executable, str(ROOT / "bin/_build.py")], os.environ)
    except StartError as error:
        print(f"kring: {error}", file=sys.stderr)
