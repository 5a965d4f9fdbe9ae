"""One parent for all processes: starts them in order, starts anew who dies, stops all, leaves none.

Every child has a session of its own, so that Ctrl-C reaches the parent alone, and a leash, so that
even a parent that is killed leaves no child.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from kring.folder import StartError
from kring.leash import Leash

ROOT = Path(__file__).resolve().parent.parent
SAID = 3  # the exit code of a child that has said in a sentence what is wrong
SECONDS_TO_STOP = 20
SECONDS_OF_GOOD_HEALTH = 30  # after these, a death counts as the first again
LONGEST_PAUSE = 30  # seconds between two starts
TICK = 0.2  # seconds
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the supervisor to end."""


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Raise Stopped at the first Ctrl-C or SIGTERM; the stop itself is then not disturbed."""

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        undisturbed()
        raise Stopped

    before = {each: signal.signal(each, end) for each in ENDINGS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def undisturbed() -> None:
    """From here on, what stops is not to be stopped half-way."""
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)


@dataclass(kw_only=True)
class Child:
    """One process that is to run for as long as the supervisor does."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0
    starts_at: float = 0

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(self.command, self.environment)
        self.started_at = time.monotonic()

    def mend(self) -> None:
        """Start the process anew when it has died: at once, then after ever longer pauses."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.starts_at:
                self.start()
        elif _has_ended(self.process):
            healthy = now - self.started_at > SECONDS_OF_GOOD_HEALTH
            self.deaths = 1 if healthy else self.deaths + 1
            self.starts_at = now + min(TICK * 2**self.deaths, LONGEST_PAUSE)
            print(
                f"kring: the {self.name} ended ({bury(self.process)}) and starts anew.",
                file=sys.stderr,
            )
            self.process = None

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Stop the process and everything that it started."""
        if self.process is not None:
            end(self.process)
            self.process = None


@dataclass
class Supervisor:
    """The children, first the one that stops first."""

    children: list[Child] = field(default_factory=list)

    def start(self) -> None:
        """Start them all, the last first."""
        for child in reversed(self.children):
            child.start()

    def wait_until(
        self, ready: Callable[[], bool], *, deaths: int = 3, seconds: float = 60
    ) -> None:
        """Return once ``ready``; raise StartError when a child keeps dying or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            for child in self.children:
                child.mend()
                if child.deaths >= deaths:
                    raise StartError(f"The {child.name} does not start: see what it says above.")
            if time.monotonic() > deadline:
                raise StartError(f"Kring did not answer within {seconds:.0f} seconds.")
            time.sleep(TICK / 2)

    def watch(self, each_tick: Callable[[], None]) -> None:
        """Mend what breaks, until Stopped."""
        while True:
            for child in self.children:
                child.mend()
            each_tick()
            time.sleep(TICK)

    def stop(self) -> None:
        """Stop them all: the front first, then the others beside each other."""
        undisturbed()
        for child in self.children[:1]:
            child.stop()
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()


def spawn(
    command: list[str], environment: Mapping[str, str], *, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a process on a leash, in a session of its own; what it says goes to standard error."""
    return subprocess.Popen(  # noqa: S603  (our own commands, no shell)
        Leash().around(command),
        env=dict(environment),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno() if stdout is None else stdout,
        start_new_session=True,
    )


def run(what: str, command: list[str], environment: Mapping[str, str]) -> str:
    """Run one step to its end and return what it printed; raise when it fails."""
    process = spawn(command, environment, stdout=subprocess.PIPE)
    try:
        said, _ = process.communicate()
    finally:
        end(process)
    if process.returncode == SAID:
        raise SystemExit(SAID)
    if process.returncode:
        raise StartError(f"{what} failed: see above ({_cause(process.returncode)}).")
    return said.decode()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process: asked first, by force when it does not hear; and then whatever it started."""
    process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    while not _has_ended(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    bury(process)


def bury(process: subprocess.Popen[bytes]) -> str:
    """Kill what is left of a process's session, and say how the process ended."""
    if process.returncode is None:  # while it is not waited for, its number is not given to another
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return _cause(process.wait())


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended; without waiting for it, so that its number stays its own."""
    if process.returncode is not None:
        return True
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
