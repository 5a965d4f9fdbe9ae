"""What the login roles and the role of the block reach, table by table and function by function."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from kring.accounts.models import User
from kring.base.visibility import seen_by
from kring.notifications.models import PushSubscription
from kring.schools.models.family import HOUSEHOLD_FIELDS
from kring.schools.models.school import SCHOOL_FIELDS
from kring.schools.viewers import viewer_of
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked
from tests.visibility.looking import OURS

type Rights = dict[str, set[str]]

ALL = {"SELECT", "INSERT", "UPDATE", "DELETE"}
CHANGE_LESS = ALL - {"UPDATE"}
SCHOOL_TABLES = {model._meta.db_table for model in OURS}
REACHED_BY_WEB: Rights = {
    "accounts_user": {  # to find who signs in, and to let in who comes with a letter
        "SELECT",
        "INSERT",
        *(
            f"UPDATE {column}"
            for column in (
                *("about", "email", "first_name", "infix", "is_active", "joined_at", "language"),
                *("last_login", "last_name", "password", "signed_out_at", "sort_key", "username"),
            )
        ),
    },
    "accounts_tabletpin": ALL,  # who takes over a tablet is nobody yet
    "account_emailaddress": {"SELECT"},  # which allauth looks at, and nobody fills
    "django_session": ALL,
    "mfa_authenticator": ALL,
    "usersessions_usersession": ALL,
    "kring_cache": ALL,
    "django_migrations": {"SELECT"},
}
REACHED_BY_WORKER: Rights = {
    "procrastinate_jobs": ALL,
    "procrastinate_events": ALL,
    "procrastinate_periodic_defers": ALL,
    "procrastinate_workers": ALL,
    "kring_period": ALL,
    "accounts_tabletpin": {"SELECT id", "SELECT expires_at", "DELETE"},
    "django_session": {"SELECT", "DELETE"},  # to throw away what ended
    "usersessions_usersession": {"SELECT", "DELETE"},
    "kring_cache": {"SELECT", "DELETE"},
    "django_migrations": {"SELECT"},
}
REACHED_IN_A_BLOCK: Rights = dict.fromkeys(SCHOOL_TABLES, ALL) | {
    "accounts_user": {"INSERT", "DELETE"}
    | {
        f"SELECT {field.column}"
        for field in User._meta.concrete_fields
        if field.name != "password"  # a hash that nobody needs inside
    }
    | {
        "UPDATE about",
        "UPDATE first_name",
        "UPDATE infix",
        "UPDATE language",
        "UPDATE last_name",
        "UPDATE sort_key",
    },
    "notifications_pushsubscription": {"INSERT", "UPDATE", "DELETE"}
    | {
        f"SELECT {field.column}"
        for field in PushSubscription._meta.concrete_fields
        if field.name not in PushSubscription.objects.all().hidden  # for the worker alone
    },
    "schools_school": CHANGE_LESS | {f"UPDATE {column}" for column in SCHOOL_FIELDS},
    "schools_household": CHANGE_LESS | {f"UPDATE {column}" for column in HOUSEHOLD_FIELDS},
    "schools_student": CHANGE_LESS
    | {
        "UPDATE born_on",
        "UPDATE eck_id",
        "UPDATE first_name",
        "UPDATE infix",
        "UPDATE last_name",
        "UPDATE sort_key",
        "UPDATE source_id",
    },
    "schools_enrollment": CHANGE_LESS
    | {"UPDATE ends_on", "UPDATE grade", "UPDATE starts_on", "UPDATE weekdays"},
    "feed_post": CHANGE_LESS
    | {
        "UPDATE text",
        "UPDATE allows_comments",
        "UPDATE edited_at",
        "UPDATE withdrawn_at",
        "UPDATE withdrawn_by_id",
        "UPDATE call_at",
    },
    "feed_call": CHANGE_LESS | {"UPDATE ended_at", "UPDATE outcome", "UPDATE said"},
    "feed_newsletter": CHANGE_LESS
    | {
        "UPDATE title",
        "UPDATE intro",
        "UPDATE tells_staff",
        "UPDATE published_at",
        "UPDATE goes_at",
        "UPDATE withdrawn_at",
        "UPDATE withdrawn_by_id",
    },
    "feed_newsletteritem": CHANGE_LESS | {"UPDATE position", "UPDATE text", "UPDATE title"},
    "feed_newsletterphoto": CHANGE_LESS | {"UPDATE position", "UPDATE description"},
    "calendar_calendarentry": CHANGE_LESS
    | {
        *(f"UPDATE {name}" for name in ("title", "place", "text", "whole_day", "starts_at")),
        *(f"UPDATE {name}" for name in ("ends_at", "changed_at", "told_at", "published_at")),
        *(f"UPDATE {name}" for name in ("withdrawn_at", "withdrawn_by_id", "is_called_off")),
    },
    "notifications_notification": CHANGE_LESS | {"UPDATE read_at"},
    "schools_mourning": CHANGE_LESS | {"UPDATE ended_at", "UPDATE ended_by_id"},
    "feed_comment": CHANGE_LESS | {"UPDATE hidden_at", "UPDATE hidden_by_id"},
}
WHOLE_TABLES = """
    SELECT relname, privilege FROM pg_class, unnest(%(privileges)s::text[]) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        AND has_table_privilege(%(role)s, oid, privilege)
    """
SOME_COLUMNS = """
    SELECT relname, privilege || ' ' || attname
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT attisdropped AND has_column_privilege(%(role)s, pg_class.oid, attnum, privilege)
        AND NOT has_table_privilege(%(role)s, pg_class.oid, privilege)
    """


def rights_of(role: str) -> Rights:
    """Per table of the database what a role may do to it."""
    asked: dict[str, Any] = {
        "role": role,
        "privileges": [*ALL, "TRUNCATE", "REFERENCES", "TRIGGER"],
    }
    found: Rights = {}
    with unlocked(), connection.cursor() as cursor:
        for query in (WHOLE_TABLES, SOME_COLUMNS):
            cursor.execute(query, asked)
            for table, right in cursor.fetchall():
                found.setdefault(table, set()).add(right)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("kring_web", REACHED_BY_WEB),
        ("kring_worker", REACHED_BY_WORKER),
        ("kring_app", REACHED_IN_A_BLOCK),
    ],
)
def test_each_role_reaches_exactly_the_listed_tables(role: str, rights: Rights) -> None:
    assert rights_of(role) == rights


@pytest.mark.parametrize("key", ["mother", "administrator", "operator"])
def test_nobody_reads_the_hash_of_a_password_in_a_block_not_even_the_own(
    cast: Cast, key: str
) -> None:
    viewer = cast.viewer(key)
    with seen_by(viewer):
        me = User.objects.visible_to(viewer).get(pk=cast.id(key))
        assert me.password is None
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(User.objects.visible_to(viewer).exclude(password=""))
        with connection.cursor() as cursor:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute("SELECT password FROM accounts_user")
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute("SELECT person FROM accounts_user person")
    assert User.objects.unscoped("a test").get(pk=me.pk).password.startswith("!")


@pytest.mark.django_db
def test_the_logins_bypass_and_own_nothing() -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '^kring_(app|web|worker)$' AND"
            " (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit OR"
            "  rolreplication OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) OR"
            "  EXISTS (SELECT FROM pg_proc WHERE proowner = pg_roles.oid))"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege('kring_app', 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_the_functions_that_act_as_the_owner_are_callable_by_whom_they_are_for() -> None:
    callers = {
        "kring_viewer": {"kring_web", "kring_worker"},
        "kring_enqueue": {"kring_app", "kring_web", "kring_worker"},
        "kring_left_deliveries": {"kring_worker"},
        "kring_ways": {"kring_app"},
        "kring_own_ways": {"kring_app"},
        "kring_devices": {"kring_worker"},
        "kring_settle_devices": {"kring_worker"},
        "kring_push_secret": {"kring_worker"},
        "kring_push_key": {"kring_app", "kring_web", "kring_worker"},
        "kring_keep_device": {"kring_app"},
        "kring_school_ids": {"kring_worker"},
        "kring_forget_nobodies": {"kring_worker"},
        "kring_portrait_ids": {"kring_worker"},
        "kring_media_bytes": {"kring_web", "kring_app"},
        "kring_release_card": {"kring_app"},
        "kring_left_invitations": {"kring_worker"},
        "kring_has_second_factor": {"kring_app"},
        "kring_invitation": {"kring_web"},
        "kring_link_code": {"kring_web"},
        "kring_free_selectors": {"kring_web", "kring_app"},
        "kring_school_of_delivery": {"kring_worker"},
        "kring_school_of_invitation": {"kring_worker"},
        "kring_answered_since": {"kring_app"},
        "kring_reach_of": {"kring_app"},
        "kring_try_again": {"kring_app"},
        "kring_deliveries_of": {"kring_app"},
        "kring_parked_count": {"kring_web", "kring_worker"},
        "kring_in_mourning": {"kring_app", "kring_worker"},
        "kring_load": {"kring_app"},
        "kring_drafted": {"kring_app"},
        "kring_let_go": {"kring_app"},
        "kring_posts_a_day": {"kring_app"},
        "kring_notices_a_day": {"kring_app"},
        "kring_with_rhythm": {"kring_app"},
        "kring_newsletter_moments": {"kring_worker"},
    }
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc, proconfig, prorettype = 'trigger'::regtype,"
            " ARRAY(SELECT r FROM unnest(ARRAY['kring_app', 'kring_web', 'kring_worker']) AS r"
            "       WHERE has_function_privilege(r, pg_proc.oid, 'EXECUTE')),"
            " EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))"
            "         WHERE grantee = 0)"
            " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        for name, body, settings, is_trigger, roles, for_everybody in cursor.fetchall():
            assert any("search_path" in one for one in settings or ()), name
            if is_trigger:  # cannot be called
                continue
            assert not for_everybody, name
            assert set(roles) == callers.pop(name), name
            assert not re.search(r"\bEXECUTE\b", body), name
    assert not callers


@pytest.mark.parametrize("login", ["web", "worker"])
def test_a_login_alone_reaches_no_table_of_the_school(own_database: Urls, login: str) -> None:
    listed = REACHED_BY_WEB if login == "web" else REACHED_BY_WORKER
    with psycopg.connect(getattr(own_database, login), autocommit=True) as alone:
        for table in SCHOOL_TABLES - set(listed):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                alone.execute(
                    psycopg.sql.SQL("SELECT FROM {}").format(psycopg.sql.Identifier(table))
                )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            alone.execute("CREATE TABLE mine (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            alone.execute("SET ROLE kring")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            alone.execute(f"SET ROLE kring_{'worker' if login == 'web' else 'web'}")


def test_a_request_enqueues_and_reads_no_jobs(cast: Cast) -> None:
    with seen_by(cast.viewer("mother")), connection.cursor() as cursor:
        put = "SELECT kring_enqueue('events', 'x', 0, NULL, %s::jsonb, NULL)"
        cursor.execute(put, [json.dumps({"school_id": str(cast.id("wilgenhoek"))})])
        for elsewhere in ({"school_id": str(cast.id("kompas"))}, {}):
            with pytest.raises(ProgrammingError, match="own schools"), transaction.atomic():
                cursor.execute(put, [json.dumps(elsewhere)])
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM procrastinate_jobs")


def test_the_worker_asks_for_a_viewer_too(own_database: Urls) -> None:
    with psycopg.connect(own_database.worker) as worker:
        found = worker.execute("SELECT leads FROM kring_viewer(%s)", [Cast().id("principal")])
        assert found.fetchone() == ([Cast().id("wilgenhoek")],)
    assert viewer_of(Cast().id("principal")).leads
