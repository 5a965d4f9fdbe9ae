"""From the composer to the page: what becomes of a post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.models import AuditEntry, Event
from kring.feed.models import Like, Post, PostRevision, Reading
from kring.feed.page import SIZE
from kring.schools.models import Employment, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def sheet(*audience: str, **typed: Any) -> dict[str, Any]:
    """The form as the browser sends it."""
    usual = {"text": "Wie heeft er eierdozen?", "key": str(uuid4()), "allows_comments": "on"}
    return {"audience": audience} | usual | typed


def group(cast: Cast, key: str = "group_5") -> str:
    return f"group:{cast.id(key)}"


def posts() -> list[Post]:
    with unlocked():
        return list(Post.objects.order_by("created_at"))


def come_out(post: Post) -> Post:
    """Let the ten seconds pass."""
    with unlocked():
        Post.objects.filter(card_id=post.card_id).update(
            published_at=clock.now() - timedelta(seconds=1)
        )
    return post


def test_a_teacher_writes_to_her_group(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("teacher").post(reverse("feed:compose"), sheet(group(cast)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    [post] = posts()
    assert post.group_ids == [cast.id("group_5")]
    assert (post.byline, post.byline_role) == ("Juf Sanne", "teacher")
    left = post.published_at - clock.now()
    assert timedelta(seconds=8) < left <= timedelta(seconds=10)
    with unlocked():
        assert Event.objects.get(subject_id=post.pk).verb == "post.published"


def test_until_the_undo_is_over_only_the_writer_sees_it(cast: Cast, sign_in: SignIn) -> None:
    sign_in("teacher").post(reverse("feed:compose"), sheet(group(cast)))
    [post] = posts()
    address = reverse("feed:post", args=[post.pk])
    assert sign_in("teacher").get(address).status_code == 200
    for other in ("duo_teacher", "principal", "mother"):
        assert sign_in(other).get(address).status_code == 404
    come_out(post)
    for other in ("duo_teacher", "principal", "mother"):
        assert sign_in(other).get(address).status_code == 200


def test_a_substitute_without_employment_signs_with_her_name(cast: Cast, sign_in: SignIn) -> None:
    sign_in("substitute_today").post(reverse("feed:compose"), sheet(group(cast)))
    assert posts()[0].byline == "Thijs de Graaf"


@pytest.mark.parametrize(
    "ticked",
    [
        (),
        ("group:{group_6}",),
        ("school:{wilgenhoek}",),
        ("student:{child_elsewhere}",),
        ("group:{group_5}", "staff:{wilgenhoek}"),
        ("group:{group_5}", "student:{sam}"),
        ("nonsense",),
    ],
)
def test_an_audience_that_cannot_be_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, ticked: tuple[str, ...]
) -> None:
    keys = ("group_5", "group_6", "wilgenhoek", "child_elsewhere", "sam")
    ids = {key: cast.id(key) for key in keys}
    answer = sign_in("teacher").post(
        reverse("feed:compose"), sheet(*(one.format(**ids) for one in ticked))
    )
    assert answer.status_code == 422
    assert "Wie heeft er eierdozen?" in answer.content.decode()
    assert posts() == []


def test_nothing_to_say_is_refused(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("teacher").post(reverse("feed:compose"), sheet(group(cast), text="  "))
    assert answer.status_code == 422


def test_a_principal_writes_to_the_school_and_its_team(cast: Cast, sign_in: SignIn) -> None:
    school = cast.id("wilgenhoek")
    principal = sign_in("principal")
    principal.post(reverse("feed:compose"), sheet(f"school:{school}", group(cast)))
    principal.post(reverse("feed:compose"), sheet(f"staff:{school}"))
    whole, team = posts()
    assert (whole.whole_school, whole.group_ids) == (True, [])
    assert team.staff_only


def test_some_children_are_an_audience(cast: Cast, sign_in: SignIn) -> None:
    ticked = (f"student:{cast.id('sam')}", f"student:{cast.id('lina')}")
    sign_in("teacher").post(reverse("feed:compose"), sheet(*ticked))
    post = come_out(posts()[0])
    assert set(post.student_ids) == {cast.id("sam"), cast.id("lina")}
    address = reverse("feed:post", args=[post.pk])
    statuses = {
        who: sign_in(who).get(address).status_code
        for who in ("mother", "co_parent", "informed_father", "english_mother", "grandmother")
    }
    assert statuses == {
        "mother": 200,
        "co_parent": 200,
        "informed_father": 200,
        "english_mother": 404,
        "grandmother": 404,
    }


@pytest.fixture
def director(cast: Cast) -> UUID:
    """The principal leads the after-school care too: a kindcentrum."""
    factories.made(
        Employment(
            school_id=cast.id("vijver"),
            user_id=cast.id("principal"),
            role=Employment.Role.PRINCIPAL,
            starts_on=clock.today(),
        )
    )
    return cast.id("principal")


def broadcast(cast: Cast, sign_in: SignIn) -> list[Post]:
    """One message to everybody of the kindcentrum."""
    ticked = (f"school:{cast.id('wilgenhoek')}", f"school:{cast.id('vijver')}")
    sign_in("principal").post(reverse("feed:compose"), sheet(*ticked))
    return [come_out(post) for post in posts()]


def test_a_broadcast_is_one_post_per_organisation_shown_once(
    cast: Cast, sign_in: SignIn, director: UUID
) -> None:
    one, other = broadcast(cast, sign_in)
    assert {one.school_id, other.school_id} == {cast.id("wilgenhoek"), cast.id("vijver")}
    assert one.card_id == other.card_id
    for who in ("mother", "principal", "co_parent", "aftercare"):
        assert sign_in(who).get("/").content.decode().count("<article") == 1
    page = sign_in("mother").get("/").content.decode()
    assert "De Wilgenhoek" in page
    assert "BSO De Vijver" in page


def test_a_broadcast_on_the_edge_of_a_page_is_shown_once(
    cast: Cast, sign_in: SignIn, director: UUID
) -> None:
    ticked = (f"school:{cast.id('wilgenhoek')}", f"school:{cast.id('vijver')}")
    sign_in("principal").post(reverse("feed:compose"), sheet(*ticked))
    one, other = posts()
    assert one.published_at == other.published_at
    newer = clock.now() + timedelta(seconds=10)
    with unlocked():
        Post.objects.update(published_at=newer - timedelta(minutes=5))
    for _ in range(SIZE - 1):
        cast.post("wilgenhoek", by="principal")
    mother = sign_in("mother")
    first = mother.get("/").content.decode()
    assert first.count("<article") == SIZE
    assert "Je bent bij." in first


def test_an_edit_of_a_broadcast_reaches_all_of_it(
    cast: Cast, sign_in: SignIn, director: UUID
) -> None:
    one, _other = broadcast(cast, sign_in)
    sign_in("principal").post(reverse("feed:edit", args=[one.pk]), {"text": "Om elf uur"})
    assert {post.text for post in posts()} == {"Om elf uur"}
    assert not any(post.allows_comments for post in posts())


def test_the_same_form_with_another_message_is_not_lost(cast: Cast, sign_in: SignIn) -> None:
    typed, teacher = sheet(group(cast)), sign_in("teacher")
    teacher.post(reverse("feed:compose"), typed)
    answer = teacher.post(reverse("feed:compose"), typed | {"text": "Iets anders"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Iets anders" in page
    assert typed["key"] not in page
    assert len(posts()) == 1


def test_a_broadcast_is_read_liked_and_counted_once(
    cast: Cast, sign_in: SignIn, director: UUID
) -> None:
    one, other = broadcast(cast, sign_in)
    mother = sign_in("mother")
    mother.get(reverse("feed:post", args=[one.pk]))
    mother.post(reverse("feed:likes", args=[other.pk]), {"liked": "yes"})
    with unlocked():
        assert Reading.objects.filter(user=cast.id("mother")).count() == 2
        assert Like.objects.filter(user=cast.id("mother")).count() == 2
        assert {post.like_count for post in Post.objects.all()} == {1}
    page = sign_in("principal").get(reverse("feed:families", args=[one.pk])).content.decode()
    assert page.count("Fatima Amrani") == 1


def test_a_broadcast_is_withdrawn_as_one(cast: Cast, sign_in: SignIn, director: UUID) -> None:
    one, _other = broadcast(cast, sign_in)
    sign_in("principal").post(reverse("feed:withdrawal", args=[one.pk]))
    assert all(post.withdrawn_at for post in posts())


def test_a_photo_of_one_organisation_is_copied_into_the_other(
    cast: Cast, sign_in: SignIn, director: UUID, media: Callable[..., UUID]
) -> None:
    asset = media(cast.id("wilgenhoek"), cast.id("principal"))
    ticked = (f"school:{cast.id('wilgenhoek')}", f"school:{cast.id('vijver')}")
    sign_in("principal").post(reverse("feed:compose"), sheet(*ticked, assets=str(asset)))
    with unlocked():
        hung = {post.school_id: post.photos.get().asset for post in Post.objects.all()}
    assert {school for school, photo in hung.items() if photo.school_id == school} == set(hung)
    assert hung[cast.id("wilgenhoek")].pk == asset


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 303), ("administrator", 303), ("mother", 404)]
)
def test_who_may_edit_a_post(cast: Cast, sign_in: SignIn, who: str, status: int) -> None:
    post = cast.post("group_5", by="teacher", text="Was")
    answer = sign_in(who).post(reverse("feed:edit", args=[post.pk]), {"text": "Is"})
    assert answer.status_code == status


@pytest.mark.parametrize("to", [("group_5",), ("sam",), ("wilgenhoek",)])
def test_who_left_the_group_takes_an_old_message_back_and_does_not_rewrite_it(
    cast: Cast, sign_in: SignIn, to: tuple[str, ...]
) -> None:
    post = cast.post(*to, by="teacher", text="Was")
    with unlocked():
        cast.teacher.assignments.update(ends_on=clock.today() - timedelta(days=1))
    teacher, edit = sign_in("teacher"), reverse("feed:edit", args=[post.pk])
    assert teacher.post(edit, {"text": "Is"}).status_code == 404
    viewer = cast.viewer("teacher")
    with seen_by(viewer):
        assert not post.edit("Is", by=viewer, allows_comments=False)
    for page in ("/", reverse("feed:post", args=[post.pk])):
        assert f'href="{edit}"' not in teacher.get(page).text
        assert f'href="{edit}"' in sign_in("administrator").get(page).text
    assert teacher.post(reverse("feed:withdrawal", args=[post.pk])).status_code == 303
    [gone] = posts()
    assert (gone.text, gone.withdrawn_by_id) == ("Was", cast.id("teacher"))


def test_an_edit_keeps_what_stood_there_for_the_staff(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher", text="Om tien uur")
    edit = reverse("feed:edit", args=[post.pk])
    sign_in("teacher").post(edit, {"text": "Om elf uur", "allows_comments": "on"})
    sign_in("principal").post(edit, {"text": "Om twaalf uur", "allows_comments": "on"})
    history = reverse("feed:history", args=[post.pk])
    page = sign_in("duo_teacher").get(history).content.decode()
    assert page.index("Om twaalf uur") < page.index("Om elf uur") < page.index("Om tien uur")
    assert sign_in("mother").get(history).status_code == 404
    shown = sign_in("mother").get("/").content.decode()
    assert "Om twaalf uur" in shown
    assert "gewijzigd" in shown
    with unlocked():
        assert AuditEntry.objects.filter(subject_id=post.pk, verb="post.edited").count() == 2


def test_an_edit_without_a_change_makes_no_history(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher", text="Was")
    sign_in("teacher").post(reverse("feed:edit", args=[post.pk]), {"text": "Was"})
    with unlocked():
        assert not PostRevision.objects.exists()
        assert not Post.objects.get().allows_comments


def test_undo_brings_back_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    teacher.post(reverse("feed:compose"), sheet(group(cast)))
    [post] = posts()
    answer = teacher.post(reverse("feed:withdrawal", args=[post.pk]), {"undo": "yes"})
    assert answer.status_code in {302, 303}
    page = teacher.get(answer.headers["Location"]).content.decode()
    assert "Wie heeft er eierdozen?" in page
    assert f'value="{group(cast)}" checked' in page
    assert sign_in("mother").get(reverse("feed:post", args=[post.pk])).status_code == 404


def test_another_may_not_take_back_what_she_did_not_write(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher", text="Van Sanne", withdrawn_at=clock.now())
    page = sign_in("duo_teacher").get(reverse("feed:compose"), {"again": str(post.pk)})
    assert "Van Sanne" not in page.content.decode()


def test_a_withdrawn_post_is_gone_for_all(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    sign_in("administrator").post(reverse("feed:withdrawal", args=[post.pk]))
    for who in ("teacher", "administrator", "principal", "mother"):
        assert sign_in(who).get(reverse("feed:post", args=[post.pk])).status_code == 404
        assert str(post.pk) not in sign_in(who).get("/").content.decode()


def test_who_teaches_two_groups_ticks_herself(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("aide").get(reverse("feed:compose")).content.decode()
    assert " checked" not in page.replace('name="allows_comments"', "").split("</fieldset>")[0]


def test_a_new_teacher_of_one_group_finds_it_ticked(cast: Cast, sign_in: SignIn) -> None:
    person = factories.made(
        TeachingAssignment(
            school_id=cast.id("wilgenhoek"),
            user_id=cast.id("counselor"),
            group_id=cast.id("group_6"),
            starts_on=clock.today(),
        )
    )
    page = sign_in("counselor").get(reverse("feed:compose")).content.decode()
    assert f'value="group:{person.group_id}" checked' in page


def test_the_families_are_counted_before_sending(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("teacher").get(reverse("feed:reach"), {"audience": group(cast)})
    assert "24 gezinnen" in answer.content.decode()
    assert "26 kinderen" in answer.content.decode()
    assert "1 gezin is nog niet aangesloten" in answer.content.decode()


def test_the_count_tells_nothing_of_a_group_next_door(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("teacher").get(reverse("feed:reach"), {"audience": group(cast, "group_6")})
    assert "gezin" not in answer.content.decode()


def test_the_team_is_counted_in_colleagues(cast: Cast, sign_in: SignIn) -> None:
    team = {"audience": f"staff:{cast.id('wilgenhoek')}"}
    assert "collega" in sign_in("teacher").get(reverse("feed:reach"), team).content.decode()


def test_a_like_twice_is_one_and_can_be_taken_back(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    likes, mother = reverse("feed:likes", args=[post.pk]), sign_in("mother")
    for _ in range(2):
        mother.post(likes, {"liked": "yes"})
    assert posts()[0].like_count == 1
    mother.post(likes, {"liked": "no"})
    assert posts()[0].like_count == 0


def test_hiding_a_comment_takes_it_out_of_the_count(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    with unlocked():
        comment = factories.comment(post, cast.id("mother"))
    assert posts()[0].comment_count == 1
    hiding = reverse("feed:hiding", args=[post.pk, comment.pk])
    sign_in("duo_teacher").post(hiding, {"hidden": "yes"})
    assert posts()[0].comment_count == 0
    assert "Wat leuk." not in sign_in("co_parent").get(f"/posts/{post.pk}/").content.decode()
    assert "Wat leuk." in sign_in("mother").get(f"/posts/{post.pk}/").content.decode()
    sign_in("duo_teacher").post(hiding, {"hidden": "no"})
    assert posts()[0].comment_count == 1


def test_a_teacher_who_is_a_parent_here_hides_nothing_there(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    comment = factories.comment(post, cast.id("mother"))
    hiding = reverse("feed:hiding", args=[post.pk, comment.pk])
    assert sign_in("teacher_parent").post(hiding, {"hidden": "yes"}).status_code == 404


def test_ones_own_comment_can_be_taken_away(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    comment = factories.comment(post, cast.id("mother"))
    removal = reverse("feed:removal", args=[post.pk, comment.pk])
    assert sign_in("co_parent").post(removal).status_code == 404
    assert sign_in("mother").post(removal).status_code == 303
    assert posts()[0].comment_count == 0


def test_where_comments_are_off_nobody_comments(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher", allows_comments=False)
    said = {"text": "Toch", "key": str(uuid4())}
    assert sign_in("mother").post(f"/posts/{post.pk}/comments/", said).status_code == 404


def test_an_empty_comment_says_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    said = {"text": " ", "key": str(uuid4())}
    assert sign_in("mother").post(f"/posts/{post.pk}/comments/", said).status_code == 422


def test_cards_in_view_are_read_and_what_one_may_not_see_is_passed_over(
    cast: Cast, sign_in: SignIn
) -> None:
    own, other = cast.post("group_5", by="teacher"), cast.post("group_6", by="teacher_next_door")
    seen = {"post": [str(own.pk), str(other.pk), "nonsense"]}
    assert sign_in("mother").post(reverse("feed:readings"), seen).status_code == 204
    with unlocked():
        assert [one.post_id for one in Reading.objects.all()] == [own.pk]


def test_the_writer_does_not_count_as_a_reader(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    sign_in("teacher").get(reverse("feed:post", args=[post.pk]))
    with seen_by(cast.viewer("teacher")):
        assert not Reading.objects.exists()


def test_who_has_read_grows_by_family(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    assert "gelezen door 0 van 24 gezinnen" in sign_in("teacher").get("/").content.decode()
    for parent in ("mother", "co_parent"):  # two homes
        sign_in(parent).get(reverse("feed:post", args=[post.pk]))
    sign_in("informed_father").get(reverse("feed:post", args=[post.pk]))  # counted apart
    assert "gelezen door 2 van 24 gezinnen" in sign_in("teacher").get("/").content.decode()
    assert "gelezen door" not in sign_in("mother").get("/").content.decode()
    page = sign_in("teacher").get(reverse("feed:families", args=[post.pk])).content.decode()
    assert page.index("Nog niet") < page.index("Fatima Amrani")
