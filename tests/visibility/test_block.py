"""The block itself: what it sets, what it leaves behind, and what stands outside it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from kring.base.jobs import at_work
from kring.base.visibility import ANONYMOUS, Viewer, seen_by
from kring.feed.models import Post, Reading
from kring.schools.models import School
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import EVERYBODY, Cast
from tests.database import Urls
from tests.unlocked import unlocked
from tests.visibility import scene
from tests.visibility.looking import (
    OURS,
    all_of,
    things,
    through_the_first_lock,
    through_the_second_lock,
)


def set_now() -> dict[str, str | None]:
    """Every setting of ours as it stands, and the role."""
    names = ["role", *ANONYMOUS.settings]
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, current_setting(n, true) FROM unnest(%s::text[]) AS n", [names])
        return dict(cursor.fetchall())


def school_of(row: models.Model, column: str) -> Any:
    value = getattr(row, column)
    return value.pk if isinstance(value, models.Model) else value


def posts_seen() -> int:
    return Post.objects.unscoped("to see what the block lets through").count()


def test_a_block_inside_a_block_gives_back_what_stood_before(cast: Cast) -> None:
    cast.post("group_5", by="teacher")
    mother, stranger = cast.viewer("mother"), cast.viewer("guardian_elsewhere")
    with seen_by(mother):
        outer = set_now()
        assert posts_seen() == 1
        with seen_by(stranger):
            assert posts_seen() == 0
            with at_work(cast.id("wilgenhoek")):
                assert posts_seen() == 1
            assert posts_seen() == 0
        assert posts_seen() == 1
        assert set_now() == outer


def test_a_failure_gives_back_what_stood_before(cast: Cast) -> None:
    mother, teacher = cast.viewer("mother"), cast.viewer("teacher")
    with seen_by(mother):
        outer = set_now()
        with pytest.raises(IntegrityError), seen_by(teacher):
            factories.made(School(name="Van niemand"))
        assert set_now() == outer
        with pytest.raises(ZeroDivisionError), seen_by(teacher):
            _ = 1 / 0
        assert set_now() == outer
    assert set_now()["role"] == "none"


def test_a_failure_takes_what_was_written_along(cast: Cast) -> None:
    post, mother = cast.post("group_5", by="teacher"), cast.viewer("mother")
    with pytest.raises(ZeroDivisionError), seen_by(mother):  # noqa: PT012 - the block is the point
        Reading.mark([post], by=mother)
        _ = 1 / 0
    with unlocked():
        assert not Reading.objects.filter(post=post).exists()


def test_the_settings_end_with_the_transaction(own_database: Urls) -> None:
    cast = Cast()
    with seen_by(cast.viewer("teacher")):
        assert set_now()["kring.user_id"] == str(cast.id("teacher"))
    after = set_now()
    assert after.pop("role") == "none"
    assert set(after.values()) == {""}
    with transaction.atomic(), connection.cursor() as cursor:  # the same login, no viewer
        cursor.execute("SET LOCAL ROLE kring_app")
        assert posts_seen() == 0
        cursor.execute("SELECT count(*) FROM schools_student")
        assert cursor.fetchone() == (0,)


def test_where_nothing_is_set_nothing_is_seen(cast: Cast) -> None:
    scene.everything(cast)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE kring_app")
        for model in OURS:
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')  # noqa: S608
            assert cursor.fetchone() == (0,), model
    assert all(things(model) for model in OURS), "or there was nothing to see"


def test_anonymous_sees_nothing(cast: Cast) -> None:
    scene.everything(cast)
    for model in OURS:
        assert not through_the_first_lock(ANONYMOUS, model)
        assert not through_the_second_lock(ANONYMOUS, model)


@pytest.mark.parametrize("key", ["wilgenhoek", "vijver", "kompas"])
def test_a_job_sees_all_of_its_school_and_nothing_of_others(cast: Cast, key: str) -> None:
    for to, by in (("group_5", "teacher"), ("bso", "aftercare"), ("kompas", "principal_elsewhere")):
        post = cast.post(to, by=by)
        factories.photo(post)
        factories.comment(post, cast.id(by))
        factories.audit_entry(post)
    service = Viewer.service(cast.id(key))
    for model in OURS:
        column = all_of(model).school
        if column is None:  # people and boards: known through their ties only
            continue
        of_school = {one.pk for one in things(model) if school_of(one, column) == cast.id(key)}
        assert through_the_first_lock(service, model) == of_school
        assert through_the_second_lock(service, model) == of_school


def test_a_job_knows_the_people_of_its_school_only(cast: Cast) -> None:
    people = type(cast.mother)
    known = through_the_second_lock(Viewer.service(cast.id("vijver")), people)
    assert {cast.key(pk) for pk in known} == {"mother", "aftercare"}
    assert known == through_the_first_lock(Viewer.service(cast.id("vijver")), people)


def test_a_request_cannot_work_for_a_school(cast: Cast) -> None:
    assert not any(cast.viewer(key).works_for for key in EVERYBODY)


def test_a_viewer_costs_one_call_of_the_database(
    cast: Cast, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        viewer_of(cast.id("mother"))


def test_the_viewer_is_made_before_the_block_and_not_inside(cast: Cast) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied for function kring_viewer")
    teacher = cast.viewer("teacher")
    with denied, seen_by(teacher):
        viewer_of(cast.id("mother"))
