"""Start a program that cannot outlive its parent, and, when asked, as somebody else than root.

Run as a script of its own (``python -I -S leash.py …``), so that nothing is done between fork and
exec of a process that may have threads. It replaces itself by the program.
"""

import ctypes
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
NO_NAMESPACE = 97  # the exit code that says: this machine forbids user namespaces


@dataclass(frozen=True, kw_only=True)
class Leash:
    """What the program is bound to."""

    ends_with: int = signal.SIGTERM
    """The signal that it gets when its parent dies."""
    mapped_to: int | None = None
    """Who it believes to be, in a user namespace of its own; to the files it stays who we are."""
    dropped_to: tuple[int, int] | None = None
    """The user and group that it really becomes."""

    def around(self, command: list[str]) -> list[str]:
        """The command line that starts ``command`` on this leash from the present process."""
        told = json.dumps(asdict(self) | {"parent": os.getpid()})
        return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), told, *command]


def bare_environment() -> dict[str, str]:
    """The environment of a program that must know none of our settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def enter_namespace(inside: int) -> None:  # pragma: no cover  (in a process without coverage)
    """Become the user ``inside`` of a new user namespace: PostgreSQL refuses to run as root."""
    user, group = os.geteuid(), os.getegid()
    try:
        os.unshare(os.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{inside} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{inside} {group} 1", encoding="ascii")
    except (OSError, AttributeError):
        sys.exit(NO_NAMESPACE)


def drop_to(user: int, group: int) -> None:  # pragma: no cover
    """Become another user for good."""
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def die_with(parent: int, ends_with: int) -> None:
    """Have the kernel send ``ends_with`` when the parent dies; go now if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, ends_with)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:  # pragma: no cover
    """Become the program of the command line."""
    told = json.loads(sys.argv[1])
    command = sys.argv[2:]
    if told["mapped_to"] is not None:
        enter_namespace(told["mapped_to"])
    if told["dropped_to"] is not None:
        drop_to(*told["dropped_to"])
    die_with(told["parent"], told["ends_with"])  # last: changing users clears it
    os.execv(command[0], command)  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    main()
