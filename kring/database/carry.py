"""Carry a cluster of an older major version of PostgreSQL to ours, by dump and restore.

The programs of the older version are not in the wheel, so they must be on the machine. The old
cluster is kept beside the new one, as ``postgres-17``.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kring.database.server import Server
from kring.folder import StartError, in_words

USUAL_PLACES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/usr/local/pgsql-{}/bin")


def carry(
    server: Server, kept: int, *, owner: str, word: str, database: str, ready: Callable[[], None]
) -> None:
    """Put a cluster of our version, with the data of version ``kept``, in the place of the old.

    ``word`` is the owner's password; ``ready`` makes the roles and the database in the new cluster.
    """
    cluster = server.place.cluster
    dump = cluster.with_name("postgres.dump")
    old = replace(server, place=replace(server.place, programs=_programs_of(kept, cluster)))
    new = replace(server, place=replace(server.place, cluster=_draft(cluster)))
    with in_words(cluster.parent):
        shutil.rmtree(_draft(cluster), ignore_errors=True)
        dump.unlink(missing_ok=True)
        dump.touch(mode=0o600)
        server.place.give(dump)
    login = [f"--host={server.place.sockets}", f"--username={owner}", f"--dbname={database}"]
    try:
        with old.running():
            _work(new, word, "pg_dump", "--format=custom", f"--file={dump}", *login)
        new.make(owner, word)
        with new.running():
            ready()
            _work(new, word, "pg_restore", "--exit-on-error", *login, str(dump))
    finally:
        dump.unlink(missing_ok=True)
    with in_words(cluster.parent):
        cluster.rename(cluster.with_name(f"postgres-{kept}"))
    finish(cluster)


def finish(cluster: Path) -> None:
    """Put a carried cluster in its place: by then it is whole, for the old one has made way."""
    if not cluster.exists() and _draft(cluster).exists():
        with in_words(cluster.parent):
            _draft(cluster).rename(cluster)


def _draft(cluster: Path) -> Path:
    return cluster.with_name("postgres.carried")


def _work(server: Server, word: str, program: str, *arguments: str) -> None:
    """Run a client program of our version against the server that runs."""
    done = server.place.run(program, *arguments, PGPASSWORD=word)
    if done.returncode:
        raise server.gave_up("The data could not be carried to the new PostgreSQL", done.stderr)


def _programs_of(version: int, cluster: Path) -> Path:
    """The folder with the programs of an older version."""
    setting = f"KRING_POSTGRES_{version}"
    named = [os.environ[setting]] if setting in os.environ else []
    for place in [Path(place.format(version)) for place in [*named, *USUAL_PLACES]]:
        if (place / "postgres").exists():
            return place
    raise StartError(
        f"The data in {cluster.parent} were written by PostgreSQL {version}. Install that version "
        f"beside this one, or name the folder of its programs in {setting}, and start again: "
        "Kring then carries the data over."
    )
