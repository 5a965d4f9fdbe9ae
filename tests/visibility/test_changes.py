"""What people see when something changes: a policy, a place in a group, a tie, a job."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed.models import Post
from kring.schools.models import Employment, Enrollment, Guardianship, Policy, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.circles import GROUP_5, INFORMED, LEADERS
from tests.unlocked import unlocked
from tests.visibility.looking import sees, who_sees

DAY = timedelta(days=1)


def new_policy(cast: Cast, school: str = "wilgenhoek", **lets: bool) -> None:
    factories.made(Policy(school_id=cast.id(school), version=2, **lets))


def place_of(cast: Cast, child: str) -> Enrollment:
    with unlocked():
        return Enrollment.objects.get(student=cast.id(child))


def tie_of(cast: Cast, guardian: str, child: str) -> Guardianship:
    with unlocked():
        return Guardianship.objects.get(guardian=cast.id(guardian), student=cast.id(child))


def job_of(cast: Cast, person: str) -> Employment:
    with unlocked():
        return Employment.objects.get(user=cast.id(person))


# ── the • of the table ───────────────────────────────────────────────────────
def test_a_school_may_show_the_informed_no_posts(cast: Cast) -> None:
    new_policy(cast, informed_sees_posts=False, informed_sees_photos=False)
    for audience in ("group_5", "wilgenhoek", "lina"):
        post = cast.post(audience, by="principal")
        assert not sees(cast, "informed_father", post)
        assert not sees(cast, "informed_father", factories.photo(post))
        assert not sees(cast, "informed_father", factories.like(post, cast.id("teacher")))
    assert who_sees(cast, cast.post("group_5", by="teacher")) == GROUP_5 - INFORMED
    assert sees(cast, "informed_father", cast.lina)


def test_a_school_may_show_the_informed_posts_without_photos(cast: Cast) -> None:
    new_policy(cast, informed_sees_photos=False)
    for audience in ("group_5", "wilgenhoek", "lina"):
        post = cast.post(audience, by="principal")
        assert sees(cast, "informed_father", post)
        assert not sees(cast, "informed_father", factories.photo(post))


def test_and_newsletters_without_photos(cast: Cast) -> None:
    new_policy(cast, informed_sees_photos=False)
    by = cast.id("principal")
    item = factories.newsletter_item(factories.newsletter(cast.id("wilgenhoek"), by))
    photo = factories.printed(item, by)
    assert sees(cast, "informed_father", item)
    assert not sees(cast, "informed_father", photo)
    assert sees(cast, "mother", photo)


def test_the_policy_of_another_school_changes_nothing_here(cast: Cast) -> None:
    new_policy(cast, "kompas", informed_sees_posts=False, informed_sees_photos=False)
    assert sees(cast, "informed_father", cast.post("group_5", by="teacher"))


def test_the_newest_version_of_a_policy_holds(cast: Cast) -> None:
    new_policy(cast, informed_sees_posts=False, informed_sees_photos=False)
    factories.made(Policy(school_id=cast.id("wilgenhoek"), version=3))
    assert sees(cast, "informed_father", cast.post("group_5", by="teacher"))


def test_who_is_informed_of_one_child_and_cares_for_another_sees_as_who_cares(cast: Cast) -> None:
    new_policy(cast, informed_sees_posts=False, informed_sees_photos=False)
    factories.guarded(cast.daniel, cast.id("informed_father"))
    post = cast.post("group_5", by="teacher")
    assert sees(cast, "informed_father", factories.photo(post))
    assert not sees(cast, "informed_father", cast.post("lina", by="teacher"))


# ── a place in a group ───────────────────────────────────────────────────────
def seen_by_english_mother(cast: Cast, audience: str, at: datetime) -> bool:
    post = cast.post(audience, by="principal", published_at=at)
    seen = sees(cast, "english_mother", post)
    said_then = factories.comment(post, cast.id("teacher"))
    cast.change(said_then, created_at=at)
    for hung in (factories.photo(post), said_then):
        assert sees(cast, "english_mother", hung) == seen
    return seen


@pytest.mark.parametrize("audience", ["group_5", "wilgenhoek"])
def test_who_comes_sees_nothing_from_before(cast: Cast, audience: str) -> None:
    came = clock.today() - 10 * DAY
    cast.change(place_of(cast, "daniel"), starts_on=came)
    assert seen_by_english_mother(cast, audience, clock.start_of(came))
    assert not seen_by_english_mother(cast, audience, clock.start_of(came) - timedelta(seconds=1))


@pytest.mark.parametrize("audience", ["group_5", "wilgenhoek"])
def test_who_left_sees_what_was_posted_while_there_and_nothing_later(
    cast: Cast, audience: str
) -> None:
    left = clock.today() - 10 * DAY
    cast.change(place_of(cast, "daniel"), starts_on=left - 10 * DAY, ends_on=left)
    assert seen_by_english_mother(cast, audience, clock.end_of(left) - timedelta(seconds=1))
    assert not seen_by_english_mother(cast, audience, clock.end_of(left))


@pytest.mark.parametrize("audience", ["group_5", "wilgenhoek", "daniel"])
def test_who_left_sees_no_comment_of_later_and_says_nothing(cast: Cast, audience: str) -> None:
    left = clock.today() - 10 * DAY
    cast.change(place_of(cast, "daniel"), starts_on=left - 10 * DAY, ends_on=left)
    post = cast.post(audience, by="principal", published_at=clock.start_of(left))
    assert sees(cast, "english_mother", post)
    assert not sees(cast, "english_mother", factories.comment(post, cast.id("teacher")))
    viewer = cast.viewer("english_mother")
    with seen_by(viewer):
        assert not Post.objects.open_to(viewer).exists()
        assert not Post.objects.reached_by(viewer, "commenting").exists()


def test_a_child_that_left_is_addressed_in_vain(cast: Cast) -> None:
    left = clock.today() - 10 * DAY
    cast.change(place_of(cast, "daniel"), starts_on=left - 10 * DAY, ends_on=left)
    assert not sees(cast, "english_mother", cast.post("daniel", by="principal"))


def test_who_left_the_school_teaches_no_more_whatever_the_roster_says(cast: Cast) -> None:
    post = cast.post("group_5", by="duo_teacher")
    job = job_of(cast, "teacher")
    cast.change(job, ends_on=clock.today() - DAY)
    assert not sees(cast, "teacher", post)
    assert cast.viewer("teacher").taught_group_ids == frozenset()


def test_a_carer_of_the_after_school_care_oversees_no_school(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    start = {"starts_on": clock.today() - DAY, "role": "aftercare"}
    ids = {"school_id": cast.id("wilgenhoek"), "user_id": cast.id("operator")}
    factories.made(Employment(**ids, **start))
    assert not sees(cast, "operator", post)


# In 2025 the clocks went forward on 30 March and back on 26 October.
@pytest.mark.parametrize("month_and_day", [(3, 30), (10, 26), (1, 31)])
def test_days_begin_and_end_at_midnight_at_school(
    cast: Cast, month_and_day: tuple[int, int]
) -> None:
    day = datetime(2025, *month_and_day, tzinfo=clock.SCHOOL_TIME)
    cast.change(place_of(cast, "daniel"), starts_on=day.date(), ends_on=day.date())
    first, last = day, day.replace(hour=23, minute=59, second=59)
    for moment, there in {
        first - timedelta(seconds=1): False,
        first: True,
        last: True,
        last + timedelta(seconds=1): False,
    }.items():
        assert seen_by_english_mother(cast, "group_5", moment) is there


def test_who_goes_to_another_group_sees_the_school_throughout(cast: Cast) -> None:
    moved = clock.today() - 10 * DAY
    cast.change(place_of(cast, "daniel"), starts_on=moved - 10 * DAY, ends_on=moved - DAY)
    factories.enrolled(cast.daniel, cast.id("group_6"), starts_on=moved)
    before, after = clock.start_of(moved) - timedelta(hours=1), clock.start_of(moved)
    seen = {
        (audience, at): seen_by_english_mother(cast, audience, at)
        for audience in ("group_5", "group_6", "wilgenhoek")
        for at in (before, after)
    }
    assert seen == {
        ("group_5", before): True,
        ("group_5", after): False,
        ("group_6", before): False,
        ("group_6", after): True,
        ("wilgenhoek", before): True,
        ("wilgenhoek", after): True,
    }


def test_the_day_of_leaving_is_still_a_day_at_school(cast: Cast) -> None:
    cast.change(place_of(cast, "daniel"), ends_on=clock.today())
    assert sees(cast, "english_mother", cast.daniel)
    assert sees(cast, "english_mother", cast.post("group_5", by="teacher"))


def test_the_teacher_no_longer_has_a_child_that_left(cast: Cast) -> None:
    cast.change(place_of(cast, "daniel"), ends_on=clock.today() - DAY)
    assert who_sees(cast, cast.daniel) == {"english_mother"} | LEADERS


# ── a tie ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": clock.now() - DAY},
        {"access": Guardianship.Access.WITHHELD},
        {"access": Guardianship.Access.PICK_UP},
        {"starts_at": clock.now() + DAY},
    ],
    ids=["ended", "withheld", "may only fetch", "begins tomorrow"],
)
def test_a_tie_that_changes_takes_all_posts_along_at_once(
    cast: Cast, change: dict[str, object]
) -> None:
    post, named = cast.post("group_5", by="teacher"), cast.post("daniel", by="teacher")
    mine = [
        post,
        named,
        factories.photo(post),
        factories.comment(post, cast.id("english_mother")),
        factories.reading(post, cast.id("english_mother")),
    ]
    assert all(sees(cast, "english_mother", thing) for thing in mine)
    cast.change(tie_of(cast, "english_mother", "daniel"), **change)
    assert not any(sees(cast, "english_mother", thing) for thing in mine)


def test_a_notification_goes_with_the_last_tie_to_the_school(cast: Cast) -> None:
    told = factories.notification(cast.post("daniel", by="teacher"), cast.id("english_mother"))
    assert who_sees(cast, told) == {"english_mother"}
    cast.change(tie_of(cast, "english_mother", "daniel"), ends_at=clock.now() - DAY)
    assert who_sees(cast, told) == set()


def test_withheld_from_one_child_is_not_withheld_from_another(cast: Cast) -> None:
    factories.guarded(cast.daniel, cast.id("withheld_father"))
    assert sees(cast, "withheld_father", cast.daniel)
    assert not sees(cast, "withheld_father", cast.milan)
    assert not sees(cast, "withheld_father", cast.post("milan", by="teacher"))
    assert not sees(cast, "withheld_father", tie_of(cast, "withheld_father", "milan"))


# ── a job ────────────────────────────────────────────────────────────────────
def change_work(cast: Cast, key: str, **days: object) -> None:
    with unlocked():
        Employment.objects.filter(user=cast.id(key)).update(**days)
        TeachingAssignment.objects.filter(user=cast.id(key)).update(**days)


@pytest.mark.parametrize(
    "days",
    [
        {"ends_on": clock.today() - DAY},
        {"starts_on": clock.today() + DAY},
    ],
    ids=["ended yesterday", "begins tomorrow"],
)
@pytest.mark.parametrize("key", ["teacher", "aide", "counselor", "principal", "administrator"])
def test_without_a_job_nobody_sees_anything_as_staff(
    cast: Cast, key: str, days: dict[str, object]
) -> None:
    posts = [cast.post(to, by=key) for to in ("group_5", "wilgenhoek", "staff of wilgenhoek")]
    assert all(sees(cast, key, post) for post in posts)
    change_work(cast, key, **days)
    assert not any(sees(cast, key, post) for post in posts)
    assert not sees(cast, key, cast.sam)


def test_who_teaches_another_group_now_keeps_only_what_she_wrote(cast: Cast) -> None:
    own, other = cast.post("group_5", by="teacher"), cast.post("group_5", by="duo_teacher")
    with unlocked():
        lessons = TeachingAssignment.objects.filter(user=cast.id("teacher"))
        lessons.update(group=cast.id("group_6"))
    assert sees(cast, "teacher", own)
    assert not sees(cast, "teacher", other)
    assert not sees(cast, "teacher", cast.sam)


# ── a post ───────────────────────────────────────────────────────────────────
def test_withdrawing_takes_a_post_out_of_all_sight_but_the_writers(cast: Cast) -> None:
    post = cast.post("group_5", by="duo_teacher")
    comment = factories.comment(post, cast.id("mother"))
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by=cast.principal)
    assert who_sees(cast, post) == who_sees(cast, comment) == {"duo_teacher"}


def test_a_post_is_out_from_the_moment_of_publishing_on(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher", ago=timedelta(seconds=-10))
    assert who_sees(cast, post) == {"teacher"}
    cast.change(post, published_at=clock.now() - timedelta(seconds=30))
    assert sees(cast, "mother", Post(pk=post.pk))
