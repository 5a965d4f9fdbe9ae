"""The supervisor: mends, stops in order, and leaves no process, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kring.folder import StartError
from kring.leash import Leash
from kring.supervisor import SAID, Child, Supervisor, run
from tests.start.conftest import those_of

ROOT = Path(__file__).resolve().parent.parent.parent
SUPERVISE = """
import os, sys
from kring.supervisor import Child, Stopped, Supervisor, ending_on_signals
marked = {**os.environ, "MARK": sys.argv[1]}
supervisor = Supervisor([
    Child(name="one", command=["/bin/sleep", "99"], environment=marked),
    Child(name="two", command=["/bin/sleep", "98"], environment=marked),
])
with ending_on_signals():
    try:
        supervisor.start()
        print("started", flush=True)
        supervisor.watch(lambda: None)
    except Stopped:
        print("stopped", flush=True)
    finally:
        supervisor.stop()
"""


def supervise(mark: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(mark)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    return process


def sleepers(mark: Path) -> list[int]:
    return [process.pid for process in those_of(mark) if "sleep" in process.name()]


def wait_for(number: int, mark: Path, seconds: float = 5) -> list[int]:
    deadline = time.monotonic() + seconds
    while len(found := sleepers(mark)) != number:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_all_when_asked(place: Path, sent: signal.Signals) -> None:
    process = supervise(place)
    wait_for(2, place)
    process.send_signal(sent)
    said, _ = process.communicate(timeout=10)
    assert (said, process.returncode) == ("stopped\n", 0)
    assert not sleepers(place)


def test_its_children_die_with_it_when_it_is_killed(place: Path) -> None:
    process = supervise(place)
    wait_for(2, place)
    process.kill()
    process.communicate()
    wait_for(0, place)


def test_a_child_that_dies_comes_back(place: Path) -> None:
    process = supervise(place)
    first = wait_for(2, place)
    os.kill(first[0], signal.SIGKILL)
    deadline = time.monotonic() + 5
    while not (set(now := sleepers(place)) - set(first) and len(now) == 2):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    process.communicate()


def test_what_a_child_started_goes_with_it(place: Path) -> None:
    command = ["/bin/sh", "-c", "sleep 99 & sleep 98 & wait"]
    child = Child(name="nest", command=command, environment={**os.environ, "MARK": str(place)})
    child.start()
    wait_for(2, place)
    child.stop()
    wait_for(0, place)


def test_a_child_that_does_not_come_up_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    child = Child(name="worker", command=["/bin/false"], environment=os.environ)
    supervisor = Supervisor([child])
    supervisor.start()
    with pytest.raises(StartError, match="The worker does not start"):
        supervisor.wait_until(lambda: False)
    assert "the worker ended (exit code 1) and starts anew" in capfd.readouterr().err


def test_waiting_has_an_end() -> None:
    with pytest.raises(StartError, match="did not answer within 0 seconds"):
        Supervisor().wait_until(lambda: False, seconds=0)


def test_a_step_gives_what_it_printed() -> None:
    assert run("It", ["/bin/echo", "done"], os.environ) == "done\n"


def test_a_step_that_fails_is_told_and_one_that_said_why_is_not_told_twice() -> None:
    with pytest.raises(StartError, match=r"It failed: see above \(exit code 1\)"):
        run("It", ["/bin/false"], os.environ)
    with pytest.raises(SystemExit):
        run("It", ["/bin/sh", "-c", f"exit {SAID}"], os.environ)


def test_a_leash_ends_what_starts_after_its_parent_died(place: Path) -> None:
    started = place / "started"
    command = Leash().around(["/bin/sh", "-c", f"touch {started}"])
    held = command[4].replace(f'"parent": {os.getpid()}', '"parent": 1')
    assert held != command[4]
    subprocess.run([*command[:4], held, *command[5:]], check=True)
    assert not started.exists()
