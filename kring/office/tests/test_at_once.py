"""Two who lead a school end each other at the same moment: one of them stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection

from kring.base.visibility import seen_by
from kring.office.staffing import Posts
from kring.schools.models import Employment, Policy
from kring.schools.models.staff import at_once
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked


def test_two_leaders_who_end_each_other_leave_one_in_charge(own_database: Urls) -> None:
    cast, start = Cast(), Barrier(2)
    school = cast.id("wilgenhoek")

    def ends(actor: str, other: str) -> bool:
        by = cast.viewer(actor)
        start.wait()
        try:
            with seen_by(by):
                Posts.of(cast.id(other), school, by).leave(at_once(), by=by)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    pair = ("principal", "administrator")
    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(ends, one, other) for one, other in (pair, pair[::-1])]
        assert sorted(one.result() for one in done) == [False, True]
    with unlocked():
        left = Employment.objects.filter(school=school, role__in=Employment.LEADING, ends_on=None)
        assert left.count() == 1


def test_two_rules_at_once_are_two_versions(own_database: Urls) -> None:
    cast, start = Cast(), Barrier(2)
    school = cast.wilgenhoek

    def adopts(actor: str, *, posts: bool) -> bool:
        by = cast.viewer(actor)
        start.wait()
        try:
            with seen_by(by):
                told = {"informed_sees_posts": posts, "informed_sees_photos": False}
                return Policy.adopt(school, by=by, **told)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(adopts, "principal", posts=True)
        second = threads.submit(adopts, "administrator", posts=False)
        assert [first.result(), second.result()] == [True, True]
    with unlocked():
        versions = Policy.objects.filter(school=school).order_by("version")
        assert list(versions.values_list("version", flat=True)) == [1, 2, 3]
