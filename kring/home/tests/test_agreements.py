"""'Onze afspraken': what families read of the rules and hours of a school."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kring.base.visibility import seen_by
from kring.home.agreements import Agreements
from kring.schools.models import Policy, School
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def said(cast: Cast, who: str = "mother", school: str = "wilgenhoek", **told: Any) -> list[str]:
    """Every sentence that somebody reads, in English, under rules that are told."""
    with unlocked():
        Policy.objects.filter(school=cast.id(school)).delete()
    factories.made(Policy(school_id=cast.id(school), version=1, **told))
    with override("en"), seen_by(viewer := cast.viewer(who)):
        here = School.objects.visible_to(viewer).get(pk=cast.id(school))
        agreed = Agreements(here, viewer)
        return [line for part in agreed.parts for line in (*part.readers, *part.sentences)]


def test_the_sentences_of_what_kring_begins_with(cast: Cast) -> None:
    lines = said(cast)
    assert "Messages to the whole school come from: principal and administrator." in lines
    assert "How often a group hears from us, differs: there is no fixed number." in lines
    assert "You may comment on a message, unless its writer switched that off." in lines
    assert "Urgent messages come from: principal and administrator." in lines
    assert any("Usually we call who has not read it after 45 minutes" in line for line in lines)
    assert any("on saturday at 8:00" in line for line in lines)
    assert "Do not share photos of other children any further." in lines


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"min_posts_a_week": 1}, "Each group gets at least 1 message a week"),
        ({"min_posts_a_week": 3}, "Each group gets at least 3 messages a week"),
        ({"max_posts_a_day": 1}, "A group gets at most 1 message a day."),
        ({"max_posts_a_day": 2}, "A group gets at most 2 messages a day."),
        ({"comments_allowed": False}, "Comments are off."),
        ({"urgent_roles": ["teacher", "principal"]}, "come from: teacher and principal."),
        ({"school_post_roles": ["administrator"]}, "come from: administrator."),
        ({"call_after_minutes": 10}, "not read it after 10 minutes"),
        ({"weekly_newsletter": False}, "There is no weekly newsletter by mail."),
        ({"weekly_weekday": 5, "weekly_hour": 17}, "on friday at 17:00"),
        ({"families_save_photos": True}, "You may save photos and films for yourself."),
    ],
    ids=str,
)
def test_each_rule_has_its_sentence(cast: Cast, told: dict[str, Any], sentence: str) -> None:
    assert any(sentence in line for line in said(cast, **told))


def test_every_combination_reads_in_both_languages(cast: Cast) -> None:
    viewer = cast.viewer("mother")
    with seen_by(viewer):
        school = School.objects.visible_to(viewer).get(pk=cast.id("wilgenhoek"))
        agreed = Agreements(school, viewer)
        assert agreed.readers == []
        yes_no = (True, False)
        for least, most, comments, letter, saving, rule in product(
            (0, 1, 2), (0, 1, 2), yes_no, yes_no, yes_no, ("", "Alleen thuis.")
        ):
            agreed.policy = Policy(
                min_posts_a_week=least,
                max_posts_a_day=most,
                comments_allowed=comments,
                weekly_newsletter=letter,
                families_save_photos=saving,
                sharing_rule=rule,
            )
            for language in ("nl", "en"):
                with override(language):
                    lines = [line for part in agreed.parts for line in part.sentences]
                    assert all(line.endswith((".", "”", "?")) for line in lines)
                    assert not any("%(" in line for line in lines)
                    assert len(lines) == len(set(lines))


def test_the_teachers_of_ones_own_children_read_at_their_hours(cast: Cast) -> None:
    here, sanne = cast.id("wilgenhoek"), cast.id("teacher")
    for day in (1, 2):
        factories.working_hours(here, sanne, weekday=day)
    factories.working_hours(here, sanne, weekday=4, ends_at=time(12))
    factories.working_hours(here, cast.id("teacher_next_door"))
    lines = said(cast)
    mine = [line for line in lines if "reads messages on" in line]
    assert mine == [
        "Juf Sanne reads messages on mon and tue from 8:00 to 16:30; thu from 8:00 to 12:00."
    ]
    assert [line for line in said(cast, "teacher") if "reads messages on" in line] == mine
    assert not [line for line in said(cast, "guardian_next_month") if "reads messages" in line]


def test_an_after_school_care_speaks_of_who_works_there(cast: Cast) -> None:
    lines = said(cast, school="vijver")
    assert "Messages to a group come from who works there." in lines
    everybody = next(line for line in lines if "everybody here" in line)
    assert "after-school carer" in everybody


def test_a_school_without_a_number_says_call_us(cast: Cast) -> None:
    cast.change(cast.wilgenhoek, telephone="")
    assert "Is it about today? Call us." in said(cast)
    cast.change(cast.wilgenhoek, telephone="+31201234567")
    assert "Is it about today? Call 020 123 4567." in said(cast)


def test_the_page_shows_the_rule_of_the_school_as_text(cast: Cast, sign_in: SignIn) -> None:
    said(cast, sharing_rule="Alleen <b>thuis</b>")
    address = reverse("home:agreements", args=[cast.id("wilgenhoek")])
    page = sign_in("mother").get(address).text
    assert "Alleen &lt;b&gt;thuis&lt;/b&gt;" in page
    policy = reverse("office:policy", args=[cast.id("wilgenhoek")])
    assert policy not in page
    assert policy in sign_in("principal").get(address).text
    school = sign_in("mother").get(reverse("home:school", args=[cast.id("wilgenhoek")])).text
    assert address in school
    assert address in sign_in("mother").get(reverse("home:children")).text
