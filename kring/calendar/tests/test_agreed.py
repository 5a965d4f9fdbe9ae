"""What a school agreed on with families holds for notices of the agenda as well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import seen_by
from kring.calendar.models import CalendarEntry
from kring.calendar.telling import check_telling
from kring.calendar.tests.test_planning import changed, planned, row, told, verbs
from kring.events.models import Event
from kring.feed.tests.sheets import SignIn, agree
from kring.schools.models import Policy
from tests.cast import Cast
from tests.unlocked import unlocked

DAY = timedelta(days=1)
NEW = reverse("calendar:new")


def announced(cast: Cast, by: str, *to: str, **how: Any) -> bool:
    return "calendar.announced" in verbs(planned(cast, by, *to, tell=True, **how))


# ── to everybody ─────────────────────────────────────────────────────────────
def test_who_the_school_does_not_name_plans_for_everybody_and_tells_nobody(cast: Cast) -> None:
    agree(cast, school_post_roles=["principal"])
    with pytest.raises(ValidationError, match="aan iedereen"):
        planned(cast, "administrator", "wilgenhoek", tell=True)
    assert planned(cast, "administrator", "wilgenhoek").told_at is None
    assert announced(cast, "principal", "wilgenhoek")
    assert announced(cast, "administrator", "group_5")


def test_the_usual_agreement_lets_the_office_and_in_care_its_carers(cast: Cast) -> None:
    assert announced(cast, "administrator", "wilgenhoek")
    assert announced(cast, "aftercare", "vijver")


def test_a_care_that_names_its_leaders_keeps_that_too(cast: Cast) -> None:
    with unlocked():
        Policy(school_id=cast.id("vijver"), version=9, school_post_roles=["principal"]).save()
    with pytest.raises(ValidationError):
        planned(cast, "aftercare", "vijver", tell=True)


def test_the_same_goes_for_a_change_that_somebody_asks_to_tell(cast: Cast) -> None:
    agree(cast, school_post_roles=["principal"])
    entry = planned(cast, "administrator", "wilgenhoek")
    with pytest.raises(ValidationError):
        changed(cast, entry, "administrator", tell=True, title="Anders")
    assert row(entry.pk).title == "Schoolreis"  # nothing of it
    assert changed(cast, entry, "administrator", title="Anders")
    assert changed(cast, entry, "principal", tell=True, title="Weer anders")


def test_nobody_comes_for_nothing_whoever_moves_it(cast: Cast) -> None:
    agree(cast, school_post_roles=["principal"])
    entry = planned(cast, "administrator", "wilgenhoek", told=told(2 * DAY))
    assert changed(cast, entry, "administrator", tell=True, place="de gymzaal")
    assert "calendar.moved" in verbs(entry)


def test_the_page_says_who_may_and_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, school_post_roles=["principal"])
    browser = sign_in("administrator")
    day = f"{clock.today() + 20 * DAY:%Y-%m-%d}"
    typed = {
        "audience": f"school:{cast.id('wilgenhoek')}",
        "title": "Zomerfeest",
        "first_day": day,
        "key": "0190f3c0-0000-7000-8000-000000000001",
        "tell": "on",
    }
    answer = browser.post(NEW, typed)
    assert answer.status_code == 422
    assert "Zomerfeest" in answer.content.decode()
    assert 'id="id_tell_error"' in answer.content.decode()
    with unlocked():
        assert not CalendarEntry.objects.exists()
    assert browser.post(NEW, typed | {"tell": ""}).status_code == 303
    with unlocked():
        entry = CalendarEntry.objects.get()
    page = reverse("calendar:edit", args=[entry.pk])
    answer = browser.post(page, typed | {"title": "Winterfeest"})
    assert answer.status_code == 422
    assert row(entry.pk).title == "Zomerfeest"


# ── at most so many a day ────────────────────────────────────────────────────
def test_a_notice_is_one_of_the_messages_of_the_day(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    cast.post("group_5", by="teacher")
    with pytest.raises(ValidationError, match="hoogstens 1"):
        planned(cast, "teacher", "group_5", tell=True)
    assert planned(cast, "teacher", "group_5").told_at is None
    assert announced(cast, "teacher_next_door", "group_6")


def test_notices_count_among_each_other(cast: Cast) -> None:
    agree(cast, max_posts_a_day=2)
    first = planned(cast, "teacher", "group_5")
    assert announced(cast, "teacher", "group_5")
    assert changed(cast, first, "teacher", tell=True, title="Anders")
    third = planned(cast, "teacher", "group_5")
    with pytest.raises(ValidationError):
        changed(cast, third, "teacher", tell=True, title="Nog iets")
    # What was put off already is told with it.
    assert changed(cast, first, "teacher", tell=True, title="Weer anders")


def test_what_was_told_yesterday_does_not_count(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    entry = planned(cast, "teacher", "group_5", tell=True)
    with unlocked():
        Event.objects.filter(subject_id=entry.pk).update(due_at=clock.now() - DAY)
    assert announced(cast, "teacher", "group_5")


def test_the_same_form_again_takes_no_second_place(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    key = cast.id("sam")  # any
    one, other = (planned(cast, "teacher", "group_5", tell=True, key=key) for _ in range(2))
    assert one.pk == other.pk


def test_what_is_soon_and_changes_goes_beside_the_number(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    entry = planned(cast, "teacher", "group_5", told=told(2 * DAY))
    cast.post("group_5", by="teacher")
    assert changed(cast, entry, "teacher", place="de gymzaal")
    assert "calendar.moved" in verbs(entry)


def test_nobody_counts_the_notices_of_who_leads(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1)
    cast.post("group_5", by="teacher")
    assert announced(cast, "principal", "group_5")


def test_who_works_elsewhere_has_no_rules_here(cast: Cast) -> None:
    agree(cast, max_posts_a_day=1, school_post_roles=["principal"])
    viewer = cast.viewer("principal_elsewhere")
    with seen_by(viewer):  # row security refuses what they do
        check_telling(cast.audience("wilgenhoek"), clock.today(), by=viewer)
