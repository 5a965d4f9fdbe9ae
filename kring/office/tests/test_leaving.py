"""Who leaves the school sees nothing of it any more, and nobody locks the school up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.joining.models import Invitation
from kring.media import signing
from kring.office.tests.arranging import (
    SignIn,
    address,
    all_of,
    employed,
    roles_of,
    trail_of,
)
from kring.office.tests.test_staff import NEW, named
from kring.schools.models import Employment, TeachingAssignment
from tests import factories
from tests.cast import Cast

NOW = {"when": "now"}
A_DAY = timedelta(days=1)
COMPOSE = reverse("feed:compose")


def leave(cast: Cast, by: Client, key: Any, **form: Any) -> int:
    return by.post(address(cast, "staff_leaving", key), form).status_code


def test_who_leaves_at_once_is_out_everywhere_at_the_next_request(
    cast: Cast, sign_in: SignIn
) -> None:
    post = cast.post("group_5", by="teacher")
    asset = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    teacher = sign_in("teacher")
    picture = signing.sign(asset.pk, "small", teacher.session.session_key or "")
    open_page = {"HX-Request": "true"}
    likes = reverse("feed:likes", args=[post.pk])
    for path in ("/", COMPOSE, f"/posts/{post.pk}/"):
        assert teacher.get(path).status_code == 200
    assert teacher.post(likes, headers=open_page).status_code == 200
    assert leave(cast, sign_in("principal"), "teacher", **NOW) == 303
    for path in ("/", COMPOSE, f"/posts/{post.pk}/", picture):
        assert "Morgen gaan we" not in (answer := teacher.get(path)).text
        assert answer.status_code in {302, 404}
    assert teacher.post(likes, headers=open_page).status_code in {302, 404}
    with_cookie = Session.objects.filter(session_key=teacher.session.session_key or "none")
    assert not with_cookie.exists()


def test_who_signs_in_again_after_leaving_finds_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    leave(cast, sign_in("principal"), "teacher", **NOW)
    teacher = sign_in("teacher")
    assert "Morgen gaan we" not in teacher.get("/").text
    for path in (COMPOSE, f"/posts/{post.pk}/", address(cast, "start")):
        assert teacher.get(path).status_code == 404
    assert cast.viewer("teacher") == Viewer(user_id=cast.id("teacher"))
    assert trail_of(cast.id("teacher")) == ["assignment.ended", "employment.ended"]


def test_a_colleague_who_is_a_parent_stays_a_parent(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")  # where her son is
    own = cast.post("group_7", by="teacher_parent")  # which she taught
    before = sign_in("teacher_parent")
    leave(cast, sign_in("administrator"), "teacher_parent", **NOW)
    assert before.get("/").status_code == 302  # she signs in again
    mother = sign_in("teacher_parent")
    assert mother.get(f"/posts/{post.pk}/").status_code == 200
    assert mother.get(f"/posts/{own.pk}/").status_code == 404
    assert mother.get(COMPOSE).status_code == 404


def test_who_leaves_on_a_day_works_until_then(cast: Cast, sign_in: SignIn) -> None:
    principal, day = sign_in("principal"), clock.today() + timedelta(days=10)
    teacher = sign_in("teacher")
    assert leave(cast, principal, "teacher", when="later", last_day=day) == 303
    assert teacher.get(COMPOSE).status_code == 200
    held = [
        *all_of(Employment.objects.filter(user=cast.id("teacher"))),
        *all_of(TeachingAssignment.objects.filter(user=cast.id("teacher"))),
    ]
    assert {one.ends_on for one in held} == {day}
    further = day + A_DAY
    assert leave(cast, principal, "teacher", when="later", last_day=further) == 303
    [role] = all_of(Employment.objects.filter(user=cast.id("teacher")))
    assert role.ends_on == further
    assert 'value="stays"' in principal.get(address(cast, "staff_leaving", "teacher")).text
    assert leave(cast, principal, "teacher", when="stays") == 303
    [role] = all_of(Employment.objects.filter(user=cast.id("teacher")))
    assert role.ends_on is None


def test_what_ends_sooner_keeps_its_end(cast: Cast, sign_in: SignIn) -> None:
    principal, today = sign_in("principal"), clock.today()
    sooner, later = today + 3 * A_DAY, today + 10 * A_DAY
    lessons = TeachingAssignment.objects.filter(user=cast.id("aide"), group=cast.id("group_2"))
    [lesson] = all_of(lessons)
    cast.change(lesson, ends_on=sooner)
    leave(cast, principal, "aide", when="later", last_day=later)
    assert all_of(lessons)[0].ends_on == sooner
    employed(cast, cast.id("aide"), "counselor")  # given after the leaving was planned
    leave(cast, principal, "aide", when="stays")
    held = all_of(Employment.objects.filter(user=cast.id("aide")))
    assert {one.ends_on for one in held} == {None}
    assert all_of(lessons)[0].ends_on == sooner


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"when": "later"},
        {"when": "later", "last_day": "2020-01-01"},
        {"when": "later", "last_day": "nooit"},
        {"when": "stays"},  # nothing was planned
        {"when": "yesterday"},
    ],
    ids=str,
)
def test_a_leaving_without_a_day_is_asked_again(
    cast: Cast, sign_in: SignIn, form: dict[str, str]
) -> None:
    assert leave(cast, sign_in("principal"), "teacher", **form) == 422
    assert roles_of(cast.id("teacher")) == {"teacher"}


def test_the_page_names_what_ends(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").get(address(cast, "staff_leaving", "aide"))
    for name in ("groep 5", "groep 2", "Noud Peters"):
        assert name in page.text
    own = sign_in("principal").get(address(cast, "staff_leaving", "principal"))
    assert "note warning" in own.text


def test_leaving_takes_back_the_invitation(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    principal.post(address(cast, "new_colleague"), NEW | {"groups": [cast.id("group_5")]})
    [card] = named("Wilhelmina")
    later = {"when": "later", "last_day": clock.today() + A_DAY}
    assert leave(cast, principal, card.pk, **later) == 303
    [sent] = all_of(Invitation.objects.filter(person=card))
    assert sent.revoked_at is None
    assert leave(cast, principal, card.pk, **NOW) == 303
    [sent] = all_of(Invitation.objects.filter(person=card))
    assert sent.revoked_at
    assert roles_of(card.pk) == set()
    assert leave(cast, principal, card.pk, **NOW) == 404  # gone already


def test_what_begins_later_never_holds(cast: Cast, sign_in: SignIn) -> None:
    later = clock.today() + timedelta(days=30)
    role = employed(cast, cast.id("aide"), "counselor", starts_on=later)
    assert leave(cast, sign_in("principal"), "aide", **NOW) == 303
    [standing] = all_of(Employment.objects.filter(pk=role.pk))
    assert standing.ends_on == later - A_DAY


# ── nobody locks the school up ───────────────────────────────────────────────
def test_one_of_two_leaders_may_go_and_the_last_may_not(cast: Cast, sign_in: SignIn) -> None:
    assert leave(cast, sign_in("principal"), "administrator", **NOW) == 303
    principal = sign_in("principal")
    assert leave(cast, principal, "principal", **NOW) == 422
    later = {"when": "later", "last_day": clock.today() + timedelta(days=30)}
    assert leave(cast, principal, "principal", **later) == 422
    demoted = {"roles": ["teacher"], "sure": "on"}
    answer = principal.post(address(cast, "colleague", "principal"), demoted)
    assert answer.status_code == 422
    assert roles_of(cast.id("principal")) == {"principal"}
    swapped = {"roles": ["administrator"], "sure": "on"}
    answer = principal.post(address(cast, "colleague", "principal"), swapped)
    assert answer.status_code == 303
    assert roles_of(cast.id("principal")) == {"administrator"}


def test_who_never_came_in_or_goes_soon_does_not_count(cast: Cast, sign_in: SignIn) -> None:
    waiting = factories.person()
    employed(cast, waiting.pk, "principal")
    soon = {"ends_on": clock.today() + A_DAY}
    employed(cast, cast.id("teacher"), "administrator", **soon)
    leave(cast, sign_in("principal"), "administrator", **NOW)
    assert leave(cast, sign_in("principal"), "principal", **NOW) == 422
    assert leave(cast, sign_in("principal"), waiting.pk, **NOW) == 303


def test_nobody_takes_away_ones_own_way_in_unnoticed(cast: Cast, sign_in: SignIn) -> None:
    page = address(cast, "colleague", "administrator")
    administrator = sign_in("administrator")
    answer = administrator.post(page, {"roles": ["teacher"]})
    assert answer.status_code == 422
    assert 'name="sure"' in answer.text
    assert administrator.post(page, {"roles": ["teacher"], "sure": "on"}).status_code == 303
    assert roles_of(cast.id("administrator")) == {"teacher"}
    assert administrator.get(page).status_code == 404


def test_who_leaves_oneself_goes_to_the_feed_and_is_out(cast: Cast, sign_in: SignIn) -> None:
    administrator = sign_in("administrator")
    answer = administrator.post(address(cast, "staff_leaving", "administrator"), NOW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert administrator.get(address(cast, "start")).status_code in {302, 404}


@pytest.mark.parametrize("key", ["teacher", "counselor", "mother", "principal_elsewhere"])
def test_the_verbs_end_nothing_for_who_may_not(
    cast: Cast, viewer: Callable[[str], Viewer], key: str
) -> None:
    [role] = all_of(Employment.objects.filter(user=cast.id("aide")))
    by = viewer(key)
    with seen_by(by):
        changeable = Employment.objects.changeable_by(by)
        assert not changeable.filter(pk=role.pk).exists()


def test_the_sentence_of_the_last_in_charge_is_said(
    cast: Cast, viewer: Callable[[str], Viewer]
) -> None:
    by = viewer("principal_elsewhere")
    with seen_by(by):
        role = Employment.objects.changeable_by(by).get(user=by.person_id)
        with pytest.raises(ValidationError) as refused:
            role.end(clock.today(), by=by)
    assert refused.value.code == "last_in_charge"
    assert str(uuid4()) not in refused.value.message
