"""The set-up script: any Python from 3.9 reads it, and what cannot be had is one sentence."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FAILING = """#!/bin/sh
[ "$1" = --version ] && echo uv {} && exit
echo {} >&2
exit 2
"""
COMMANDS = ("bench", "ci", "demo", "dev", "kring", "test")


@pytest.mark.parametrize("name", [*COMMANDS, "_setup.py"])
def test_python_3_9_reads_it(name: str) -> None:
    source = (ROOT / "bin" / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 9))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_one_that_can_be_run(name: str) -> None:
    assert os.access(ROOT / "bin" / name, os.X_OK)


@pytest.fixture
def bare(place: Path) -> Path:
    """A clone on which nothing was set up, on a machine without uv and without a network."""
    for name in ("bin", ".python-version", "pyproject.toml", "uv.lock"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, place / name)
    return place


def start(clone: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(clone), "PIP_NO_INDEX": "1"}
    return subprocess.run(
        [sys.executable, str(clone / "bin/demo"), "--help"],
        env=environment | {"PIP_INDEX_URL": "https://localhost:1"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("uv", path="/usr/bin:/bin") is not None, reason="uv is there")
def test_without_a_network_it_says_what_is_missing(bare: Path) -> None:
    done = start(bare)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kring: uv could not be installed")


def fake(uv: Path, version: str, says: str = "") -> None:
    """A uv that knows its version and can do nothing."""
    uv.parent.mkdir(parents=True)
    uv.write_text(FAILING.format(version, says))
    uv.chmod(0o755)


def test_a_uv_that_cannot_fetch_says_what_is_missing(bare: Path) -> None:
    fake(bare / ".bootstrap/bin/uv", "0.99.0", "no cpython-3.13")
    done = start(bare)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("kring: Python 3.13 could not be fetched")


def test_a_uv_that_is_too_old_is_passed_by(bare: Path) -> None:
    fake(bare / "old/uv", "0.4.0")
    fake(bare / ".bootstrap/bin/uv", "0.99.0", "our own")
    assert "our own" in start(bare, PATH=f"{bare / 'old'}:/usr/bin:/bin").stderr
