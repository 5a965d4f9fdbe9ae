"""What has been kept long enough goes; what has not, stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection

from kring.base import clock
from kring.base.ids import new_id
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.demo.cast import identity
from kring.events.models import Event
from kring.feed.models import Comment, Post
from kring.media.files import path_of, store
from kring.media.models import Asset
from kring.media.tests.made import RENDERED
from kring.ops.jobs import sweep, sweep_every_school, sweep_stray_files
from kring.schools.models import Enrollment, Guardianship, School, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

YEARS = timedelta(days=3 * 365)
WILGENHOEK = identity("wilgenhoek")


def test_old_posts_go_with_all_that_hangs_on_them(cast: Cast) -> None:
    old = cast.post("group_5", by="teacher", ago=YEARS)
    factories.comment(old, cast.id("mother"))
    factories.photo(old)
    young = cast.post("group_5", by="teacher")
    sweep(school_id=str(WILGENHOEK))
    with unlocked():
        assert list(Post.objects.all()) == [young]
        assert not Comment.objects.exists()


def test_what_is_planned_far_ahead_is_on_the_bus_until_a_month_after_it_was_told(
    cast: Cast,
) -> None:
    teacher, past = cast.viewer("teacher"), clock.now() - timedelta(days=31)
    with seen_by(teacher):
        planned = Post.publish(
            cast.audience("group_5"),
            by=teacher,
            text="Tot volgend jaar",
            key=new_id(),
            byline=("Sanne", "teacher"),
            at=clock.now() + timedelta(days=300),
            planned=True,
        )
    of_post = Event.objects.unscoped("the bus").filter(subject_id=planned.pk)
    for gone, aged in ((False, "created_at"), (True, "due_at")):
        with unlocked():
            of_post.update(**{aged: past})
        sweep(school_id=str(WILGENHOEK))
        with unlocked():
            assert of_post.exists() is not gone


def test_another_school_is_left_alone(cast: Cast) -> None:
    elsewhere = cast.post("group_elsewhere", by="principal_elsewhere", ago=YEARS)
    sweep(school_id=str(WILGENHOEK))
    with unlocked():
        assert list(Post.objects.all()) == [elsewhere]


def test_a_child_goes_two_years_after_it_left(cast: Cast) -> None:
    gone = factories.student(WILGENHOEK, "Gone")
    left = {"starts_on": clock.today() - YEARS, "ends_on": clock.today() - timedelta(days=740)}
    factories.enrolled(gone, cast.id("group_6"), **left)
    factories.guarded(gone, cast.id("operator"))
    with unlocked():
        Student.objects.filter(pk=gone.pk).update(created_at=clock.now() - YEARS)
        stayed = Enrollment.objects.exclude(student=gone).count()
    sweep(school_id=str(WILGENHOEK))
    with unlocked():
        assert not Student.objects.filter(pk=gone.pk).exists()
        assert not Guardianship.objects.filter(student=gone.pk).exists()
        assert Enrollment.objects.count() == stayed


def test_a_guardianship_goes_two_years_after_it_ended(cast: Cast) -> None:
    ended = {"starts_at": clock.now() - YEARS, "ends_at": clock.now() - timedelta(days=740)}
    tie = factories.guarded(cast.sam, cast.id("operator"), **ended)
    sweep(school_id=str(WILGENHOEK))
    with unlocked():
        assert not Guardianship.objects.filter(pk=tie.pk).exists()
        assert Guardianship.objects.filter(guardian=cast.id("ex_guardian")).exists()


def test_a_photo_that_was_never_sent_goes_after_a_day(
    cast: Cast, media: Callable[[UUID, UUID], UUID]
) -> None:
    unused = media(WILGENHOEK, cast.id("teacher"))
    fresh = media(WILGENHOEK, cast.id("teacher"))
    with unlocked():
        Asset.objects.filter(pk=unused).update(created_at=clock.now() - timedelta(days=2))
    sweep(school_id=str(WILGENHOEK))
    with unlocked():
        assert [asset.pk for asset in Asset.objects.all()] == [fresh]
    assert not default_storage.exists(path_of(unused, "small"))
    assert default_storage.exists(path_of(fresh, "small"))


def test_files_without_a_row_go_after_a_day(
    cast: Cast, media: Callable[[UUID, UUID], UUID]
) -> None:
    kept = media(WILGENHOEK, cast.id("teacher"))
    old = UUID(int=new_id().int - (2 * 86_400_000 << 80))  # a UUIDv7 of two days ago
    store(old, RENDERED)
    young = new_id()
    store(young, RENDERED)
    with as_worker():
        sweep_stray_files()
    found = {one: default_storage.exists(path_of(one, "large")) for one in (kept, old, young)}
    assert found == {kept: True, old: False, young: True}


def test_every_school_has_its_own_sweep(cast: Cast) -> None:
    with as_worker():
        sweep_every_school(0)
    with unlocked():
        schools = School.objects.count()
    assert len(_queued()) == schools


def _queued() -> list[str]:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("SELECT args->>'school_id' FROM procrastinate_jobs")
        return [row[0] for row in cursor.fetchall()]


def test_the_sweep_may_run_twice(cast: Cast) -> None:
    cast.post("group_5", by="teacher", ago=YEARS)
    for _ in range(2):
        sweep(school_id=str(WILGENHOEK))
    with at_work(WILGENHOEK):
        assert not Post.objects.exists()
