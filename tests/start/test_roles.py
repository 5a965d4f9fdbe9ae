"""The roles of the database: made alike however often, and refused when they may too much."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kring.database import EmbeddedPostgres, prepare, refuse_wrong_role
from kring.folder import DataFolder, StartError
from tests.start.test_cli import kring


@pytest.fixture
def served(postgres: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    with postgres.running():
        yield postgres


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def refuse(postgres: EmbeddedPostgres, role: str, expected: str = "kring_web") -> None:
    with psycopg.connect(postgres.url(role)) as connection:
        refuse_wrong_role(connection, expected)


def test_the_logins_are_bound_by_row_security(served: EmbeddedPostgres) -> None:
    rights = """
        SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'kring\\_%'
        AND NOT (rolsuper OR rolbypassrls OR rolinherit OR rolcreaterole OR rolcreatedb)
        ORDER BY rolname
    """
    assert ask(served.url(), rights) == [
        ("kring_app", False),
        ("kring_web", True),
        ("kring_worker", True),
    ]
    refuse(served, "kring_web")
    refuse(served, "kring_worker", "kring_worker")


def test_the_logins_take_the_role_and_make_nothing(served: EmbeddedPostgres) -> None:
    assert ask(served.url("kring_web"), "SET ROLE kring_app; SELECT 1") == []
    for role in ("kring_web", "kring_worker"):
        for wish in ("CREATE TABLE mine (n int)", "CREATE TEMPORARY TABLE mine (n int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask(served.url(role), wish)


def test_preparing_again_changes_nothing_but_the_passwords(served: EmbeddedPostgres) -> None:
    before = ask(served.url(), "SELECT rolname, oid FROM pg_roles ORDER BY oid")
    prepare(served.url(), "new word", served.secrets.worker)
    assert ask(served.url(), "SELECT rolname, oid FROM pg_roles ORDER BY oid") == before
    url = served.url("kring_web").replace(served.secrets.web, "new%20word")
    assert ask(url, "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        ask(served.url("kring_web"), "SELECT 1")


def test_preparing_makes_a_missing_database(served: EmbeddedPostgres) -> None:
    prepare(served.url(database="another"), served.secrets.web, served.secrets.worker)
    assert ask(served.url("kring_web", "another"), "SELECT 1") == [(1,)]


def test_preparing_takes_away_rights_that_somebody_gave(served: EmbeddedPostgres) -> None:
    ask(served.url(), "ALTER ROLE kring_web SUPERUSER BYPASSRLS CREATEDB INHERIT")
    with pytest.raises(StartError, match="is a superuser and bypasses row security"):
        refuse(served, "kring_web")
    served.prepare()
    refuse(served, "kring_web")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("CREATE TABLE hers (n int); ALTER TABLE hers OWNER TO kring_web", "owns tables"),
        ("REVOKE kring_app FROM kring_web", "is no member of kring_app"),
        ("GRANT kring_app TO kring_web WITH INHERIT TRUE", "is no member of kring_app"),
        ("ALTER ROLE kring_web BYPASSRLS", "bypasses row security"),
    ],
)
def test_a_login_that_may_too_much_is_refused(
    served: EmbeddedPostgres, wrong: str, sentence: str
) -> None:
    ask(served.url(), wrong)
    with pytest.raises(StartError, match=sentence):
        refuse(served, "kring_web")


def test_the_owner_and_the_other_login_are_refused(served: EmbeddedPostgres) -> None:
    with pytest.raises(StartError, match="The database role kring is not kring_web"):
        refuse(served, "kring")
    with pytest.raises(StartError, match="The database role kring_worker is not kring_web"):
        refuse(served, "kring_worker")


def test_preparing_as_a_login_is_refused(served: EmbeddedPostgres) -> None:
    with pytest.raises(StartError, match="must own nothing"):
        prepare(served.url("kring_web"), "a", "b")


def test_an_owner_without_the_right_to_make_roles_is_told_what_to_do(
    served: EmbeddedPostgres,
) -> None:
    ask(
        served.url(),
        "CREATE ROLE small LOGIN PASSWORD 'word'; GRANT ALL ON DATABASE kring TO small",
    )
    url = served.url().replace(f"kring:{served.secrets.owner}", "small:word")
    with pytest.raises(StartError, match="CREATEROLE") as refused:
        prepare(url, "a", "b")
    assert "word" not in str(refused.value)


def owned_by_small(served: EmbeddedPostgres) -> str:
    """The address of a database whose owner may make no roles."""
    ask(served.url(), "CREATE ROLE small LOGIN PASSWORD 'word'")
    ask(served.url(), "CREATE DATABASE hers OWNER small TEMPLATE template0 ENCODING 'UTF8'")
    return served.url(database="hers").replace(f"kring:{served.secrets.owner}", "small:word")


@pytest.mark.parametrize("by_whom", ["kring", "hers"])
def test_an_owner_without_that_right_prepares_what_an_administrator_prepared_once(
    served: EmbeddedPostgres, by_whom: str
) -> None:
    hers = owned_by_small(served)
    prepare(served.url(database=by_whom), served.secrets.web, served.secrets.worker)
    for _ in range(2):
        prepare(hers, served.secrets.web, served.secrets.worker)
    for login in ("kring_web", "kring_worker"):
        with psycopg.connect(served.url(login, "hers")) as connection:
            refuse_wrong_role(connection, login)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(served.url(login, "hers"), "CREATE TEMPORARY TABLE mine (n int)")
    with pytest.raises(StartError, match="CREATEROLE"):
        prepare(hers, "another word", served.secrets.worker)
    assert ask(served.url("kring_web", "hers"), "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_an_owner_without_that_right_makes_the_tables(served: EmbeddedPostgres) -> None:
    hers = owned_by_small(served)
    told = {"SECRET_KEY": "x", "DATABASE_URL": hers}
    for words in (["migrate"], ["invite", "--school=A", "--role=administrator", "a@kring.example"]):
        done = kring(*words, **told, SMTP_HOST="127.0.0.1", SMTP_PORT="9")
        assert "Traceback" not in done.stderr
    assert "could not be sent" in done.stderr
    assert ask(hers, "SELECT count(*) FROM schools_school") == [(0,)]


def test_the_logins_enter_no_other_database_of_a_server_that_is_ours(
    served: EmbeddedPostgres,
) -> None:
    for login in ("kring_web", "kring_worker"):
        for database in ("postgres", "template1"):
            with pytest.raises(psycopg.OperationalError, match="CONNECT"):
                ask(served.url(login, database), "SELECT 1")


def test_a_server_of_others_too_is_left_as_it_was(served: EmbeddedPostgres) -> None:
    ask(served.url(), "CREATE ROLE other LOGIN; GRANT CONNECT ON DATABASE postgres TO PUBLIC")
    served.prepare()
    assert ask(served.url("kring_web", "postgres"), "SELECT 1") == [(1,)]


def test_a_database_that_does_not_answer_is_told_without_its_password(place: Path) -> None:
    with pytest.raises(StartError, match="does not answer") as refused:
        prepare(f"postgresql://kring:hush@/kring?host={place}", "a", "b")
    assert "hush" not in str(refused.value)
    assert DataFolder(place).path == place
