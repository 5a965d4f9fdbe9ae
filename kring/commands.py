"""What each command of ``kring`` does."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import django
import psycopg
from django.db import DatabaseError
from django.utils.module_loading import import_string

from config import env
from kring.database import EmbeddedPostgres, prepare, refuse_wrong_role
from kring.database.roles import said_plainly
from kring.folder import DataFolder, StartError
from kring.front import LARGEST_PHOTO, largest_portrait, largest_upload
from kring.serving import Kring, Logins, clean_environment
from kring.supervisor import ROOT
from kring.watching import Watch, build

MOST_THREADS = 8  # of one web worker, some waiting for a photo; each may hold a connection
MOST_WEB_WORKERS = 4
JOBS_AT_ONCE = 24  # of all lanes of a worker: a job to the outside keeps its connection
UPLOADS_AT_ONCE = 32  # each keeps a thread waiting for as long as its line is slow
OF_THE_OWNER = (  # pages and worker know their own login, and no other
    "SECRET_KEY_FILE",  # it was read: the key itself is passed on
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "WEB_DATABASE_PASSWORD",
    "WEB_DATABASE_PASSWORD_FILE",
    "WORKER_DATABASE_PASSWORD",
    "WORKER_DATABASE_PASSWORD_FILE",
)


def demo(
    *, port: int, data: Path, fresh: bool, as_json: bool, small: bool = False, reload: bool = False
) -> None:
    """Serve the demo on this machine: made-up people, and a link to sign in as each of them."""
    folder = DataFolder(data)
    origin = f"http://localhost:{port}"  # never a number: passkeys refuse one
    settings = clean_environment() | {
        "SECRET_KEY": folder.secrets().secret_key,
        "KRING_ORIGIN": origin,
        "KRING_DATA": str(folder.path),
        "KRING_DEMO": "yes",
        "KRING_DEMO_SMALL": "yes" if small else "",
        "KRING_MEDIA_HANDED_OFF": "yes",
    }
    kring = Kring(
        kind="demo", data=folder, origin=origin, settings=settings, port=port, fresh=fresh
    )
    if reload:
        kring.changed = Watch(ROOT, build).changed
    people: list[dict[str, Any]] = []

    def load(logins: Logins) -> None:
        people.extend(json.loads(kring.run("Loading the demo", logins.owner, "demo-load")))

    kring.serve(load, partial(_tell, origin, people, as_json=as_json))


def up() -> None:
    """Serve for real, with the settings of the environment."""
    if env.flag("KRING_DEMO"):
        raise StartError("KRING_DEMO opens every account to everybody: unset it, or use bin/demo.")
    origin = env.origin("KRING_ORIGIN", env.text("KRING_ORIGIN"))
    folder = _data_folder()
    secrets = folder.secrets()
    store = env.object_store("KRING_S3")
    settings = os.environ | {
        "SECRET_KEY": env.text("SECRET_KEY", secrets.secret_key),
        "KRING_DATA": str(folder.path),
        "KRING_MEDIA_HANDED_OFF": "yes",
    }
    for name in OF_THE_OWNER:
        settings.pop(name, None)
    kring = Kring(
        kind="school",
        data=folder,
        origin=origin,
        settings=settings,
        database=_given_database(folder),
        bucket=store.endpoint_url if store else None,
        largest_upload=largest_upload(env.number("KRING_FILM_MAX_MEGABYTES", 0)),
        largest_portrait=largest_portrait(env.number("KRING_PHOTO_MAX_MEGABYTES", LARGEST_PHOTO)),
    )
    kring.serve(lambda _: None, lambda: _say(f"kring: serving {origin}."))


def prepare_database() -> None:
    """Make the roles and the database where they are missing."""
    web, worker = (env.text(f"{name}_DATABASE_PASSWORD") for name in ("WEB", "WORKER"))
    prepare(env.text("DATABASE_URL"), web, worker)
    _say("kring: the database is prepared.")


def migrate() -> None:
    """Bring the tables up to date."""
    owner = _database_url()
    _with_django("kring.database.migrating.migrate")(owner)


def invite(**asked: str) -> None:
    """Invite the first person of a school: all of it, or nothing and a sentence."""
    _database_url()
    invited = _with_django("kring.schools.inviting.invite")
    try:
        _say(f"kring: {invited(**asked)}")
    except ValueError as error:
        raise StartError(str(error)) from error
    except DatabaseError as error:
        raise StartError("The database does not answer: is Kring running?") from error
    except OSError as error:  # SMTPException is one
        raise StartError("The mail could not be sent, so nobody was invited.") from error


def forget_factors(*, address: str) -> None:
    """Take the second factors of a person away, who then sets up new ones."""
    _database_url()
    forgotten = _with_django("kring.schools.forgetting.forget_factors")
    try:
        _say(f"kring: {forgotten(address)}")
    except ValueError as error:
        raise StartError(str(error)) from error
    except DatabaseError as error:
        raise StartError("The database does not answer: is Kring running?") from error


def import_roster(
    *, source: str, paths: list[Path], school: str, dry_run: bool, yes_gone: bool
) -> None:
    """Take a school's files in; what cannot be is said line by line, and nothing is written."""
    _database_url()
    taken_in = _with_django("kring.importing.command.import_files")
    asked = {"school": school, "dry_run": dry_run, "yes_gone": yes_gone}
    try:
        lines = taken_in(source, paths, **asked)
    except ValueError as error:
        print(error)
        raise SystemExit(1) from error
    except DatabaseError as error:
        raise StartError("The database does not answer: is Kring running?") from error
    except OSError as error:
        raise StartError(f"{error.filename} cannot be read.") from error
    print("\n".join(lines))


def parked(*, again: bool) -> None:
    """Say which deliveries were given up, and put them back in the queue when asked."""
    _database_url()
    lines = _with_django("kring.ops.parked.parked")
    try:
        print("\n".join(lines(again=again)))
    except DatabaseError as error:
        raise StartError("The database does not answer: is Kring running?") from error


def load_demo() -> None:
    """Load the demo, and print its people as JSON."""
    _with_django("kring.demo.seed.load")()
    people = import_string("kring.demo.people.people")(env.text("KRING_ORIGIN"))
    print(json.dumps(people, ensure_ascii=False))


def web(*, socket: Path, uploads: bool = False) -> None:
    """Serve the pages on a Unix socket; when one worker dies all end, for the parent to mend.

    For ``uploads`` one worker has many threads, most of which wait for somebody's slow line.
    """
    _refuse_unless("kring_web")
    socket.unlink(missing_ok=True)  # of a web process that was killed
    workers, threads = _for_uploads() if uploads else _for_pages()
    level = "error" if uploads else "warning"  # of so many threads granian warns at each start
    options = {
        "interface": "wsgi",
        "http": "1",
        "uds": socket,
        "uds-permissions": "0600",
        "workers": workers,
        "blocking-threads": threads,
        "workers-kill-timeout": 10,
        "log-level": level,
    }
    told = [f"--{name}={value}" for name, value in options.items()]
    told += ["--no-ws"]
    os.execv(  # noqa: S606  (no shell is wanted)
        sys.executable, [sys.executable, "-m", "granian", *told, "config.wsgi:application"]
    )


def _for_pages() -> tuple[int, int]:
    """How many workers, and threads of each."""
    cores = os.cpu_count() or 1
    workers = env.number("KRING_WEB_WORKERS", min(cores, MOST_WEB_WORKERS), least=1)
    return workers, min(MOST_THREADS, 2 * cores + 1)


def _for_uploads() -> tuple[int, int]:
    """The same, where one process does what each of the web workers would do by itself.

    Whatever came in whole may ask the database at the same moment.
    """
    cores = os.cpu_count() or 1
    os.environ.setdefault("KRING_POOL", str(UPLOADS_AT_ONCE))
    os.environ.setdefault("KRING_PHOTO_RENDERERS", str(max(2, min(cores, MOST_WEB_WORKERS))))
    return 1, UPLOADS_AT_ONCE


def worker(*, films: bool = False) -> None:
    """Do the jobs, but those of films; or only those."""
    _refuse_unless("kring_worker")
    os.environ.setdefault("KRING_POOL", str(JOBS_AT_ONCE))
    _with_django("kring.base.jobs.run_worker")(films=films)


def _with_django(name: str) -> Callable[..., Any]:
    """A function of an app, which can only be imported once Django is set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    function: Callable[..., Any] = import_string(name)
    return function


def _data_folder() -> DataFolder:
    return DataFolder(Path(env.text("KRING_DATA", str(ROOT / "data"))))


def _database_url() -> str:
    """The owner's address: of the environment, or of the embedded server that ``kring up`` runs."""
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
        folder = _data_folder()
        os.environ["DATABASE_URL"] = EmbeddedPostgres(folder).url()
        os.environ.setdefault("SECRET_KEY", env.text("SECRET_KEY", folder.secrets().secret_key))
    return env.text("DATABASE_URL")


def _given_database(folder: DataFolder) -> Logins | None:
    """The logins of the server in DATABASE_URL, prepared; None for the embedded one."""
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
        return None
    owner = env.text("DATABASE_URL")
    secrets = folder.secrets()
    web = env.text("WEB_DATABASE_PASSWORD", secrets.web)
    worker = env.text("WORKER_DATABASE_PASSWORD", secrets.worker)
    prepare(owner, web, worker)
    return Logins(
        owner=owner,
        web=_with_login(owner, "kring_web", web),
        worker=_with_login(owner, "kring_worker", worker),
    )


def _with_login(address: str, role: str, password: str) -> str:
    """The same database for another role."""
    parts = urlsplit(address)
    _, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))


def _refuse_unless(role: str) -> None:
    """Raise StartError unless our login is this role, with no right too many."""
    address = env.text("DATABASE_URL")
    with said_plainly(address), psycopg.connect(address) as connection:
        refuse_wrong_role(connection, role)


def _tell(origin: str, people: list[dict[str, Any]], *, as_json: bool) -> None:
    """Say where the demo is and who can be tried: a line for programs, or a table for people."""
    mail = f"{origin}/demo/mail/"
    if as_json:
        told = {"address": f"{origin}/", "mail": mail, "people": people}
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    rows = [
        (
            person["name"],
            ", ".join(person["roles"]),
            ", ".join(person["schools"]),
            person["sign_in"],
        )
        for person in people
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(f"\nKring: {origin}/   mail: {mail}   Ctrl-C stops.", flush=True)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
