"""Run a program behind walls: ``confining.py WALLS PROGRAM ARGUMENT…`` becomes that program.

What the program needs it is given as open files. It can open no other, reach no network, and cost
no more than its limits; as root it becomes nobody; and it ends with the process that started it.
Where a kernel lacks one of these walls, the others stand. Only the standard library is imported,
because this runs without any path to our code.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

NOBODY = 65534
_NOT_STARTED = 127  # as shells say it
_OPEN_FILES = 32
_STACK_BYTES = 1024 * 1024  # of each thread: it counts as memory, used or not
_ADDRESSES = 1024 * 1024 * 1024  # bytes; the program itself is mapped there too
# <sys/prctl.h> and <linux/landlock.h>
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_TELL_VERSION, _BENEATH = 1, 1
_EXECUTE, _READ_FILE = 1 << 0, 1 << 2
_KINDS = (0, 13, 14, 15, 15, 16)  # how many kinds of access to files each version knows
_WITH_NETWORK, _WITH_SCOPES = 4, 6  # the versions that know more than files
_ALL_OF_THEM = 0b11  # bind and connect; abstract sockets and signals
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a program may cost; ``parent`` is the process that it must not outlive."""

    parent: int
    memory_bytes: int  # of its own: what it writes to, not the program's text
    cpu_seconds: int
    wall_seconds: float
    file_bytes: int = 0  # the largest file that it may write


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def become(program: int, arguments: list[str], walls: Walls) -> NoReturn:
    """Turn this process into the program that is open as ``program``."""
    _limit(walls)
    is_alone = _left_the_network(os.CLONE_NEWNET)
    _become_nobody()
    if not is_alone:
        _left_the_network(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    open_only(program, *_opened(_LIBRARIES))
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after becoming nobody, which ends it
    if os.getppid() != walls.parent:
        sys.exit(_NOT_STARTED)  # it was gone before we could hang on to it
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    os.execve(program, arguments, dict(os.environ))  # noqa: S606 - no shell is what we want


def _limit(walls: Walls) -> None:
    """Time, memory and files; as little of the processor as others leave."""
    os.nice(10)
    signal.setitimer(signal.ITIMER_REAL, walls.wall_seconds + 1)  # stays set in the program
    for kind, most in (
        (resource.RLIMIT_CPU, walls.cpu_seconds),
        (resource.RLIMIT_FSIZE, walls.file_bytes),
        (resource.RLIMIT_STACK, _STACK_BYTES),
        (resource.RLIMIT_DATA, walls.memory_bytes),
        (resource.RLIMIT_AS, _ADDRESSES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _left_the_network(way: int) -> bool:
    """Into a network of its own that leads nowhere, if that is allowed here."""
    try:
        os.unshare(way)
    except OSError:
        return False
    return True


def _become_nobody() -> None:
    if os.geteuid() == 0:
        with suppress(OSError):  # a namespace without such a user
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def open_only(*files: int) -> None:
    """From here on nothing else can be opened, no network reached, nobody traced or signalled.

    As far as the kernel knows Landlock. What is open stays so; it holds for all children, too.
    """
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    version = _libc.syscall(_CREATE_RULESET, None, 0, _TELL_VERSION)
    if version < 1:
        return  # a kernel without Landlock
    fields = [(1 << _KINDS[min(version, len(_KINDS) - 1)]) - 1]
    fields += [_ALL_OF_THEM for known in (_WITH_NETWORK, _WITH_SCOPES) if version >= known]
    wanted = (ctypes.c_uint64 * len(fields))(*fields)
    rules = _libc.syscall(_CREATE_RULESET, wanted, ctypes.sizeof(wanted), 0)
    for opened in files:
        rule = _Beneath(_EXECUTE | _READ_FILE, opened)
        _libc.syscall(_ADD_RULE, rules, _BENEATH, ctypes.byref(rule), 0)
    if _libc.syscall(_RESTRICT_SELF, rules, 0):
        sys.exit(_NOT_STARTED)
    os.close(rules)


def _opened(paths: Iterable[str]) -> list[int]:
    """Those that are there."""
    found = []
    for path in paths:
        with suppress(OSError):
            found.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
    return found


if __name__ == "__main__":
    _, said, path, *others = sys.argv
    become(os.open(path, os.O_RDONLY | os.O_CLOEXEC), [path, *others], Walls(**json.loads(said)))
