"""Who sees an entry: its audience as it is now, of what happens while their child is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kring.base import clock
from kring.base.visibility import seen_by
from kring.calendar.models import CalendarEntry
from kring.schools.models import Enrollment, Guardianship, Policy
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.circles import AROUND, BSO, FAMILIES, GROUP_5, LEADERS, OFFICE, STAFF, TEACHERS
from tests.unlocked import unlocked
from tests.visibility.looking import sees, who_sees

DAY = timedelta(days=1)


def on_day(ahead: int) -> dict[str, object]:
    day = clock.today() + DAY * ahead
    begin, end = clock.start_of(day), clock.end_of(day)
    return {"whole_day": True, "starts_at": begin, "ends_at": end}


def place_of(cast: Cast, child: str) -> Enrollment:
    with unlocked():
        return Enrollment.objects.get(student=cast.id(child))


def test_an_entry_of_a_group_is_for_its_families_and_staff(cast: Cast) -> None:
    assert who_sees(cast, cast.entry("group_5", by="teacher")) == GROUP_5
    assert who_sees(cast, cast.entry("sam", by="teacher")) == TEACHERS | LEADERS | {
        "mother",
        "co_parent",
    }


def test_an_entry_of_the_school_is_for_everybody_and_of_the_team_for_the_team(cast: Cast) -> None:
    assert who_sees(cast, cast.entry("wilgenhoek", by="principal")) == FAMILIES | STAFF
    assert who_sees(cast, cast.entry("staff of wilgenhoek", by="principal")) == STAFF
    assert who_sees(cast, cast.entry("vijver", by="aftercare")) == BSO


def test_a_family_that_came_after_it_was_put_down_sees_it(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher", published_at=clock.now() - 500 * DAY)
    assert who_sees(cast, entry) == GROUP_5


def test_what_was_before_the_child_came_can_be_looked_up(cast: Cast) -> None:
    assert sees(cast, "mother", cast.entry("group_5", by="teacher", **on_day(-400)))


def test_a_family_does_not_see_what_happens_after_the_child_leaves(cast: Cast) -> None:
    cast.change(place_of(cast, "lina"), ends_on=clock.today() + 10 * DAY)
    last = cast.entry("group_5", by="teacher", **on_day(10))
    later = cast.entry("group_5", by="teacher", **on_day(11))
    school = cast.entry("wilgenhoek", by="principal", **on_day(11))
    assert sees(cast, "informed_father", last)
    assert not sees(cast, "informed_father", later)
    assert not sees(cast, "informed_father", school)


def test_when_the_child_has_left_the_group_nothing_of_it_is_seen_any_more(cast: Cast) -> None:
    """Not even what was seen before: the agenda says what comes."""
    entry = cast.entry("group_5", by="teacher", **on_day(-5))
    assert sees(cast, "informed_father", entry)
    cast.change(place_of(cast, "lina"), ends_on=clock.today() - DAY)
    assert not sees(cast, "informed_father", entry)


def test_a_family_of_a_later_day_sees_nothing_before_it(cast: Cast) -> None:
    assert "guardian_next_month" in AROUND
    assert not sees(cast, "guardian_next_month", cast.entry("group_5", by="teacher"))


def test_access_that_ends_this_second_ends_here(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher")
    with unlocked():
        tie = Guardianship.objects.get(guardian=cast.id("co_parent"), student=cast.id("sam"))
    cast.change(tie, ends_at=clock.now() - timedelta(seconds=1))
    assert not sees(cast, "co_parent", entry)


def test_a_school_may_keep_the_agenda_from_who_is_informed_only(cast: Cast) -> None:
    from_now_on = {"informed_sees_posts": False, "informed_sees_photos": False}
    policy = Policy(school_id=cast.id("wilgenhoek"), version=2, **from_now_on)
    factories.made(policy)
    assert not sees(cast, "informed_father", cast.entry("group_5", by="teacher"))


def test_one_that_is_called_off_is_seen_and_one_that_is_withdrawn_is_gone(cast: Cast) -> None:
    gone = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    assert who_sees(cast, cast.entry("group_5", by="teacher", **gone)) == {"teacher"}
    off = cast.entry("group_5", by="teacher", is_called_off=True, **gone)
    assert who_sees(cast, off) == GROUP_5


def test_what_is_not_out_yet_only_its_writer_sees(cast: Cast) -> None:
    soon = clock.now() + timedelta(seconds=10)
    assert who_sees(cast, cast.entry("group_5", by="teacher", published_at=soon)) == {"teacher"}


@pytest.mark.parametrize("key", ["withheld_father", "ex_guardian", "operator", "anonymous"])
def test_row_security_alone_keeps_out_who_has_nothing_to_do_with_it(cast: Cast, key: str) -> None:
    cast.entry("group_5", by="teacher")
    cast.entry("wilgenhoek", by="principal")
    viewer = cast.viewer(key) if key == "anonymous" else viewer_of(cast.id(key))
    with seen_by(viewer):
        assert not CalendarEntry.objects.unscoped("through the second lock").exists()


def test_colleagues_change_what_they_put_down_and_the_office_all_of_it(cast: Cast) -> None:
    entry = cast.entry("group_5", by="teacher")
    may = set()
    for key in GROUP_5:
        viewer = cast.viewer(key)
        with seen_by(viewer):
            if CalendarEntry.objects.changeable_by(viewer).filter(pk=entry.pk):
                may.add(key)
    assert may == OFFICE | {"teacher"}


def test_carers_of_the_bso_change_each_others_entries(cast: Cast) -> None:
    entry = cast.entry("vijver", by="mother")  # whoever put it down
    viewer = cast.viewer("aftercare")
    with seen_by(viewer):
        assert CalendarEntry.objects.changeable_by(viewer).filter(pk=entry.pk).exists()
