import io
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from kring.media.documents import DocumentRefused
from kring.media.photo import Reason
from kring.media.scanning import ScannerAwayError, scan
from kring.media.tests.papers import office, pdf, zipped

# Every scanner knows this text for a virus; in one piece it would be found in this file too.
EICAR = (
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
).strip()
MOST = 3 * 1024 * 1024
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

type Say = Callable[[bytes], bytes]


class Clamd(NamedTuple):
    path: str
    port: int


@pytest.fixture(scope="session")
def clamd() -> Iterator[Clamd]:
    """A real one, which knows two viruses; a Unix socket takes no long path, so not in tmp_path."""
    if CLAMD is None:
        pytest.skip("clamd is not here: apt-get install clamav-daemon")
    with tempfile.TemporaryDirectory(prefix="kring-") as folder:
        where = Clamd(f"{folder}/socket", free_port())
        with subprocess.Popen(
            [CLAMD, f"--config-file={configured(Path(folder), where)}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                wait_for(where, process)
                yield where
            finally:
                process.kill()


def configured(folder: Path, where: Clamd) -> Path:
    """Whoever runs the tests runs clamd: without the setting User it stays that, root or not."""
    (folder / "known.ndb").write_text(
        f"Test.Eicar:0:*:{EICAR.hex()}\nHeuristics.Encrypted.Zip:0:*:{b'says it is locked'.hex()}\n"
    )
    config = folder / "clamd.conf"
    config.write_text(
        f"Foreground yes\nDatabaseDirectory {folder}\nMaxThreads 4\nStreamMaxLength {MOST}\n"
        f"LocalSocket {where.path}\nTCPAddr 127.0.0.1\nTCPSocket {where.port}\n"
    )
    return config


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(where: Clamd, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while not answers(where):
        assert process.poll() is None, "clamd did not start"
        assert time.monotonic() < deadline, "clamd does not answer"
        time.sleep(0.02)


def answers(where: Clamd) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(where.path)
            connection.sendall(b"zPING\0")
            return connection.recv(10) == b"PONG\0"
        except OSError:
            return False


@pytest.fixture(params=["socket", "port"])
def scanner(request: pytest.FixtureRequest, clamd: Clamd, settings: Settings) -> Clamd:
    settings.CLAMAV = clamd.path if request.param == "socket" else f"127.0.0.1:{clamd.port}"
    return clamd


@contextmanager
def a_scanner_that(says: Say, settings: Settings) -> Iterator[None]:
    """One that takes a whole file, and then says and does something else than clamd would."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            heard = b""
            while not heard.endswith(bytes(4)):
                heard += connection.recv(65536)
            connection.sendall(says(heard))

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        settings.CLAMAV = f"127.0.0.1:{server.getsockname()[1]}"
        yield
        thread.join(10)


def reason(data: bytes) -> Reason:
    with pytest.raises(DocumentRefused) as refused:
        scan(io.BytesIO(data))
    return refused.value.reason


def test_without_a_scanner_nothing_is_scanned(settings: Settings) -> None:
    settings.CLAMAV = ""
    file = io.BytesIO(EICAR)
    file.seek(5)
    scan(file)
    assert file.tell() == 5


def test_a_clean_file_passes(scanner: Clamd) -> None:
    for clean in (b"", b"Hallo", office(), bytes(MOST)):
        scan(io.BytesIO(clean))


@pytest.mark.parametrize(
    "infected",
    [EICAR, b"Hallo " + EICAR, zipped({"a.txt": EICAR}), office(parts={"a": EICAR}), pdf(EICAR)],
    ids=["bare", "text", "zip", "office", "pdf"],
)
def test_a_virus_is_found(scanner: Clamd, infected: bytes) -> None:
    assert reason(infected) == Reason.INFECTED


def test_the_whole_file_is_scanned_from_its_beginning(scanner: Clamd) -> None:
    file = io.BytesIO(EICAR + bytes(300_000))
    file.seek(200_000)
    with pytest.raises(DocumentRefused):
        scan(file)


def test_what_the_operator_forbids_has_its_own_reason(scanner: Clamd) -> None:
    assert reason(b"it says it is locked") == Reason.LOCKED


def test_a_file_that_is_too_large_for_the_scanner_is_not_taken_unscanned(
    scanner: Clamd,
) -> None:
    with capture_logs() as logs, pytest.raises(ScannerAwayError):
        scan(io.BytesIO(bytes(2 * MOST)))
    assert [entry["event"] for entry in logs] == ["scanner.away"]


@pytest.mark.parametrize("where", ["/nowhere/clamd.ctl", "127.0.0.1:1", "[::1]:1"])
def test_a_scanner_that_is_away_lets_nothing_through(where: str, settings: Settings) -> None:
    settings.CLAMAV = where
    with pytest.raises(ScannerAwayError):
        scan(io.BytesIO(b"Hallo"))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"stream: OK",
        b"\0",
        b"OK, but\0",
        b"stream: NOT OK\0",
        b"stream: Can't allocate memory ERROR\0",
        b"COMMAND READ TIMED OUT\0",
        b"\xff" * 10_000 + b"\0",
    ],
    ids=["nothing", "half", "empty", "more", "not", "memory", "late", "noise"],
)
def test_only_a_clear_yes_is_a_yes(said: bytes, settings: Settings) -> None:
    with a_scanner_that(lambda _: said, settings), pytest.raises(ScannerAwayError):
        scan(io.BytesIO(b"Hallo"))


def test_the_file_arrives_whole_and_in_pieces(settings: Settings) -> None:
    heard = list[bytes]()

    def says(sent: bytes) -> bytes:
        heard.append(sent)
        return b"stream: OK\0"

    data = b"a" * 200_000
    with a_scanner_that(says, settings):
        scan(io.BytesIO(data))
    first, second = 128 * 1024, len(data) - 128 * 1024
    assert heard == [
        b"zINSTREAM\0"
        + (first.to_bytes(4) + data[:first] + second.to_bytes(4) + data[first:] + bytes(4))
    ]


def test_a_scanner_that_says_nothing_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kring.media.scanning._SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        settings.CLAMAV = f"127.0.0.1:{silent.getsockname()[1]}"
        before = time.monotonic()
        with pytest.raises(ScannerAwayError):
            scan(io.BytesIO(b"Hallo"))
        assert time.monotonic() - before < 5
