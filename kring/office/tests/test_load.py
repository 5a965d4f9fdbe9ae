"""How many messages families get: averages for who leads the school, nobody by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import seen_by
from kring.notifications.models import Delivery, Notification
from kring.office.load import WEEKS, Load, in_figures
from kring.schools.models import School
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

WEEK = timedelta(days=7)


def told(
    cast: Cast,
    key: str,
    *,
    ago: timedelta = WEEK,
    about: Any = None,
    state: str = "sent",
    **fields: Any,
) -> None:
    """A person was told of something, by mail too."""
    ids = {"event_id": uuid4(), "about_id": about or uuid4(), "subject_id": uuid4()}
    usual = {"school_id": cast.id("wilgenhoek"), "person_id": cast.id(key), "kind": "group"}
    note = factories.made(Notification(**{"verb": "post.published"} | usual | ids | fields))
    mail = {"channel": "email", "chunk": uuid4(), "state": state}
    whose = {"school_id": note.school_id, "person_id": note.person_id}
    gone = factories.made(Delivery(notification=note, **whose, **mail))
    with unlocked():
        for row in (note, gone):
            type(row)._base_manager.filter(pk=row.pk).update(created_at=clock.now() - ago)


def load_of(cast: Cast, who: str = "principal") -> Load:
    viewer = cast.viewer(who)
    with seen_by(viewer):
        school = School.objects.visible_to(viewer).get(pk=cast.id("wilgenhoek"))
        load = Load(school, viewer)
        assert load.rows is not None  # read inside the block
        return load


def row(load: Load, name: str) -> Any:
    return next(one for one in load.rows if one.name == name)


def test_a_message_counts_once_for_a_family(cast: Cast) -> None:
    about = uuid4()
    told(cast, "mother", about=about)
    told(cast, "mother", kind="school")
    told(cast, "mother", kind="digest", verb="digest.weekly")
    told(cast, "mother", kind="group", is_urgent=True)
    told(cast, "mother", kind="comments", verb="comment.made")  # no broadcast
    told(cast, "co_parent", about=about)  # of Sam's other home: another family
    load = load_of(cast)
    week = row(load, cast.group_5.name).last
    assert week.most == 4
    assert round(week.messages * week.families) == 3
    assert round(week.urgent * week.families) == 1
    assert round(week.newsletters * week.families) == 1
    assert round(week.outside * week.families) == 6  # each mail to each person


def test_a_newsletter_that_had_nothing_to_say_is_none_and_the_agenda_counts(cast: Cast) -> None:
    told(cast, "mother", kind="digest", verb="digest.weekly", state="skipped")
    told(cast, "mother", kind="digest", verb="digest.daily", state="failed")
    week = row(load_of(cast), cast.group_5.name).last
    assert (week.newsletters, week.most, week.outside) == (0, 0, 0)
    told(cast, "mother", kind="planning", verb="calendar.moved")
    week = row(load_of(cast), cast.group_5.name).last
    assert (round(week.messages * week.families), week.most) == (1, 1)


def test_two_parents_in_one_home_are_one_family(cast: Cast) -> None:
    child = factories.student(cast.id("wilgenhoek"), "Puck")
    factories.enrolled(child, cast.id("group_6"))
    before = row(load_of(cast), cast.group_6.name).last.families
    with unlocked():
        home = cast.id("home of mother wilgenhoek")
    for key in ("english_mother", "informed_father"):
        factories.guarded(child, cast.id(key), household_id=home)
    after = row(load_of(cast), cast.group_6.name).last.families
    assert after == before + 1


@pytest.mark.parametrize(("ago", "shown"), [(1, 1), (3, 3), (8, WEEKS), (20, WEEKS)])
def test_weeks_before_the_first_message_are_not_shown(cast: Cast, ago: int, shown: int) -> None:
    told(cast, "mother")
    here = Audience(cast.id("wilgenhoek"), whole_school=True)
    post = factories.post(here, cast.id("principal"))
    with unlocked():
        out = clock.now() - WEEK * ago
        type(post)._base_manager.filter(pk=post.pk).update(published_at=out)
    assert len(row(load_of(cast), cast.group_5.name).weeks) == shown


def test_a_school_without_messages_shows_last_week_only(cast: Cast) -> None:
    load = load_of(cast)
    assert [week.all for week in row(load, cast.group_5.name).weeks] == [0]


@pytest.mark.parametrize(("weeks", "counts"), [(0, False), (1, True), (8, True), (9, False)])
def test_the_last_eight_weeks_that_are_over(cast: Cast, weeks: int, counts: bool) -> None:  # noqa: FBT001
    told(cast, "mother", ago=WEEK * weeks)
    found = row(load_of(cast), cast.group_5.name)
    assert any(week.most for week in found.weeks) is counts


def test_the_page_says_it_in_sentences_and_names_nobody(cast: Cast, sign_in: SignIn) -> None:
    told(cast, "mother")
    page = sign_in("principal").get(reverse("office:load", args=[cast.id("wilgenhoek")])).text
    assert cast.group_5.name in page
    assert "<progress" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert "Amrani" not in main
    assert "Sam" not in main


@pytest.mark.parametrize("who", ["teacher", "counselor", "mother", "principal_elsewhere"])
def test_the_database_tells_nobody_else(cast: Cast, who: str) -> None:
    told(cast, "mother")
    with seen_by(cast.viewer(who)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_load(%s, current_date)", [cast.id("wilgenhoek")])
        assert cursor.fetchall() == []


def test_a_school_without_families_says_so(cast: Cast) -> None:
    with unlocked():
        School.objects.filter(pk=cast.id("wilgenhoek")).update(name="Leeg")
    load = load_of(cast)
    load.__dict__["_weeks"] = {}
    assert load.school_row is None
    assert load.sentence
    assert load.top == 1.0


def test_one_figure_behind_the_point() -> None:
    assert in_figures(4.0) == "4"
    assert in_figures(2.25) in {"2,2", "2.2"}
    assert in_figures(3.96) == "4"
