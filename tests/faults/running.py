"""A whole Kring for one test: PostgreSQL, pages and worker as processes of their own.

The PostgreSQL is not the one of the other tests: a backend that is killed takes the sessions of
every database along. And it is durable, for what was committed must outlive the kill.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from kring.database import EmbeddedPostgres
from kring.folder import DataFolder
from kring.serving import clean_environment, kring
from kring.supervisor import Child
from tests.database import Urls
from tests.faults.post_office import PostOffice
from tests.faults.telephones import Telephones
from tests.push_service import running as listening

ROOT = Path(__file__).resolve().parent.parent.parent
FILL = "import sys; from tests.postgres import fill; fill(sys.argv[1])"
TOKEN = "c" * 32  # a form's token and its cookie: the same secret, as a browser has it
HOST = urlsplit(settings.ORIGIN).netloc
OF_A_SERVER = "config.settings"  # with its pool
UNDO_SECONDS = 1
# A server has 5, so that one that died is missed after 15 seconds.
HEARTBEAT_SECONDS = int(os.environ.get("KRING_FAULT_HEARTBEAT", "1"))


class Running:
    """The processes, started anew when they die, and ways to let them die."""

    def __init__(self, folder: Path, settings_module: str = OF_A_SERVER) -> None:
        self.settings_module = settings_module
        self.data = DataFolder(folder / "data")
        self.postgres = EmbeddedPostgres(self.data)
        self.post_office = PostOffice()
        self.telephones = Telephones()
        self.socket = folder / "web.sock"
        self.lock = threading.Lock()
        self.children: list[Child] = []
        self.disturbed: list[float] = []  # moments of time.monotonic() at which mails could break

    @contextmanager
    def started(self) -> Iterator[Running]:
        """Start all; afterwards nothing is left."""
        with (
            self.post_office.opened() as self.mail_port,
            listening(self.telephones),
            self._database(),
            self._processes(),
        ):
            yield self

    @contextmanager
    def _database(self) -> Iterator[None]:
        try:
            self.postgres.start()
            told = os.environ | {"SECRET_KEY": settings.SECRET_KEY}
            command = [sys.executable, "-c", FILL, self.postgres.url()]
            subprocess.run(command, cwd=ROOT, env=told, check=True)
            yield
        finally:
            self.postgres.server.kill()

    @contextmanager
    def _processes(self) -> Iterator[None]:
        stop = threading.Event()
        mending = threading.Thread(target=self._mend, args=[stop])
        try:
            self._start("web", "--socket", str(self.socket))
            self._start("worker")
            mending.start()
            yield
        finally:
            stop.set()
            if mending.ident is not None:
                mending.join()
            for child in self.children:
                child.ask_to_stop()
            for child in self.children:
                child.stop()

    @property
    def urls(self) -> Urls:
        """The logins of its database."""
        url = self.postgres.url
        return Urls(owner=url(), web=url("kring_web"), worker=url("kring_worker"))

    def _start(self, name: str, *options: str) -> None:
        told = self._environment() | {"DATABASE_URL": self.postgres.url(f"kring_{name}")}
        child = Child(name=name, command=kring(name, *options), environment=told)
        self.children.append(child)
        child.start()

    def _environment(self) -> dict[str, str]:
        return clean_environment() | {
            "DJANGO_SETTINGS_MODULE": self.settings_module,
            "SECRET_KEY": settings.SECRET_KEY,
            "KRING_ORIGIN": settings.ORIGIN,
            "KRING_DATA": str(self.data.path),
            "KRING_LOG_LEVEL": "CRITICAL",  # the faults are ours
            "KRING_UNDO_SECONDS": str(UNDO_SECONDS),
            "KRING_WEB_WORKERS": "1",
            "KRING_WORKER_HEARTBEAT": str(HEARTBEAT_SECONDS),
            "KRING_PUSH_SERVICES": self.telephones.origin,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mail_port),
        }

    def _mend(self, stop: threading.Event) -> None:
        """As the supervisor does, but without its pauses: here somebody dies every second."""
        while not stop.wait(0.05):
            with self.lock:
                for child in self.children:
                    child.deaths = 0
                    child.mend()

    # ── asking ───────────────────────────────────────────────────────────────
    def ask(
        self, method: str, path: str, session: str, form: Mapping[str, Any] | None = None
    ) -> tuple[int, bytes]:
        """Status and text of the answer to the browser of this session.

        Raises OSError or HTTPException when the line breaks.
        """
        body, headers = None, {"Cookie": f"session={session}; csrf={TOKEN}", "Host": HOST}
        if form is not None:
            body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": TOKEN, **form})
            headers["Content-Type"] = MULTIPART_CONTENT
        with closing(_Local(self.socket)) as line:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def wait_until(self, ready: Callable[[], bool], seconds: float, *, every: float = 0.1) -> float:
        """How many seconds it took; raises TimeoutError when it did not come."""
        begin = time.monotonic()
        while not ready():
            if time.monotonic() - begin > seconds:
                raise TimeoutError(ready.__name__)
            time.sleep(every)
        return time.monotonic() - begin

    def answers(self) -> bool:
        """Whether the pages answer."""
        try:
            return self.ask("GET", "/health/ready", "")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as the owner of the tables; again where it was just restarting."""
        while True:
            try:
                with psycopg.connect(self.postgres.url(), autocommit=True) as owner:
                    return owner.execute(query.encode(), values or None).fetchall()
            except psycopg.OperationalError:
                time.sleep(0.05)

    # ── killing ──────────────────────────────────────────────────────────────
    def kill(self, name: str) -> None:
        """Kill -9 of the worker, or of the pages."""
        if name == "worker":
            self.disturbed.append(time.monotonic())
        with self.lock:
            for child in self.children:
                if child.name == name and child.process is not None:
                    child.process.kill()

    def kill_worker_for_good(self) -> None:
        """Kill -9, and wait until nothing of it is left. Under the lock, or a new one comes."""
        (worker,) = (child for child in self.children if child.name == "worker")
        self.disturbed.append(time.monotonic())
        if worker.process is not None:
            worker.process.kill()
            worker.process.wait()
        while self.rows("SELECT FROM pg_stat_activity WHERE usename = 'kring_worker'"):
            time.sleep(0.05)  # what the last statement of it did, is done or undone

    def kill_one_that_serves(self) -> None:
        """Kill -9 of the process that answers, below the one that listens."""
        with self.lock, suppress(psutil.NoSuchProcess):
            (web,) = (child.process for child in self.children if child.name == "web")
            for process in psutil.Process(web.pid).children(recursive=True) if web else ():
                process.kill()

    def end_a_backend(self, choose: Callable[[list[int]], int], *, by_force: bool) -> None:
        """End a random session of the database; by force, all others go with it."""
        query = (
            "SELECT pid FROM pg_stat_activity WHERE usename IN ('kring_web', 'kring_worker')"
            " ORDER BY pid"
        )
        found = [pid for (pid,) in self.rows(query)]
        if not found:
            return
        pid = choose(found)
        self.disturbed.append(time.monotonic())
        if by_force:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        else:
            self.rows("SELECT pg_terminate_backend(%s)", pid)


class _Local(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))
