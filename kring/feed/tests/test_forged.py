"""Forms that no page of ours sent: other ids, other methods. Nothing is written or told."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from django.test import Client

from kring.feed.models import Comment, Post
from kring.feed.tests.hostile import (
    COMPOSE,
    SECONDS,
    Page,
    SignIn,
    comments,
    is_refused,
    posts,
    sheet,
    to_group_5,
)
from tests import factories
from tests.cast import Cast, let_in
from tests.unlocked import unlocked


# ── ids ──────────────────────────────────────────────────────────────────────
def test_a_forged_audience_gives_the_form_again_with_all_that_was_typed(
    cast: Cast, sign_in: SignIn
) -> None:
    photo = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    others = {
        "another group": f"group:{cast.id('group_6')}",
        "a group elsewhere": f"group:{cast.id('group_elsewhere')}",
        "the whole school": f"school:{cast.id('wilgenhoek')}",
        "another school": f"school:{cast.id('kompas')}",
        "the team elsewhere": f"staff:{cast.id('kompas')}",
        "a child elsewhere": f"student:{cast.id('child_elsewhere')}",
        "a child of another group": f"student:{cast.id('noor')}",
        "a child as a group": f"group:{cast.id('sam')}",
        "nobody": f"group:{uuid4()}",
        "no kind": str(cast.id("group_5")),
        "no id": "group:",
        "markup": "group:<script>alert(1)</script>",
    }
    teacher = sign_in("teacher")
    for name, forged in others.items():
        for audience in ((forged,), (f"group:{cast.id('group_5')}", forged)):
            form = sheet(*audience, assets=str(photo.pk), text="Wie heeft er eierdozen?")
            shown = is_refused(teacher.post(COMPOSE, form))
            assert "Wie heeft er eierdozen?" in shown.text, name
            content = teacher.post(COMPOSE, form).content.decode()
            assert f'value="{form["key"]}"' in content, name
            assert f'data-asset="{photo.pk}"' in content, name
            assert 'class="error"' in content, name


@pytest.mark.parametrize("text", ["Met foto", ""])
def test_photos_that_are_not_ones_own_are_refused(cast: Cast, sign_in: SignIn, text: str) -> None:
    theirs = factories.asset(cast.id("wilgenhoek"), cast.id("duo_teacher"))
    elsewhere = factories.asset(cast.id("kompas"), cast.id("principal_elsewhere"))
    for forged in (str(theirs.pk), str(elsewhere.pk), str(uuid4()), "x", ",,x,", f"{theirs.pk},"):
        form = to_group_5(cast, assets=forged, text=text)
        shown = is_refused(sign_in("teacher").post(COMPOSE, form))
        assert str(theirs.pk) not in "".join(shown.links)


def test_thousands_of_photos_are_refused_in_no_long_time(cast: Cast, sign_in: SignIn) -> None:
    begun = time.process_time()
    many = ",".join(str(uuid4()) for _ in range(50_000))
    is_refused(sign_in("teacher").post(COMPOSE, to_group_5(cast, assets=many)))
    assert time.process_time() - begun < SECONDS


def test_the_same_photo_hangs_once(cast: Cast, sign_in: SignIn) -> None:
    photo = factories.asset(cast.id("wilgenhoek"), cast.id("teacher"))
    form = to_group_5(cast, assets=f"{photo.pk},{photo.pk},{str(photo.pk).upper()}")
    assert sign_in("teacher").post(COMPOSE, form).status_code == 303
    with unlocked():
        assert posts()[0].photos.count() == 1


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "<script>"])
def test_a_form_without_a_key_of_its_own_is_refused(cast: Cast, sign_in: SignIn, key: str) -> None:
    is_refused(sign_in("teacher").post(COMPOSE, to_group_5(cast, key=key)))


def test_the_key_of_another_is_ones_own_key(cast: Cast, sign_in: SignIn) -> None:
    form = to_group_5(cast)
    assert sign_in("teacher").post(COMPOSE, form).status_code == 303
    assert sign_in("duo_teacher").post(COMPOSE, form | {"text": "Van mij"}).status_code == 303
    assert {(post.author_id, post.text) for post in posts()} == {
        (cast.id("teacher"), "Wie heeft er eierdozen?"),
        (cast.id("duo_teacher"), "Van mij"),
    }
    assert len({post.card_id for post in posts()}) == 2


@pytest.mark.parametrize("who", ["mother", "grandmother", "guardian_elsewhere", "operator"])
def test_who_is_no_staff_has_no_composer(cast: Cast, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    for answer in (client.get(COMPOSE), client.post(COMPOSE, to_group_5(cast))):
        assert answer.status_code == 404
    assert client.get("/posts/reach/", to_group_5(cast)).status_code == 404
    assert not posts()


def test_what_another_took_back_is_not_brought_back_for_me(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="duo_teacher", text="Geheim")
    cast.change(post, withdrawn_at=post.published_at, withdrawn_by=cast.id("duo_teacher"))
    standing = cast.post("group_5", by="teacher", text="Staat er nog")
    for again in (post.pk, standing.pk, uuid4(), "x", "\x00", f"{post.pk}'--"):
        shown = sign_in("teacher").get(COMPOSE, {"again": str(again)})
        assert shown.status_code == 200
        assert "Geheim" not in shown.content.decode()
        assert "Staat er nog" not in shown.content.decode()


def test_cursors_out_of_time_are_no_error(cast: Cast, sign_in: SignIn) -> None:
    cast.post("group_5", by="teacher")
    for microseconds in (0, 2**63, 2**64 - 1, 253_402_300_799_999_999):
        cursor = urlsafe_b64encode(microseconds.to_bytes(8) + uuid4().bytes).decode()
        assert sign_in("mother").get("/", {"before": cursor}).status_code == 200
    for about in (cast.id("group_6"), cast.id("child_elsewhere"), cast.id("kompas"), "{x}", "\x00"):
        assert sign_in("mother").get("/", {"about": str(about)}).status_code == 200


def test_comments_on_what_is_not_there_or_not_theirs(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_6", by="teacher_next_door")
    comment = factories.comment(post, cast.id("teacher_next_door"))
    mine = cast.post("group_5", by="teacher")
    form = {"text": "Hallo", "key": str(uuid4())}
    mother = sign_in("mother")
    for address in (f"/posts/{post.pk}/comments/", f"/posts/{uuid4()}/comments/"):
        assert mother.post(address, form).status_code == 404
    for what in ("hiding", "removal"):
        for under in (post, mine):
            address = f"/posts/{under.pk}/comments/{comment.pk}/{what}/"
            assert mother.post(address).status_code == 404
            assert sign_in("teacher").post(address).status_code == 404
    assert [one.hidden_at for one in comments()] == [None]


@pytest.mark.parametrize(
    "typed",
    [
        {"text": "a" * 2_001},
        {"text": "a" * 1_000_000},
        {"text": "a\x00b"},
        {"text": "   "},
        {"key": "x"},
        {"key": ""},
    ],
    ids=["too long", "a megabyte", "a NUL", "nothing", "a bad key", "no key"],
)
def test_a_comment_that_cannot_be_is_refused_and_kept(
    cast: Cast, sign_in: SignIn, typed: dict[str, str]
) -> None:
    post = cast.post("group_5", by="teacher")
    form = {"text": "Wat leuk", "key": str(uuid4())} | typed
    for headers in ({}, {"HX-Request": "true"}):
        answer = sign_in("mother").post(f"/posts/{post.pk}/comments/", form, headers=headers)
        assert answer.status_code == 422
        assert not Page(answer.content.decode()).live
        assert form["text"].strip()[:9].replace("\x00", "") in answer.content.decode().replace(
            "\x00", ""
        )
    assert not comments()


# ── methods ──────────────────────────────────────────────────────────────────
def test_a_method_that_is_not_meant_does_nothing(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    comment = factories.comment(post, cast.id("teacher"))
    address = f"/posts/{post.pk}/"
    only_post = [
        f"{address}withdrawal/",
        f"{address}likes/",
        f"{address}comments/",
        f"{address}comments/{comment.pk}/hiding/",
        f"{address}comments/{comment.pk}/removal/",
        "/posts/readings/",
    ]
    only_read = ["/", address, f"{address}history/", f"{address}families/", "/posts/reach/"]
    teacher = sign_in("teacher")
    overridden = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE"}
    for path in [*only_post, *only_read, COMPOSE, f"{address}edit/"]:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "POSTT"):
            assert teacher.generic(method, path).status_code == 405, (method, path)
    for path in only_post:
        for method in ("GET", "HEAD", "OPTIONS"):
            found = teacher.generic(method, f"{path}?_method=POST", headers=overridden)
            assert found.status_code == 405, (method, path)
    for path in only_read:
        assert teacher.post(path).status_code == 405, path
        assert teacher.head(path).status_code == 200, path
    with unlocked():
        assert Post.objects.filter(withdrawn_at=None).count() == 1
        assert Comment.objects.filter(hidden_at=None).count() == 1


@pytest.mark.parametrize(
    "path", ["/posts/new/", "/posts/{post}/withdrawal/", "/posts/{post}/likes/"]
)
def test_without_the_token_of_the_form_nothing_happens(cast: Cast, path: str) -> None:
    post = cast.post("group_5", by="teacher")
    client = Client(enforce_csrf_checks=True)
    let_in(client, cast.teacher)
    answer = client.post(path.format(post=post.pk), to_group_5(cast))
    assert answer.status_code == 403
    with unlocked():
        assert Post.objects.filter(withdrawn_at=None).count() == 1
