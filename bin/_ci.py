"""Run every check, go on when one fails, and say at the end what ran, how long, and what failed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import _setup

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
KEYS = "kring/base/visibility.py,kring/base/row_security.py"
"""What keeps families apart: every branch of it is tested."""


def main() -> int:
    """Exit with 1 when a check failed."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    outcomes = [(name, *took(name, command)) for name, command in checks()]
    print()
    for name, seconds, whole in outcomes:
        print(f"{'ok' if whole else 'FAILED':7} {name:13} {seconds:6.1f} s")
    return 0 if all(whole for _, _, whole in outcomes) else 1


def took(name: str, command: list[str]) -> tuple[float, bool]:
    """How many seconds a check took, and whether it found nothing."""
    print(f"── {name}")
    begun = time.monotonic()
    environment = os.environ | {"SECRET_KEY": "of the checks", "PYTHONPATH": str(ROOT)}
    environment["DATABASE_URL"] = "postgresql://nobody@/nothing"
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return time.monotonic() - begun, code == 0


def checks() -> Iterator[tuple[str, list[str]]]:
    """The names and command lines, the quick ones first."""
    python, django = sys.executable, "--target-version=6.1"
    templates, code = files("kring/*templates/*.html"), files("*.py")
    yield "lock file", [_setup.uv(), "lock", "--check", "--quiet"]
    yield "style", [tool("ruff"), "check", "--quiet"]
    yield "format", [tool("ruff"), "format", "--check", "--quiet"]
    yield "templates", [tool("djade"), django, "--check", *templates]
    yield "idiom", [tool("django-upgrade"), django, "--check", *code]
    yield "floors", [tool("lint-imports"), "--no-logo"]
    yield "translations", [python, "bin/_translations.py"]
    yield "secrets", [python, "bin/_secrets.py"]
    yield "types", [tool("mypy")]
    yield "migrations", [python, "bin/_migrations.py"]
    yield (
        "tests",
        [
            python,
            "-m",
            "pytest",
            "-n",
            "2",
            "--dist=loadfile",  # what a file needs, its demo above all, is made once
            "--cov",
            "--cov-report=",
            "--cov-fail-under=0",
            *sys.argv[1:],
        ],
    )
    yield "coverage", [tool("coverage"), "report"]
    yield "coverage, keys", [tool("coverage"), "report", f"--include={KEYS}", "--fail-under=100"]


def files(*patterns: str) -> list[str]:
    """The project's own files: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    done = subprocess.run(
        [*command, *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def tool(name: str) -> str:
    """The path of a program of the environment."""
    return str(BIN / name)


if __name__ == "__main__":
    sys.exit(main())
