"""Everything of one Kring, started in order under one supervisor: ``kring demo`` and ``up``."""

import http.client
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kring.database import EmbeddedPostgres, forget
from kring.folder import DataFolder, Kind, StartError
from kring.front import LARGEST_PORTRAIT, LARGEST_UPLOAD, Front, refuse_taken
from kring.supervisor import ROOT, Child, Stopped, Supervisor, ending_on_signals, run

STATIC = ROOT / "build/static"


@dataclass(frozen=True, kw_only=True)
class Logins:
    """The addresses of the database for its three logins."""

    owner: str
    web: str
    worker: str


@dataclass(kw_only=True)
class Kring:
    """One Kring on one data folder."""

    kind: Kind
    data: DataFolder
    origin: str
    settings: Mapping[str, str]
    """The environment of every process, but for its login."""
    port: int | None = None
    """The port on this machine's own addresses; None serves the origin to the world."""
    database: Logins | None = None
    """A server that is there already, prepared; None starts the embedded one."""
    bucket: str | None = None
    """Scheme, host and port of the S3 server that keeps the files; None: the data folder does."""
    largest_upload: int = LARGEST_UPLOAD
    """Bytes of one form with files."""
    largest_portrait: int = LARGEST_PORTRAIT
    """Bytes of one form with a photo of oneself."""
    fresh: bool = False
    """Throw away what the data folder holds."""
    changed: Callable[[], bool] = lambda: False
    """Says whether the code changed, so that pages and worker start anew."""
    supervisor: Supervisor = field(default_factory=Supervisor)

    def serve(self, before: Callable[[Logins], None], announce: Callable[[], None]) -> None:
        """Serve until Ctrl-C; call ``before`` on fresh tables, ``announce`` when all answers."""
        with ending_on_signals():
            try:
                with self.data.locked():
                    self.data.claim(self.kind)
                    self._refuse_what_cannot_serve()
                    if self.fresh:
                        forget(self.data)
                    with self._database() as logins:
                        self._serve(logins, before, announce)
            except Stopped:
                print("kring: stopped.", file=sys.stderr)

    def run(self, what: str, login: str, *command: str) -> str:
        """Run one of our commands to its end with this login, and return what it printed."""
        return run(what, kring(*command), self._environment(login))

    def _environment(self, login: str) -> dict[str, str]:
        return {**self.settings, "DATABASE_URL": login}

    def _refuse_what_cannot_serve(self) -> None:
        if self.port is not None:
            refuse_taken(self.port)
        if not (STATIC / "staticfiles.json").exists():
            raise StartError("The static files are not built: start with bin/demo or bin/kring.")

    @contextmanager
    def _database(self) -> Iterator[Logins]:
        """The database, answering and prepared."""
        if self.database is not None:
            yield self.database
            return
        with EmbeddedPostgres(self.data).running() as postgres:
            yield Logins(
                owner=postgres.url(),
                web=postgres.url("kring_web"),
                worker=postgres.url("kring_worker"),
            )

    def _serve(
        self, logins: Logins, before: Callable[[Logins], None], announce: Callable[[], None]
    ) -> None:
        """Bring the tables up to date, start all, say that they answer, keep them going."""
        pages, uploads = (self.data.sockets() / f"{name}.sock" for name in ("web", "uploads"))
        front = self._front(pages, uploads)
        try:
            self.run("The migration", logins.owner, "migrate")
            before(logins)
            web = "web", "--socket"
            self.supervisor.children = [
                Child(name="front", command=front.command(), environment=front.environment()),
                self._child("web process", logins.web, *web, str(pages)),
                self._child("upload process", logins.web, *web, str(uploads), "--uploads"),
                self._child("worker", logins.worker, "worker"),
                self._child("film worker", logins.worker, "worker", "--films"),
            ]
            self.supervisor.start()
            self.supervisor.wait_until(lambda: front.answers() and self._are_ready(pages, uploads))
            announce()
            self.supervisor.watch(self._renew)
        finally:
            self.supervisor.stop()

    def _are_ready(self, *sockets: Path) -> bool:
        return all(_is_ready(one, self.origin) for one in sockets)

    def _front(self, pages: Path, uploads: Path) -> Front:
        return Front(
            origin=self.origin,
            port=self.port,
            web=pages,
            uploads=uploads,
            static=STATIC,
            media=self.data.path / "media",
            home=self.data.path / "front",
            bucket=self.bucket,
            largest_upload=self.largest_upload,
            largest_portrait=self.largest_portrait,
        )

    def _child(self, name: str, login: str, *command: str) -> Child:
        return Child(name=name, command=kring(*command), environment=self._environment(login))

    def _renew(self) -> None:
        """Start pages and worker anew when the code changed."""
        if self.changed():
            for child in self.supervisor.children[1:]:
                child.stop()


class _Local(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=5)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def kring(*command: str) -> list[str]:
    """The command line of one of our own commands."""
    return [sys.executable, "-m", "kring", *command]


def clean_environment() -> dict[str, str]:
    """Our environment without any setting of Kring: a demo is the same on every machine."""
    ours = ("KRING_", "SMTP_", "SECRET_KEY", "DATABASE_URL", "WEB_DATABASE_", "WORKER_DATABASE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _is_ready(pages: Path, origin: str) -> bool:
    """Whether the pages answer, with the database behind them."""
    parts = urlsplit(origin)
    headers = {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
    try:
        with closing(_Local(pages)) as connection:
            connection.request("GET", "/health/ready", headers=headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    if status not in {http.client.OK, http.client.SERVICE_UNAVAILABLE}:
        raise StartError(f"The pages answer with an error ({status}): see above.")
    return status == http.client.OK
