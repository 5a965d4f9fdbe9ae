"""What a school agreed on about posting: who to all of it, comments, and how many a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.audiences.rules import rules_of
from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed.budget import Budget, is_a_group
from kring.feed.models import Post
from kring.feed.readers import Readers
from kring.feed.tests.sheets import (
    COMPOSE,
    SignIn,
    agree,
    hidden_fields,
    later,
    mark_of,
    posts,
    sheet,
    standing,
)
from kring.office.forms.school import PolicyForm
from kring.schools.models import Employment, Policy, School
from kring.schools.viewers import viewer_of
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

REACH = reverse("feed:reach")


def group(cast: Cast, key: str = "group_5") -> str:
    return f"group:{cast.id(key)}"


def publish(cast: Cast, who: str, *to: str, **how: Any) -> Post:
    """By the verb, past every form."""
    viewer = cast.viewer(who)
    audience = cast.audience(*to)
    with seen_by(viewer):
        usual: dict[str, Any] = {"text": "Dag.", "key": uuid4(), "byline": ("Juf", "teacher")}
        return Post.publish(audience, by=viewer, **usual | how)


# ── who posts to all of the school ───────────────────────────────────────────
def test_who_the_school_does_not_name_has_no_chip_for_all_of_it(
    cast: Cast, sign_in: SignIn
) -> None:
    school = f"school:{cast.id('wilgenhoek')}"
    agree(cast, school_post_roles=["principal"])
    assert school in sign_in("principal").get(COMPOSE).content.decode()
    administrator = sign_in("administrator")
    assert school not in administrator.get(COMPOSE).content.decode()
    answer = administrator.post(COMPOSE, sheet(cast, audience=[school]))
    assert answer.status_code == 422
    assert posts() == []


def test_the_verb_itself_refuses_it(cast: Cast) -> None:
    agree(cast, school_post_roles=["principal"])
    with pytest.raises(PermissionDenied):
        publish(cast, "administrator", "wilgenhoek")
    assert publish(cast, "principal", "wilgenhoek").whole_school


def test_naming_teachers_does_not_widen_what_they_may(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, school_post_roles=["principal", "teacher"])
    school = f"school:{cast.id('wilgenhoek')}"
    assert school not in sign_in("teacher").get(COMPOSE).content.decode()
    answer = sign_in("teacher").post(COMPOSE, sheet(cast, audience=[school]))
    assert answer.status_code == 422


ROLES = [("wilgenhoek", one) for one in Employment.Role if one != "aftercare"]


@pytest.mark.parametrize(
    ("school", "role"), [*ROLES, *(("vijver", one) for one in Employment.Role)]
)
def test_each_role_that_the_form_offers_may_and_each_other_may_not(
    cast: Cast, school: str, role: str
) -> None:
    """Of a person with that role only, whatever the school had named before."""
    job = {"school_id": cast.id(school), "starts_on": clock.today()}
    user = factories.person()
    factories.made(Employment(user_id=user.pk, role=role, **job))
    with unlocked():
        version = Policy.objects.filter(school=cast.id(school)).count() + 1
        every = [str(one) for one in Employment.Role]
        policy = Policy(school_id=cast.id(school), version=version, school_post_roles=every)
        policy.save()
        home = School.objects.get(pk=cast.id(school))
        form = PolicyForm(school=home, policy=policy)
    offered = dict(form.fields["school_post_roles"].choices)  # type: ignore[attr-defined]
    viewer = viewer_of(user.pk)
    usual: dict[str, Any] = {"text": "Dag.", "key": uuid4(), "byline": ("Wie", role)}
    with seen_by(viewer):
        may = cast.id(school) in Readers(viewer).for_all
        assert may is (role in offered)
        if may:
            assert Post.publish(cast.audience(school), by=viewer, **usual).whole_school
        else:
            with pytest.raises(PermissionDenied):
                Post.publish(cast.audience(school), by=viewer, **usual)


def test_carers_write_to_all_of_their_after_school_care(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast, audience=[f"school:{cast.id('vijver')}"])
    assert sign_in("aftercare").post(COMPOSE, form).status_code == 303


def test_who_works_elsewhere_writes_nothing_here(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        publish(cast, "aftercare", "group_5")


def test_the_rule_may_change_while_somebody_writes(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast, audience=[f"school:{cast.id('wilgenhoek')}"])
    principal = sign_in("principal")
    principal.get(COMPOSE)
    agree(cast, school_post_roles=["administrator"])
    answer = principal.post(COMPOSE, form)
    assert answer.status_code == 422
    assert "Het gymrooster is anders." in answer.content.decode()


# ── comments ─────────────────────────────────────────────────────────────────
def test_a_school_without_comments_has_no_tick_and_no_way_around(
    cast: Cast, sign_in: SignIn
) -> None:
    agree(cast, comments_allowed=False)
    teacher = sign_in("teacher")
    assert 'name="allows_comments"' not in teacher.get(COMPOSE).content.decode()
    teacher.post(COMPOSE, sheet(cast, allows_comments="on"))
    assert [post.allows_comments for post in posts()] == [False]
    assert not publish(cast, "teacher", "group_5", allows_comments=True).allows_comments


def test_what_was_open_stays_open_and_what_is_closed_is_not_opened(
    cast: Cast, sign_in: SignIn
) -> None:
    opened = cast.post("group_5", by="teacher", text="Open")
    closed = cast.post("group_5", by="teacher", text="Dicht", allows_comments=False)
    agree(cast, comments_allowed=False)
    teacher, form = sign_in("teacher"), {"text": "Anders", "allows_comments": "on"}
    for post in (opened, closed):
        assert teacher.post(reverse("feed:edit", args=[post.pk]), form).status_code == 303
    found = {post.pk: post for post in posts()}
    assert found[opened.pk].allows_comments
    assert not found[closed.pk].allows_comments
    page = teacher.get(reverse("feed:edit", args=[closed.pk])).content.decode()
    assert 'name="allows_comments"' not in page


def test_the_verb_does_not_open_comments_either(cast: Cast) -> None:
    closed = cast.post("group_5", by="teacher", allows_comments=False)
    agree(cast, comments_allowed=False)
    teacher = cast.viewer("teacher")
    with seen_by(teacher):
        Post.objects.get(pk=closed.pk).edit("Anders", by=teacher, allows_comments=True)
    assert not posts()[0].allows_comments


# ── how many a day ───────────────────────────────────────────────────────────
def test_over_the_number_it_says_so_and_offers_another_day(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1)
    teacher = sign_in("teacher")
    assert teacher.post(COMPOSE, sheet(cast)).status_code == 303
    form = sheet(cast, text="Nog een.")
    answer = teacher.post(COMPOSE, form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "groep 5" in page
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert f'name="on_free_day" value="{tomorrow}"' in page
    taken = teacher.post(COMPOSE, form | {"on_free_day": tomorrow})
    assert taken.status_code == 303
    assert standing()[-1].is_planned
    full = teacher.post(COMPOSE, sheet(cast, text="Drie.", send_on=tomorrow, send_at="15:00"))
    after = (clock.today() + timedelta(days=2)).isoformat()
    assert full.status_code == 422
    assert f'name="on_free_day" value="{after}"' in full.content.decode()


def test_the_second_try_of_the_same_form_is_no_second_message(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1)
    form = sheet(cast)
    for _ in range(2):
        assert sign_in("teacher").post(COMPOSE, form).status_code == 303
    assert len(posts()) == 1


def test_what_a_colleague_planned_counts_though_nobody_sees_it(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1)
    assert sign_in("duo_teacher").post(COMPOSE, sheet(cast, **later())).status_code == 303
    assert sign_in("teacher").post(COMPOSE, sheet(cast, **later(at="16:00"))).status_code == 422


def test_changing_ones_planned_message_on_its_day_is_not_one_more(
    cast: Cast, sign_in: SignIn
) -> None:
    agree(cast, max_posts_a_day=1)
    teacher = sign_in("teacher")
    teacher.post(COMPOSE, sheet(cast, **later()))
    [before] = posts()
    form = sheet(cast, text="Anders", replaces=str(before.pk), **later(at="12:00"))
    assert teacher.post(COMPOSE, form).status_code == 303
    assert [post.text for post in standing()] == ["Anders"]


def test_leaders_urgent_and_other_groups_do_not_ask(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1, urgent_roles=["principal", "teacher"])
    teacher = sign_in("teacher")
    teacher.post(COMPOSE, sheet(cast))
    assert sign_in("principal").post(COMPOSE, sheet(cast)).status_code == 303
    page = teacher.post(COMPOSE, sheet(cast, urgent="on")).content.decode()
    sent = teacher.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})
    assert sent.status_code == 303
    to_some = sheet(cast, audience=[f"student:{cast.id('sam')}"])
    assert teacher.post(COMPOSE, to_some).status_code == 303
    next_door = sheet(cast, audience=[group(cast, "group_6")])
    assert sign_in("teacher_next_door").post(COMPOSE, next_door).status_code == 303


def test_urgent_and_withdrawn_messages_do_not_count(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1)
    cast.post("group_5", by="principal", is_urgent=True)
    cast.post("group_5", by="teacher", withdrawn_at=clock.now())
    assert sign_in("teacher").post(COMPOSE, sheet(cast)).status_code == 303


def test_the_verb_counts_too(cast: Cast) -> None:
    agree(cast, max_posts_a_day=2)
    for _ in range(2):
        publish(cast, "teacher", "group_5")
    with pytest.raises(ValidationError):
        publish(cast, "teacher", "group_5")
    with pytest.raises(ValidationError):
        publish(cast, "aide", "group_2", "group_5")
    assert publish(cast, "principal", "group_5").group_ids == [cast.id("group_5")]


def test_somebody_else_was_faster(cast: Cast, sign_in: SignIn, monkeypatch: Any) -> None:
    """Between the look and the sending: the sentence of the verb, and nothing is lost."""
    agree(cast, max_posts_a_day=1)
    cast.post("group_5", by="duo_teacher", ago=timedelta())
    monkeypatch.setattr("kring.feed.going.Going.check", lambda _self: True)
    answer = sign_in("teacher").post(COMPOSE, sheet(cast))
    assert answer.status_code == 422
    assert "Het gymrooster is anders." in answer.content.decode()
    assert len(posts()) == 1


# ── the meter ────────────────────────────────────────────────────────────────
def test_the_meter_says_how_many_of_how_many(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=2, min_posts_a_week=1)
    teacher, asked = sign_in("teacher"), {"audience": group(cast)}
    assert 'class="meter"' in teacher.get(REACH, asked).content.decode()
    for expected in (0, 1, 2):
        page = teacher.get(REACH, asked).content.decode()
        assert (' class="full"' in page) == (expected == 2)
        assert page.count("<li") == (2 if expected == 0 else 1)  # of this week, too, while empty
        cast.post("group_5", by="teacher", ago=timedelta())


def test_it_says_nothing_where_the_school_agreed_on_nothing(cast: Cast, sign_in: SignIn) -> None:
    assert 'class="meter"' not in sign_in("teacher").get(COMPOSE).content.decode()


def test_it_tells_nothing_of_a_group_next_door(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=1)
    page = sign_in("teacher").get(REACH, {"audience": group(cast, "group_6")}).content.decode()
    assert "<li" not in page


@pytest.mark.parametrize("who", ["mother", "principal_elsewhere", "anonymous"])
def test_the_count_itself_answers_staff_of_the_school_only(cast: Cast, who: str) -> None:
    cast.post("group_5", by="teacher")
    with seen_by(cast.viewer(who)):
        assert Budget.around(clock.today(), [cast.id("group_5")]).counts == {}
    with seen_by(cast.viewer("teacher_next_door")):
        assert Budget.around(clock.today(), [cast.id("group_5")]).counts


def test_counting_asks_as_often_for_many_as_for_few(cast: Cast, sign_in: SignIn) -> None:
    agree(cast, max_posts_a_day=20, min_posts_a_week=1)
    principal = sign_in("principal")

    def asked(*groups: str) -> int:
        principal.get(REACH)
        with CaptureQueriesContext(connection) as found:
            principal.get(REACH, {"audience": [group(cast, one) for one in groups]})
        return len(found)

    few = asked("group_5")
    for _ in range(10):
        cast.post("group_2", "group_5", "group_6", by="principal")
    assert asked("group_2", "group_5", "group_6") == few


def test_no_group_is_no_question(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert Budget.around(clock.today(), []).counts == {}
    assert len(asked) == 0


def test_a_fortnight_that_is_full_offers_no_day(cast: Cast) -> None:
    today, unit = clock.today(), cast.id("group_5")
    full = Budget(today, {(unit, today + timedelta(days=ahead)): 1 for ahead in range(15)})
    assert full.free_day([unit], 1) is None
    assert full.free_day([unit], 2) == today + timedelta(days=1)


def test_an_organisation_without_a_policy_has_the_usual_one(cast: Cast) -> None:
    with unlocked():
        cast.wilgenhoek.policies.all().delete()
    principal = cast.viewer("principal")
    with seen_by(principal):
        [rules] = rules_of(principal, [cast.id("wilgenhoek"), cast.id("kompas")]).values()
    assert rules.may_post_to_all
    assert rules.call_after == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("ticked", "of", "as_good_as"),
    [(1, 1, False), (2, 2, True), (2, 3, False), (5, 8, False), (6, 8, True), (12, 24, False)],
)
def test_how_many_children_are_as_good_as_their_group(
    ticked: int, of: int, *, as_good_as: bool
) -> None:
    assert is_a_group(ticked, of=of) is as_good_as


def test_the_number_of_a_day_is_not_passed_by_ticking_the_children(
    cast: Cast, sign_in: SignIn
) -> None:
    pupils = cast.viewer("teacher").pupil_ids
    assert len(pupils) > 1
    form = {"audience": [f"student:{one}" for one in pupils]}
    assert sign_in("teacher").post(COMPOSE, sheet(cast, **form)).status_code == 303  # no number
    agree(cast, max_posts_a_day=1)
    answer = sign_in("teacher").post(COMPOSE, sheet(cast, **form))
    assert answer.status_code == 422
    assert "groep 5" in answer.content.decode()
    one = {"audience": form["audience"][:1]}
    for _ in range(2):  # of one child one writes as often as there is something to say
        assert sign_in("teacher").post(COMPOSE, sheet(cast, **one)).status_code == 303
    assert len(standing()) == 3


def test_an_aftercare_without_a_policy_is_one_all_the_same(cast: Cast) -> None:
    """As 'our agreements' says it: its carers write to everybody, and send urgent messages."""
    with unlocked():
        Policy.objects.filter(school=cast.id("vijver")).delete()
    carer = cast.viewer("aftercare")
    with seen_by(carer):
        rules = rules_of(carer, [cast.id("vijver")])[cast.id("vijver")]
        assert (rules.may_post_to_all, rules.may_send_urgent) == (True, True)
