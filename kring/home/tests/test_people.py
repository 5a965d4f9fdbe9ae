"""The pages about people: one's children, one's class, the team, oneself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.base.visibility import seen_by
from kring.home.same_child import keys_of
from kring.media.files import path_of
from kring.media.models import Portrait
from kring.media.tests.pictures import quarters, written
from kring.schools.models import Employment, Guardianship, SameChild, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def tie(cast: Cast, guardian: str, child: str) -> Any:
    with unlocked():
        ties = Guardianship.objects.select_related("household")
        return ties.get(guardian=cast.id(guardian), student=cast.id(child))


# ── my children ──────────────────────────────────────────────────────────────
def test_a_mother_sees_her_children_their_teachers_and_their_days(
    cast: Cast, sign_in: SignIn
) -> None:
    with unlocked():
        Employment.objects.filter(user=cast.id("teacher")).update(called="juf Sanne")
        TeachingAssignment.objects.filter(user=cast.id("teacher")).update(weekdays=[1, 2])
    shown = page(sign_in("mother"), "home:children")
    for said in ("Sam van der Meulen", "Noor Amrani", "groep 5", "Juf Sanne", "ma, di", "Kikkers"):
        assert said in shown
    assert "Lina" not in shown
    assert "Joris" not in shown  # nothing of the co-parent


def test_the_same_child_of_school_and_aftercare_is_one_card(cast: Cast, sign_in: SignIn) -> None:
    shown = page(sign_in("mother"), "home:children")
    assert shown.count(">Sam van der Meulen</h2>") == 1
    with unlocked():
        SameChild.objects.all().delete()
    assert page(sign_in("mother"), "home:children").count(">Sam van der Meulen</h2>") == 2


def test_two_children_of_one_family_with_one_name_are_two_on_the_page_more(
    cast: Cast, sign_in: SignIn
) -> None:
    for _ in range(2):
        child = factories.student(cast.id("wilgenhoek"), "Bilal")
        factories.enrolled(child, cast.id("group_6"))
        factories.guarded(child, cast.id("mother"))
    shown = page(sign_in("mother"), "home:more")
    assert shown.count(">Bilal<small>") == 2
    assert shown.count(">Sam<small>") == 1  # of the school and the after-school care


def test_what_three_places_know_as_one_child_is_one(cast: Cast) -> None:
    first, second, third = (
        factories.student(cast.id(where), "Bilal") for where in ("wilgenhoek", "vijver", "kompas")
    )
    for one, other in ((first, third), (second, third)):
        factories.same_child(one, other)
    groups = (cast.id(key) for key in ("group_6", "bso", "group_elsewhere"))
    for child, group_id in zip((first, second, third), groups, strict=True):
        factories.enrolled(child, group_id)
        factories.guarded(child, cast.id("mother"))
    viewer = cast.viewer("mother")
    with seen_by(viewer):
        keys = keys_of(viewer)
    assert len({keys[child.pk] for child in (first, second, third)}) == 1


def test_each_home_stands_on_the_page_of_who_lives_there_only(cast: Cast, sign_in: SignIn) -> None:
    for key, street in (("mother", "Elzenlaan 1"), ("co_parent", "Geheimweg 7")):
        cast.change(tie(cast, key, "sam").household, street=street, city="Utrecht")
    assert "Elzenlaan 1" in page(sign_in("mother"), "home:children")
    assert "Geheimweg" not in page(sign_in("mother"), "home:children")
    assert "Elzenlaan" not in page(sign_in("co_parent"), "home:children")


@pytest.mark.parametrize("key", ["withheld_father", "ex_guardian", "operator"])
def test_who_has_no_child_here_is_shown_the_way_in(cast: Cast, sign_in: SignIn, key: str) -> None:
    shown = page(sign_in(key), "home:children")
    assert reverse("joining:code") in shown
    assert "Milan" not in shown
    assert not re.search(r"\bSam\b", shown)  # a token may hold the three letters


def test_the_page_of_children_asks_as_much_for_one_child_as_for_many(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in("mother")
    page(client, "home:children")
    with CaptureQueriesContext(connection) as few:
        page(client, "home:children")
    for number in range(12):
        child = factories.student(cast.id("wilgenhoek"), f"Kind{number}")
        factories.enrolled(child, cast.id("group_6"))
        factories.guarded(child, cast.id("mother"))
    with CaptureQueriesContext(connection) as many:
        assert "Kind11" in page(client, "home:children")
    assert len(many) == len(few)


# ── my class ─────────────────────────────────────────────────────────────────
def test_a_teacher_sees_the_children_of_today_and_whom_to_call(cast: Cast, sign_in: SignIn) -> None:
    cast.change(tie(cast, "mother", "sam"), telephone="+31600000001", email="f@post.example")
    cast.change(tie(cast, "withheld_father", "milan"), telephone="+31600999999")
    shown = page(sign_in("teacher"), "home:classes")
    assert "tel:+31600000001" in shown
    assert "06 00000001" in shown
    assert "f@post.example" not in shown  # telephones, says the rights table
    assert "+31600999999" not in shown  # nobody calls who is shielded by mistake
    assert "Afgeschermd" in shown
    assert "Yara" not in shown  # who comes next month


def test_an_ended_guardian_is_on_no_list(cast: Cast, sign_in: SignIn) -> None:
    assert "Tineke" not in page(sign_in("teacher"), "home:classes")


@pytest.mark.parametrize(
    ("key", "status"),
    [("teacher", 200), ("substitute_today", 200), ("substitute_yesterday", 404), ("mother", 404),
     ("teacher_next_door", 404), ("principal", 404), ("aftercare", 404)],
)  # fmt: skip
def test_a_group_is_open_to_who_teaches_it_today(
    cast: Cast, sign_in: SignIn, key: str, status: int
) -> None:
    address = reverse("home:class", args=[cast.id("group_5")])
    assert sign_in(key).get(address).status_code == status


def test_an_aftercare_carer_sees_the_groups_of_the_aftercare(cast: Cast, sign_in: SignIn) -> None:
    shown = page(sign_in("aftercare"), "home:classes")
    assert "De Kikkers" in shown
    assert "Sam" in shown
    assert "Lina" not in shown


def test_a_class_of_thirty_asks_no_more_than_one_of_three(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("teacher")
    page(client, "home:classes")
    with CaptureQueriesContext(connection) as few:
        page(client, "home:classes")
    for number in range(27):
        child = factories.student(cast.id("wilgenhoek"), f"Kind{number}")
        factories.enrolled(child, cast.id("group_5"))
        factories.guarded(child, factories.person(f"Ouder{number}").pk)
    with CaptureQueriesContext(connection) as many:
        assert "Ouder26" in page(client, "home:classes")
    assert len(many) == len(few)


# ── the school ───────────────────────────────────────────────────────────────
def test_families_find_how_to_reach_the_school_and_its_team(cast: Cast, sign_in: SignIn) -> None:
    cast.change(cast.wilgenhoek, telephone="+31300000000", about="Bel <b>voor</b> half negen.")
    shown = page(sign_in("mother"), "home:school", cast.id("wilgenhoek"))
    assert "tel:+31300000000" in shown
    assert "030 000 0000" in shown
    assert "Bel &lt;b&gt;voor&lt;/b&gt; half negen." in shown
    assert "Willem Bosch" in shown
    elsewhere = reverse("home:school", args=[cast.id("kompas")])
    assert sign_in("mother").get(elsewhere).status_code == 404


# ── oneself ──────────────────────────────────────────────────────────────────
@pytest.fixture
def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("ik.jpg", written(quarters()), "image/jpeg")


def portrait_of(person: UUID) -> UUID | None:
    with unlocked():
        return Portrait.objects.filter(user=person).values_list("asset_id", flat=True).first()


def test_a_teacher_shows_herself_and_takes_it_away_again(
    cast: Cast, sign_in: SignIn, media: Any, photo: SimpleUploadedFile
) -> None:
    client, address = sign_in("teacher"), reverse("home:about_me")
    sent = client.post(address, {"about": "Ik hou van bomen.", "photo": photo})
    assert sent.status_code == 303
    first = portrait_of(cast.id("teacher"))
    assert first
    assert str(first) in page(sign_in("mother"), "home:children")
    assert "Ik hou van bomen." in page(sign_in("mother"), "home:children")
    photo.seek(0)
    client.post(address, {"about": "", "photo": photo})
    second = portrait_of(cast.id("teacher"))
    assert second != first
    assert not default_storage.exists(path_of(first, "small"))
    client.post(address, {"about": "", "take_down": "on"})
    assert portrait_of(cast.id("teacher")) is None
    assert second
    assert not default_storage.exists(path_of(second, "small"))


def test_what_is_no_photo_is_refused_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, media: Any
) -> None:
    script = SimpleUploadedFile("ik.jpg", b"<script>", "image/jpeg")
    sent = sign_in("mother").post(reverse("home:about_me"), {"about": "Dag.", "photo": script})
    assert sent.status_code == 422
    assert "Dag." in sent.content.decode()
    assert portrait_of(cast.id("mother")) is None


def test_a_photo_is_seen_by_nobody_who_may_not_see_the_name(cast: Cast, sign_in: SignIn) -> None:
    hung = factories.portrait(cast.id("co_parent"))
    assert str(hung.asset_id) in page(sign_in("teacher"), "home:classes")
    for key in ("mother", "co_parent", "grandmother"):
        assert str(hung.asset_id) not in page(sign_in(key), "home:children")


def test_a_child_that_comes_later_is_shown_with_its_school(cast: Cast, sign_in: SignIn) -> None:
    shown = page(sign_in("guardian_next_month"), "home:children")
    assert "Yara Yilmaz" in shown
    assert "De Wilgenhoek" in shown
