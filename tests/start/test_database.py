"""The embedded PostgreSQL: made, found again, refused in a sentence."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from kring.database import EmbeddedPostgres, forget
from kring.database.server import _status
from kring.folder import DataFolder, StartError
from tests.start.conftest import those_of

ROOT = Path(__file__).resolve().parent.parent.parent
START = """
import sys
from pathlib import Path
from kring.database import EmbeddedPostgres
from kring.folder import DataFolder, StartError
data = DataFolder(Path(sys.argv[1]))
try:
    with data.locked(), EmbeddedPostgres(data, durable=False).running() as postgres:
        print(postgres.url(), flush=True)
        sys.stdin.read()
except StartError as error:
    sys.exit(str(error))
"""


def starter(data: Path, before: str = "") -> subprocess.Popen[str]:
    """Another process that starts a server on this folder, and stops it when its input closes."""
    return subprocess.Popen(
        [sys.executable, "-c", before + START, str(data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def remember(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def remembered(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [n for (n,) in connection.execute("SELECT n FROM kept ORDER BY n").fetchall()]


def wait_until_gone(folder: Path, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while left := those_of(folder):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_it_keeps_what_was_written(postgres: EmbeddedPostgres) -> None:
    with postgres.running():
        remember(postgres.url(), 1)
    with postgres.running():
        assert remembered(postgres.url()) == [1]
    assert not those_of(postgres.data.path)


def test_it_listens_on_no_network_and_asks_for_the_password(postgres: EmbeddedPostgres) -> None:
    with postgres.running():
        with psycopg.connect(postgres.url()) as connection:
            shown = connection.execute("SHOW listen_addresses").fetchone()
            assert shown == ("",)
            sorted_by = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'kring'"
            assert connection.execute(sorted_by).fetchone() == ("b", "C.UTF-8")
        wrong = postgres.url().replace(postgres.secrets.owner, "wrong")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
        assert postgres.place.sockets.stat().st_mode & 0o077 == 0


def test_its_folder_and_secrets_are_for_the_owner_only(data: DataFolder) -> None:
    kept = data.secrets()
    assert data.secrets() == kept
    assert len({kept.owner, kept.web, kept.worker, kept.secret_key}) == 4
    assert (data.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert data.path.stat().st_mode & 0o777 == 0o700


def test_damaged_secrets_are_refused(data: DataFolder) -> None:
    (data.path / "secrets.json").write_text("{}")
    with pytest.raises(StartError, match="damaged"):
        data.secrets()


def test_a_server_that_was_left_running_is_taken_over(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    remember(postgres.url(), 1)
    left, postgres.server.process = postgres.server.process, None
    assert left
    with postgres.running():
        assert remembered(postgres.url()) == [1]
        assert left.wait(5) == 0


def test_a_killed_starter_leaves_no_server_and_the_next_start_goes_on(
    postgres: EmbeddedPostgres,
) -> None:
    process = starter(postgres.data.path)
    assert process.stdout
    remember(process.stdout.readline().strip(), 1)
    process.kill()
    process.communicate()
    with postgres.data.locked(), postgres.running():
        assert remembered(postgres.url()) == [1]
    wait_until_gone(postgres.data.path)


def test_a_killed_server_comes_back_with_all_that_was_committed(data: DataFolder) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    remember(postgres.url(), 1)
    killed = postgres.server.process
    assert killed
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with postgres.running():
        assert remembered(postgres.url()) == [1]


def test_a_number_that_now_is_of_another_process_is_no_server(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    postgres.stop()
    other = subprocess.Popen(["/bin/sleep", "60"])
    try:
        lines = [str(other.pid), str(postgres.place.cluster), "0", "5432", "", "", "", "ready"]
        (postgres.place.cluster / "postmaster.pid").write_text("\n".join(lines))
        with postgres.running():
            assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_two_starts_at_once_are_one_server_and_a_sentence(data: DataFolder) -> None:
    first, second = starter(data.path), starter(data.path)
    said = []
    for process in (first, second):
        assert process.stdout
        if not process.stdout.readline():
            assert process.stderr
            said.append(process.stderr.read())
    for process in (first, second):
        process.communicate("")
    assert len(said) == 1
    assert "already runs" in said[0]
    assert "Traceback" not in said[0]


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("99", "by PostgreSQL 99, and this Kring brings"), ("13", "Install that version")],
)
def test_data_of_another_version_are_refused(
    postgres: EmbeddedPostgres, version: str, sentence: str
) -> None:
    postgres.place.cluster.mkdir()
    (postgres.place.cluster / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(StartError, match=sentence):
        postgres.start()


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/usr/lib/postgresql/15/bin/initdb").exists(), reason="there is no PostgreSQL 15 here"
)
def test_data_of_an_older_version_are_carried(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Path("/usr/lib/postgresql/15/bin")
    make_old(postgres, old)
    monkeypatch.setenv("KRING_POSTGRES_15", str(old))
    with postgres.running():
        assert remembered(postgres.url()) == [15]
    assert (postgres.place.cluster / "PG_VERSION").read_text() == "18\n"
    assert (postgres.place.cluster.with_name("postgres-15") / "PG_VERSION").read_text() == "15\n"


def make_old(postgres: EmbeddedPostgres, programs: Path) -> None:
    """A cluster that an older Kring kept."""
    word = postgres.data.path / "word"
    word.write_text(postgres.secrets.owner)
    place = postgres.place
    shape = ["-U", "kring", "--auth=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8"]
    command = [str(programs / "initdb"), "-D", str(place.cluster), f"--pwfile={word}", *shape]
    subprocess.run(place.leash.around(command), check=True, stdout=subprocess.DEVNULL)
    serve = [str(programs / "postgres"), "-D", str(place.cluster), "-k", str(place.sockets)]
    server = subprocess.Popen(
        place.leash.around([*serve, "-c", "listen_addresses="]), stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            if _status(place.cluster)[1] == "ready":
                break
            time.sleep(0.05)
        with psycopg.connect(postgres.url(database="postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kring")
        remember(postgres.url(), 15)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def test_a_limit_on_files_is_told_as_a_full_disk(data: DataFolder) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))"
    process = starter(data.path, before=f"{limit}\n")
    _, said = process.communicate("")
    assert process.returncode == 1
    assert "is full" in said
    assert "Traceback" not in said
    assert not (data.path / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_is_told_in_a_sentence_and_a_start_with_room_goes_on(place: Path) -> None:
    small = place / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=20m", "kring-tests", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        process = starter(small)
        _, said = process.communicate("")
        assert process.returncode == 1
        assert said.startswith(f"The disk of {small} is full")
        subprocess.run(["/bin/mount", "-o", "remount,size=300m", str(small)], check=True)
        process = starter(small)
        assert process.communicate("")[0].startswith("postgresql://")
    finally:
        subprocess.run(["/bin/umount", str(small)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_of_somebody_else_is_refused(place: Path) -> None:
    os.chown(place, 12345, 12345)
    with pytest.raises(StartError, match="belongs to the user with number 12345"):
        DataFolder(place)


def test_a_long_path_has_its_sockets_elsewhere(place: Path) -> None:
    data = DataFolder(place / ("long" * 30))
    sockets = data.sockets()
    assert len(str(sockets)) < 80
    assert sockets.stat().st_mode & 0o077 == 0
    assert data.sockets() == sockets
    with EmbeddedPostgres(data, durable=False).running() as postgres:
        remember(postgres.url(), 1)
    forget(data)
    assert not sockets.exists()


def test_fresh_throws_away_what_is_ours_and_nothing_else(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    (postgres.data.path / "letter.txt").write_text("not ours")
    left, postgres.server.process = postgres.server.process, None
    assert left
    forget(postgres.data)
    assert left.wait(5) == 0
    assert sorted(path.name for path in postgres.data.path.iterdir()) == ["letter.txt"]


def test_a_demo_and_a_school_are_kept_apart(data: DataFolder) -> None:
    data.claim("school")
    data.claim("school")
    with pytest.raises(StartError, match="data of a school, not of a demo"):
        data.claim("demo")
