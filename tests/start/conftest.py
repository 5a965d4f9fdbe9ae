"""Short folders, servers of their own, and a way to see which processes are left."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kring.database import EmbeddedPostgres
from kring.folder import DataFolder


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose path is short enough for sockets, as pytest's own is not."""
    path = Path(tempfile.mkdtemp(prefix="kt-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def data(place: Path) -> DataFolder:
    return DataFolder(place / "data")


@pytest.fixture
def postgres(data: DataFolder) -> Iterator[EmbeddedPostgres]:
    """A server that is not started yet, and is stopped at the end."""
    made = EmbeddedPostgres(data, durable=False)
    yield made
    made.server.kill()


@pytest.fixture
def port() -> int:
    """A port of this machine that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


def those_of(folder: Path) -> list[psutil.Process]:
    """The processes, of anybody, that speak of this folder in their command line or environment."""
    sought = os.fsencode(folder)
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and sought in _told(process.pid)
    ]


def _told(number: int) -> bytes:
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes()
        state = (
            Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        )
        return b"" if state == "Z" else command + Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return b""
