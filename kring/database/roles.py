"""The roles of the database: an owner who makes tables, and two logins that row security binds.

``kring_web`` and ``kring_worker`` own nothing and bypass nothing. They take the role ``kring_app``
inside a block (see ``base/visibility.py``); on its own each reaches the listed machine tables only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kring.folder import StartError

APP = "kring_app"
LOGINS = ("kring_web", "kring_worker")
OLDEST = 16  # the first with GRANT … WITH INHERIT FALSE, SET TRUE
LOCK = 5_604_817  # the number of our advisory lock: any, as long as it is the same everywhere
TOO_MUCH = (  # in the order of pg_roles' rolsuper, rolbypassrls, rolcreaterole, …
    "is a superuser",
    "bypasses row security",
    "may make roles",
    "may make databases",
    "inherits the rights of its groups",
)


def prepare(owner: str, web_password: str, worker_password: str) -> None:
    """Make the database, the roles and their rights where they are missing, as often as you like.

    ``owner`` is the address of the database for the role that will own its tables. Where nothing
    is missing it needs no right to make roles: an administrator may have prepared all.
    """
    with said_plainly(owner):
        _make_database(owner)
    with alone(owner) as connection:
        _refuse_unfit(connection)
        with connection.transaction():
            _make_role(connection, APP, login=False)
            for login in LOGINS:
                _make_role(connection, login, login=True)
                _make_member(connection, login)
            _grant(connection)
            _close_what_else_is_here(connection)
        for login, password in zip(LOGINS, (web_password, worker_password), strict=True):
            if not _opens(make_conninfo(owner, user=login, password=password)):
                _set_password(connection, login, password)


def _refuse_unfit(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old, and a login that must own nothing."""
    if connection.info.server_version < OLDEST * 10_000:
        raise StartError(f"Kring needs PostgreSQL {OLDEST} or newer.")
    if connection.info.user in LOGINS:
        raise StartError(
            f"The role {connection.info.user} must own nothing: "
            "log in as the owner to prepare or migrate."
        )


@contextmanager
def said_plainly(address: str) -> Iterator[None]:
    """Say in a sentence what the database refuses; never with the password of ``address``."""
    try:
        yield
    except psycopg.OperationalError as error:
        told = str(error).splitlines()[0].strip(" .")
        raise StartError(f"The database {_shown(address)} does not answer: {told}.") from error
    except psycopg.errors.DiskFull as error:
        raise StartError(
            "The disk of the database is full: make room there, and start again."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise StartError(
            f"The owner of {_shown(address)} may not do this: {error.diag.message_primary}. "
            "Give it CREATEROLE, or have an administrator of the server run kring prepare."
        ) from error


@contextmanager
def alone(owner: str) -> Iterator[psycopg.Connection]:
    """Let one at a time change the shape of the database."""
    with said_plainly(owner), psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield connection


def refuse_wrong_role(connection: psycopg.Connection[tuple[object, ...]], expected: str) -> None:
    """Raise StartError unless this connection logged in as ``expected``, with no right too many."""
    row = connection.execute(_WHO).fetchone()
    assert row is not None
    name, owns, member, *rights = row
    wrong = [words for right, words in zip(rights, TOO_MUCH, strict=True) if right]
    if owns:
        wrong.append("owns tables")
    if not member:
        wrong.append(f"is no member of {APP} WITH INHERIT FALSE, SET TRUE")
    if name != expected:
        wrong.insert(0, f"is not {expected}")
    if wrong:
        raise StartError(
            f"The database role {name} {' and '.join(wrong)}: Kring then cannot keep families "
            "apart, and does not start. Run kring prepare, and set DATABASE_URL to "
            f"the login of {expected}."
        )


_WHO = """
SELECT rolname,
       EXISTS (SELECT FROM pg_class WHERE relowner = role.oid AND relkind IN ('r', 'p', 'v', 'm')),
       EXISTS (SELECT FROM pg_auth_members JOIN pg_roles app ON app.oid = roleid
               WHERE member = role.oid AND app.rolname = 'kring_app'
                 AND NOT inherit_option AND set_option),
       rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit
FROM pg_roles role WHERE rolname = session_user
"""


def _make_database(owner: str) -> None:
    """Make the database of the address when the server does not have it."""
    try:
        psycopg.connect(owner).close()
    except psycopg.OperationalError as error:
        # libpq tells no SQLSTATE when a connection is refused: only the message says why.
        if "does not exist" not in str(error) or "database" not in str(error):
            raise
        wanted = str(conninfo_to_dict(owner)["dbname"])
        with psycopg.connect(make_conninfo(owner, dbname="postgres"), autocommit=True) as other:
            _run(other, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", wanted)


def _make_role(connection: psycopg.Connection, name: str, *, login: bool) -> None:
    """Make a role, or take from it every right that it must not have."""
    found = connection.execute(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit "
        "FROM pg_roles WHERE rolname = %s",
        [name],
    ).fetchone()
    may_log_in = "LOGIN" if login else "NOLOGIN"
    if found is None:
        _run(connection, f"CREATE ROLE {{}} {may_log_in} NOINHERIT", name)
    elif found != (login, *[False] * len(TOO_MUCH)):
        off = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOINHERIT"
        _run(connection, f"ALTER ROLE {{}} {may_log_in} {off}", name)


def _make_member(connection: psycopg.Connection, login: str) -> None:
    """Let a login take the role of the application, and have none of its rights before that."""
    if not _is(connection, _IS_MEMBER, APP, login):
        _run(connection, "GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", APP, login)


def _opens(address: str) -> bool:
    """Whether this login and password lead into the database."""
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def _set_password(connection: psycopg.Connection, login: str, password: str) -> None:
    """Set a password; it goes over the line, and into any log, only as its scram verifier."""
    verifier = connection.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(login), sql.Literal(verifier.decode())))


def _grant(connection: psycopg.Connection) -> None:
    """Nobody makes anything in this database but its owner; the logins may enter."""
    database = connection.info.dbname
    if _is(connection, _OPEN_TO_ALL, database):
        _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    if _is(connection, "SELECT has_schema_privilege('public', 'public', 'CREATE')"):
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for login in LOGINS:
        if not _is(connection, "SELECT has_database_privilege(%s, %s, 'CONNECT')", login, database):
            _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, login)
    for role in (APP, *LOGINS):
        if not _is(connection, "SELECT has_schema_privilege(%s, 'public', 'USAGE')", role):
            _run(connection, "GRANT USAGE ON SCHEMA public TO {}", role)


def _close_what_else_is_here(connection: psycopg.Connection) -> None:
    """On a server where nobody else logs in, our logins need not enter its other databases."""
    if not _is(connection, _OURS_ALONE, list(LOGINS)):
        return
    for database in ("postgres", "template1"):
        if _is(connection, _OPEN_TO_ALL, database):
            _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)


_IS_MEMBER = """
SELECT EXISTS (SELECT FROM pg_auth_members
               WHERE roleid = %s::regrole AND member = %s::regrole
                 AND NOT inherit_option AND set_option)
"""
_OPEN_TO_ALL = """
SELECT EXISTS (SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
               WHERE datname = %s AND grantee = 0)
"""
_OURS_ALONE = """
SELECT rolsuper AND NOT EXISTS (SELECT FROM pg_roles other WHERE other.rolcanlogin
                                AND other.oid <> role.oid AND other.rolname <> ALL (%s))
FROM pg_roles role WHERE rolname = current_user
"""


def _is(connection: psycopg.Connection, query: LiteralString, *values: object) -> bool:
    row = connection.execute(query, values).fetchone()
    return row is not None and bool(row[0])


def _run(connection: psycopg.Connection, statement: str, *names: str) -> None:
    """Run a statement with names put in, quoted."""
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _shown(address: str) -> str:
    """The address without its password."""
    parts = conninfo_to_dict(address)
    return (
        f"{parts.get('dbname', '')} of {parts.get('user', '')} at {parts.get('host', 'localhost')}"
    )
