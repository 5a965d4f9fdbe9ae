"""Set up all that the commands beside this file need, by any Python from 3.9 and nothing else.

What cannot be had is said in one sentence. What was done is not done again while nothing changed.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOTSTRAP = ROOT / ".bootstrap"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / "kring.stamp"
MADE_FROM = ("uv.lock", "pyproject.toml", ".python-version")
OLDEST_UV = (0, 13)
INDEX = "https://pypi.org/simple"


class RefusedError(Exception):
    """What cannot be had, in one sentence."""


def run(*arguments, here=False, drawings=False):
    """Become a Python of the project with these arguments; ``here`` keeps the caller's folder.

    With ``drawings``, what the school of the demo drew is built too.
    """
    ready(drawings=drawings)
    if not here:
        os.chdir(ROOT)
    os.environ["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "bin")))
    sys.stdout.flush()
    os.execv(str(PYTHON), [str(PYTHON), "-P", *arguments])


def ready(*, drawings=False):
    """Bring Python, the packages and the built files up to date."""
    try:
        with one_at_a_time():
            if read(STAMP) != digest():
                install()
            build(drawings=drawings)
    except RefusedError as error:
        sys.exit(f"kring: {error}")
    except OSError as error:
        sys.exit(f"kring: setting up failed: {error}.")
    except KeyboardInterrupt:
        sys.exit(130)


@contextlib.contextmanager
def one_at_a_time():
    """Keep two commands that start at once from building over each other."""
    BOOTSTRAP.mkdir(exist_ok=True)
    with (BOOTSTRAP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install():
    """Install Python 3.13 and the locked packages by uv."""
    say("installing Python 3.13 and the packages (this takes a minute the first time)")
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV)}
    environment.pop("VIRTUAL_ENV", None)
    command = [uv(), "sync", "--locked", "--quiet", "--project", str(ROOT)]
    done = subprocess.run(
        command, env=environment, stderr=subprocess.PIPE, stdout=sys.stderr, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        if "interpreter" in done.stderr or "cpython-3.13" in done.stderr:
            raise RefusedError(
                "Python 3.13 could not be fetched: is there a network? Or install it yourself."
            )
        raise RefusedError(
            "the Python packages could not be installed: is there a network? (see above)"
        )
    STAMP.write_text(digest(), encoding="utf-8")


def build(*, drawings=False):
    """Build what is made from the project's own files; needs the packages."""
    command = [str(PYTHON), "-P", str(ROOT / "bin/_build.py")]
    if subprocess.run(command + ["drawings"] * drawings, stdout=sys.stderr).returncode:
        sys.exit(1)  # it said why


def uv():
    """The uv of this machine when it is new enough, or one of our own."""
    own = BOOTSTRAP / "bin/uv"
    for found in (shutil.which("uv"), str(own)):
        if found and os.access(found, os.X_OK):
            said = subprocess.run([found, "--version"], stdout=subprocess.PIPE, text=True)
            version = re.search(r"(\d+)\.(\d+)", said.stdout)
            if version and tuple(map(int, version.groups())) >= OLDEST_UV:
                return found
    say("installing uv into .bootstrap")
    for how in (with_venv, with_pip, with_fetched_pip):
        if how() and own.exists():
            return str(own)
    raise RefusedError(
        "uv could not be installed: is there a network? "
        "Or install uv yourself (https://docs.astral.sh/uv/)."
    )


def with_venv():
    """Install uv by the pip of a virtual environment; False where venv is not whole."""
    venv = BOOTSTRAP / "venv"
    made = quietly(sys.executable, "-m", "venv", "--clear", str(venv))
    return made and pip_install(str(venv / "bin/python"), "-m", "pip")


def with_pip():
    """Install uv by the pip of this Python; False where it has none."""
    return pip_install(sys.executable, "-m", "pip")


def with_fetched_pip():
    """Install uv by a pip fetched for this once: it runs from its own archive."""
    try:
        return pip_install(sys.executable, str(fetched_pip() / "pip"))
    except (OSError, ValueError, LookupError):
        return False


def pip_install(*pip):
    """Install uv beside the virtual environment, whichever pip does it."""
    target = BOOTSTRAP / "lib"
    shutil.rmtree(target, ignore_errors=True)
    if not quietly(*pip, "install", "--quiet", "--target", str(target), "uv"):
        return False
    (BOOTSTRAP / "bin").mkdir(exist_ok=True)
    shutil.copy2(target / "bin/uv", BOOTSTRAP / "bin/uv")
    return True


def fetched_pip():
    """The newest pip that runs on this Python, checked against the hash that the index gives."""
    index = os.environ.get("PIP_INDEX_URL", INDEX).rstrip("/")
    kind = {"Accept": "application/vnd.pypi.simple.v1+json"}
    wheels = [
        file for file in json.loads(fetch(f"{index}/pip/", **kind))["files"] if runs_here(file)
    ]
    newest = max(wheels, key=version_of)
    told = fetch(newest["url"])
    if hashlib.sha256(told).hexdigest() != newest["hashes"]["sha256"]:
        raise ValueError(newest["filename"])
    path = BOOTSTRAP / newest["filename"]
    path.write_bytes(told)
    return path


def fetch(url, **headers):
    """What lies at an https address."""
    if not url.startswith("https://"):
        raise ValueError(url)
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def runs_here(file):
    """Whether a file of the index is a released wheel for this Python."""
    least = re.match(r">=\s*3\.(\d+)", file.get("requires-python") or "")
    return bool(
        re.fullmatch(r"pip-[\d.]+-py3-none-any\.whl", file["filename"])
        and not file.get("yanked")
        and least
        and int(least.group(1)) <= sys.version_info[1]
    )


def version_of(file):
    """The version in a wheel's name, to compare."""
    return tuple(map(int, file["filename"].split("-")[1].split(".")))


def quietly(*command):
    """Whether a command succeeds; what it says is of no interest when another way is tried next."""
    return (
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        == 0
    )


def digest():
    """A hash of what the installation is made from, and of where it stands."""
    told = b"\0".join((ROOT / name).read_bytes() for name in MADE_FROM)
    return hashlib.sha256(told + str(ROOT).encode()).hexdigest()


def read(path):
    """The text of a file; nothing when it is not there."""
    try:
        return path.read_text(encoding="utf-8") if PYTHON.exists() else ""
    except FileNotFoundError:
        return ""


def say(what):
    """Tell the person who waits; standard output is for the command itself."""
    print(f"kring: {what} …", file=sys.stderr, flush=True)
