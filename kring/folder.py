"""The data folder: all that one Kring keeps, its secrets, and the lock that lets one in."""

import errno
import fcntl
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

LONGEST_SOCKET_FOLDER = 80  # bytes: a Unix socket's whole path must stay below 104 (108 on Linux)
type Kind = Literal["demo", "school"]
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StartError(Exception):
    """Kring cannot start; the message is one sentence for the person who typed the command."""


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Say in a sentence what went wrong with the files of ``folder``."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(folder) from error
        raise StartError(
            f"The folder {folder} cannot be used: {error.strerror or error}."
        ) from error


def disk_full(folder: Path) -> StartError:
    """The sentence for a disk without room."""
    return StartError(f"The disk of {folder} is full: make room there, and start again.")


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What the parts of one Kring prove themselves with; made once, kept in ``secrets.json``."""

    secret_key: str
    owner: str
    web: str
    worker: str


class DataFolder:
    """One folder with all that a Kring keeps: database, photos, certificates, secrets."""

    def __init__(self, path: Path) -> None:
        """Make the folder, for its owner only, when it is not there."""
        self.path = path.absolute()
        with in_words(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path = self.path.resolve()
            owner = self.path.stat().st_uid
        if owner != os.geteuid():
            raise StartError(
                f"The folder {self.path} belongs to the user with number {owner}: "
                "start Kring as that user, or give another folder with --data."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other supervisor out; the kernel frees the lock of a killed one."""
        with in_words(self.path):
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.read(handle, 20).decode() or "unknown"
                raise StartError(
                    f"Kring already runs on the folder {self.path} (process {holder}): "
                    "stop that one, or give another folder with --data."
                ) from error
            with in_words(self.path):
                os.ftruncate(handle, 0)
                os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)

    def claim(self, kind: Kind) -> None:
        """Keep a demo and a school apart: neither opens, or throws away, the data of the other."""
        with in_words(self.path):
            file = self.path / "kind"
            if not file.exists():
                write_private(file, kind)
            kept = file.read_text(encoding="utf-8")
        if kept != kind:
            raise StartError(
                f"The folder {self.path} holds the data of a {kept}, not of a {kind}: "
                "give another folder (--data, or KRING_DATA)."
            )

    def secrets(self) -> Secrets:
        """The secrets of this folder, made on the first call."""
        file = self.path / "secrets.json"
        with in_words(self.path):
            if not file.exists():
                made = Secrets(**{name: secrets.token_urlsafe(48) for name in _SECRETS})
                write_private(file, json.dumps(asdict(made), indent=1))
            try:
                return Secrets(**json.loads(file.read_text(encoding="utf-8")))
            except (ValueError, TypeError) as error:
                raise StartError(
                    f"The file {file} is damaged: put back the one that belongs to these data."
                ) from error

    def sockets(self) -> Path:
        """A folder for Unix sockets that only its owner may enter and whose path is short enough.

        It lies in the data folder; where that path is too long, or its file system knows no
        sockets, below XDG_RUNTIME_DIR or the temporary folder, as ``sockets.path`` remembers.
        """
        with in_words(self.path):
            inside = self.path / "run"
            inside.mkdir(mode=0o700, exist_ok=True)
            if _holds_sockets(inside):
                return inside
            record = self.path / "sockets.path"
            if record.exists():
                kept = Path(record.read_text(encoding="utf-8"))
                if _is_private(kept) and _holds_sockets(kept):
                    return kept
            made = _short_folder()
            write_private(record, str(made))
            return made


_SECRETS = tuple(Secrets.__dataclass_fields__)


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read: whole, or not at all."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _short_folder() -> Path:
    """A new private folder below XDG_RUNTIME_DIR, the temporary folder or /tmp."""
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108  (mkdtemp is safe in a shared folder)
        with suppress(OSError):
            if parent:
                folder = Path(tempfile.mkdtemp(prefix="kring-", dir=parent))
                if _holds_sockets(folder):
                    return folder
                folder.rmdir()
    raise StartError(
        "No folder was found whose path is short enough for a socket: set TMPDIR to one."
    )


def _is_private(folder: Path) -> bool:
    """Whether the folder still is ours alone; a shared temporary folder may have been swept."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    status = folder.stat()
    return status.st_uid == os.geteuid() and status.st_mode & 0o077 == 0


def _holds_sockets(folder: Path) -> bool:
    """Whether a socket can be made in the folder: some shared and mounted folders cannot."""
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        return False
    probe = folder / f"probe.{os.getpid()}"
    try:
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(probe))
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True
