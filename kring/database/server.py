"""One PostgreSQL server on one cluster: made, started, stopped, and found again after a kill."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from kring.database.place import Place
from kring.folder import FULL, StartError, disk_full, in_words, write_private
from kring.leash import bare_environment

PORT = "5432"  # names the socket's file; nothing listens on a network
SECONDS_TO_START = 120  # replaying the log after a crash takes its time
SECONDS_TO_STOP = 30
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LOSES_ALL_IN_A_CRASH = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
MESSAGES_OF_A_FULL_DISK = (*map(os.strerror, FULL), "Check free disk space", "wrote only ")


@dataclass(kw_only=True)
class Server:
    """It listens on a Unix socket only, asks for passwords, and ends when its starter does."""

    place: Place
    log: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None

    def make(self, owner: str, word: str) -> None:
        """Make an empty cluster for ``owner``: beside its place, and moved there once whole."""
        cluster = self.place.cluster
        draft, secret = cluster.with_name("postgres.new"), cluster.with_name("postgres.word")
        with in_words(cluster.parent):
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
            write_private(secret, word)
            self.place.give(draft)
            self.place.give(secret)
        try:
            made = self.place.run("initdb", *self._shape(draft, owner, secret))
        finally:
            secret.unlink(missing_ok=True)
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise self.gave_up("The database could not be made", made.stdout + made.stderr)
        with in_words(cluster.parent):
            draft.rename(cluster)

    def start(self) -> None:
        """Start, and wait until it answers; wait, too, for what is left of a killed one."""
        deadline = time.monotonic() + SECONDS_TO_STOP
        end_leftover(self.place.cluster)
        while not self._answers():
            said = self.log.read_text(encoding="utf-8", errors="replace")
            if "shared memory block" not in said or time.monotonic() > deadline:
                raise self.gave_up("The database did not start", said)
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop; what was committed stays."""
        process, self.process = self.process, None
        if process is not None:
            end(process.pid, lambda: process.poll() is None)

    def kill(self) -> None:
        """Stop at once, for a cluster that is thrown away."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Start, and stop whatever happens."""
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def gave_up(self, what: str, said: str) -> StartError:
        """The sentence for what PostgreSQL's programs wrote before they gave up."""
        if any(message in said for message in MESSAGES_OF_A_FULL_DISK):
            return disk_full(self.place.cluster.parent)
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        told = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line]
        last = (told or lines or ["PostgreSQL said nothing"])[-1]
        return StartError(f"{what}: {last.rstrip('.')}. Its log is {self.log}.")

    def _shape(self, cluster: Path, owner: str, word: Path) -> list[str]:
        """What initdb is told. The wheel has no ICU; the builtin C.UTF-8 sorts alike everywhere."""
        told = ["-D", str(cluster), f"--username={owner}", f"--pwfile={word}", "--no-instructions"]
        told += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        told += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return told if self.durable else [*told, "--no-sync"]

    def _command(self) -> list[str]:
        settings = SETTINGS | ({} if self.durable else LOSES_ALL_IN_A_CRASH)
        settings["unix_socket_directories"] = str(self.place.sockets)
        command = [str(self.place.programs / "postgres"), "-D", str(self.place.cluster), "-p", PORT]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for those who are connected.
        return replace(self.place.leash, ends_with=signal.SIGINT).around(command)

    def _answers(self) -> bool:
        """Start the process; False when it ended instead of coming to answer."""
        self.process = self._begin()
        deadline = time.monotonic() + SECONDS_TO_START
        while self.process.poll() is None:
            if _status(self.place.cluster) == (self.process.pid, "ready"):
                return True
            if time.monotonic() > deadline:
                self.kill()
                raise StartError(
                    f"The database did not answer within {SECONDS_TO_START} seconds. "
                    f"Its log is {self.log}."
                )
            time.sleep(0.02)
        self.process = None
        return False

    def _begin(self) -> subprocess.Popen[bytes]:
        """The process, with a fresh log; the log before it is kept beside."""
        with in_words(self.log.parent):
            if self.log.exists():
                self.log.replace(self.log.with_name(f"{self.log.name}.before"))
            write_private(self.log, "")
            with self.log.open("ab") as stream:
                return subprocess.Popen(  # noqa: S603  (our own binary, no shell)
                    self._command(),
                    env=bare_environment(),
                    cwd=self.place.sockets,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,  # a Ctrl-C goes to the supervisor, which stops us last
                )


def end_leftover(cluster: Path) -> None:
    """End the server that a killed start left on the cluster, and what it left behind."""
    number, _ = _status(cluster)
    if number is None:
        return
    if _serves(number, cluster):
        end(number, lambda: _serves(number, cluster))
    else:
        # The number may meanwhile be of another process, which PostgreSQL would take for itself.
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def end(number: int, lives: Callable[[], bool]) -> None:
    """End a server: fast, then without clean-up, then by force; wait until it is gone."""
    for sent, seconds in (
        (signal.SIGINT, SECONDS_TO_STOP),
        (signal.SIGQUIT, 10),
        (signal.SIGKILL, 10),
    ):
        if not lives():
            return
        with suppress(ProcessLookupError):
            os.kill(number, sent)
        deadline = time.monotonic() + seconds
        while lives() and time.monotonic() < deadline:
            time.sleep(0.02)


def _status(cluster: Path) -> tuple[int | None, str]:
    """The process number and the status in ``postmaster.pid``."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004  (the file's eighth line)
    except (OSError, ValueError, IndexError):
        return None, ""


def _serves(number: int, cluster: Path) -> bool:
    """Whether this process is a server on this cluster; without /proc: whether it lives."""
    try:
        if Path("/proc/self").exists():
            command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(cluster) in command
        os.kill(number, 0)
    except OSError:
        return False
    return True
