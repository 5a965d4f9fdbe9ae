"""The embedded PostgreSQL of a data folder: for the demo, the tests, and one small school."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from kring.database.carry import carry, finish
from kring.database.place import Place, settle, system_home
from kring.database.roles import prepare
from kring.database.server import PORT, Server, end_leftover
from kring.folder import DataFolder, StartError, in_words

OWNER = "kring"
DATABASE = "kring"
KEPT = ("postgres*", "media", "mail", "front", "run", "secrets.json", "sockets.path")


class EmbeddedPostgres:
    """The server of a data folder; hold ``data.locked()`` around it, so that there is only one."""

    def __init__(self, data: DataFolder, *, durable: bool = True, namespaces: bool = True) -> None:
        """``durable=False`` loses everything in a crash, and is fast: for tests.

        ``namespaces=False`` does as if the machine forbade user namespaces.
        """
        self.data = data
        self.secrets = data.secrets()
        self.place = settle(data, namespaces=namespaces)
        self.server = Server(place=self.place, log=data.path / "postgres.log", durable=durable)

    def start(self) -> None:
        """Make the cluster, or carry it to this version; start; make roles and database."""
        cluster = self.place.cluster
        finish(cluster)
        if not cluster.exists():
            self.server.make(OWNER, self.secrets.owner)
        kept, ours = _version_of(cluster), _version_of_programs(self.place)
        if kept > ours:
            raise StartError(
                f"The data in {self.data.path} were written by PostgreSQL {kept}, and this Kring "
                f"brings version {ours}: start them with the newer Kring."
            )
        if kept < ours:
            carry(
                self.server,
                kept,
                owner=OWNER,
                word=self.secrets.owner,
                database=DATABASE,
                ready=self.prepare,
            )
        self.server.start()
        self.prepare()

    def prepare(self) -> None:
        """Make the roles and the database in the server that runs."""
        prepare(self.url(), self.secrets.web, self.secrets.worker)

    def stop(self) -> None:
        """Stop the server; what was committed stays."""
        self.server.stop()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Start, and stop whatever happens."""
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """The address, with its password, for the owner, ``kring_web`` or ``kring_worker``."""
        words = {
            OWNER: self.secrets.owner,
            "kring_web": self.secrets.web,
            "kring_worker": self.secrets.worker,
        }
        query = urlencode({"host": self.place.sockets, "port": PORT})
        return f"postgresql://{role}:{words[role]}@/{database}?{query}"


def forget(data: DataFolder) -> None:
    """Throw away all that a Kring kept in this folder, and nothing that somebody else put there."""
    homes = (data.path, system_home(data))
    for home in homes:
        end_leftover(home / "postgres")
    shutil.rmtree(data.sockets(), ignore_errors=True)  # it may lie elsewhere
    for home in homes:
        with in_words(home):
            for path in [path for name in KEPT for path in home.glob(name)]:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def _version_of(cluster: Path) -> int:
    """The major version of PostgreSQL that wrote a cluster."""
    with in_words(cluster):
        return int((cluster / "PG_VERSION").read_text(encoding="ascii"))


def _version_of_programs(place: Place) -> int:
    """The major version of our PostgreSQL: "postgres (PostgreSQL) 18.6" is 18."""
    said = place.run("postgres", "--version")
    if said.returncode:
        raise StartError(f"PostgreSQL does not run on this machine: {said.stderr.strip()}.")
    return int(said.stdout.split()[2].split(".")[0])
