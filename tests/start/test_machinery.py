"""The databases of the tests themselves."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from tests.database import Urls
from tests.unlocked import unlocked


def who() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, current_user::text")
        session, current = cursor.fetchone()
        return session, current


@pytest.mark.django_db
def test_a_test_looks_as_the_web_process_does() -> None:
    assert who() == ("kring_web", "kring_web")


@pytest.mark.django_db
def test_unlocked_is_the_owner_and_then_the_role_of_before_stands_again() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'kring_app', true)")
        with unlocked():
            assert who() == ("kring", "kring")
        assert who() == ("kring_web", "kring_app")


@pytest.mark.django_db
def test_a_failure_inside_unlocked_leaves_the_role_of_before() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'kring_app', true)")
        with pytest.raises(IntegrityError), unlocked():
            cursor.execute("CREATE TABLE one (n int UNIQUE); INSERT INTO one VALUES (1), (1)")
        assert who() == ("kring_web", "kring_app")


def test_an_own_database_takes_logins_of_others_and_commits(own_database: Urls) -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (n int); GRANT SELECT ON seen TO kring_web")
        cursor.execute("INSERT INTO seen VALUES (7)")
    with psycopg.connect(own_database.web) as web:
        assert web.execute("SELECT n, session_user FROM seen").fetchone() == (7, "kring_web")
    assert who() == ("kring_web", "kring_web")
