"""Drafts: kept on the server while somebody types, seen by nobody else, and gone when sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import seen_by
from kring.feed.models import Draft
from kring.feed.models.draft import MOST_DRAFTS
from kring.feed.tests.sheets import COMPOSE, SignIn, drafts, later, posts, sheet
from kring.media.models import Asset
from kring.media.tests.pictures import quarters, written
from kring.ops import retention
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked
from tests.visibility.acting import putting, taking_out, who_may

KEEP = reverse("feed:drafts")
LIST = reverse("feed:planned")


def photo_of(cast: Cast, who: str = "teacher") -> Asset:
    return factories.asset(cast.id("wilgenhoek"), cast.id(who))


def test_what_is_typed_is_kept_and_found_on_another_device(cast: Cast, sign_in: SignIn) -> None:
    photo = photo_of(cast)
    form = sheet(cast, text="Bijna", assets=str(photo.pk), asks_reading="on", **later())
    form |= {f"description-{photo.pk}": "Een egel"}
    assert sign_in("teacher").post(KEEP, form).status_code == 204
    [draft] = drafts()
    assert draft.asset_ids == [photo.pk]
    page = sign_in("teacher").get(COMPOSE, {"draft": str(draft.pk)}).content.decode()
    assert "Bijna</textarea>" in page
    assert f'value="group:{cast.id("group_5")}" checked' in page
    assert 'name="asks_reading" id="id_asks_reading" checked' in page
    assert f'value="{later()["send_on"]}"' in page
    assert "Een egel" in page
    assert form["key"] in page
    assert '<details class="more" open>' in page


def test_keeping_it_again_is_the_same_draft(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast, text="Een")
    teacher = sign_in("teacher")
    teacher.post(KEEP, form)
    teacher.post(KEEP, form | {"text": "Twee"})
    assert [draft.text for draft in drafts()] == ["Twee"]


def test_the_button_keeps_it_without_script(
    cast: Cast, sign_in: SignIn, media: Callable[..., UUID]
) -> None:
    picture = SimpleUploadedFile("egel.jpg", written(quarters()), "image/jpeg")
    form = sheet(cast, audience=[], keep="draft", photos=[picture])
    answer = sign_in("teacher").post(COMPOSE, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    [draft] = drafts()
    assert len(draft.asset_ids) == 1
    assert posts() == []


@pytest.mark.parametrize("address", [KEEP, COMPOSE])
def test_nothing_is_not_kept(cast: Cast, sign_in: SignIn, address: str) -> None:
    form = sheet(cast, text="  ", keep="draft")
    assert sign_in("teacher").post(address, form).status_code == 422
    assert drafts() == []


def test_sent_it_is_gone_and_does_not_come_back(cast: Cast, sign_in: SignIn) -> None:
    teacher, form = sign_in("teacher"), sheet(cast)
    teacher.post(KEEP, form)
    teacher.post(COMPOSE, form)
    assert drafts() == []
    assert teacher.post(KEEP, form).status_code == 204  # of a tab that stood open
    assert drafts() == []
    assert len(posts()) == 1


def test_sent_from_two_devices_it_goes_once(cast: Cast, sign_in: SignIn) -> None:
    form = sheet(cast)
    sign_in("teacher").post(KEEP, form)
    for _ in range(2):
        assert sign_in("teacher").post(COMPOSE, form).status_code == 303
    assert len(posts()) == 1


def test_nobody_else_sees_it_or_throws_it_away(cast: Cast, sign_in: SignIn) -> None:
    draft = factories.draft(cast.id("wilgenhoek"), cast.id("teacher"))
    removal = reverse("feed:draft_removal", args=[draft.pk])
    for who in ("duo_teacher", "principal", "administrator", "mother"):
        assert sign_in(who).get(COMPOSE, {"draft": str(draft.pk)}).status_code == 404
        assert sign_in(who).post(removal).status_code == 404
    for who in ("duo_teacher", "principal"):
        assert "Bijna af." not in sign_in(who).get(LIST).content.decode()
        assert "Bijna af." not in sign_in(who).get("/").content.decode()
    assert "Bijna af." in sign_in("teacher").get(LIST).content.decode()
    assert sign_in("teacher").post(removal).status_code == 303
    assert drafts() == []
    assert sign_in("teacher").post(removal).status_code == 404


@pytest.mark.parametrize("asked", ["x", "018f6b1e-6c1d-7d3a-9a54-3c0a5f2a9b11", ""])
def test_a_draft_that_is_not_there(cast: Cast, sign_in: SignIn, asked: str) -> None:
    answer = sign_in("teacher").get(COMPOSE, {"draft": asked})
    assert answer.status_code == (404 if asked else 200)


def test_row_security_alone_keeps_it_with_its_writer(cast: Cast) -> None:
    draft = factories.draft(cast.id("wilgenhoek"), cast.id("teacher"))
    assert who_may(cast, taking_out(draft)) == {"teacher"}
    forged = putting(
        lambda _viewer: Draft(
            school_id=cast.id("wilgenhoek"),
            author_id=cast.id("teacher"),
            key=uuid4(),
            touched_at=clock.now(),
        )
    )
    assert who_may(cast, forged) == {"teacher"}


def test_who_left_finds_nothing_more(cast: Cast) -> None:
    factories.draft(cast.id("wilgenhoek"), cast.id("substitute_yesterday"))
    with seen_by(cast.viewer("substitute_yesterday")):
        assert not Draft.objects.exists()


def test_anothers_file_is_not_held(cast: Cast, sign_in: SignIn) -> None:
    theirs = photo_of(cast, "duo_teacher")
    sign_in("teacher").post(KEEP, sheet(cast, assets=str(theirs.pk)))
    assert drafts()[0].asset_ids == []


def test_files_of_a_draft_are_not_swept_while_it_stands(cast: Cast) -> None:
    photo, loose = photo_of(cast), photo_of(cast)
    stolen = photo_of(cast, "duo_teacher")
    for asset in (photo, loose, stolen):
        cast.change(asset, created_at=clock.now() - timedelta(days=3))
    draft = factories.draft(
        cast.id("wilgenhoek"), cast.id("teacher"), asset_ids=[photo.pk, stolen.pk, uuid4()]
    )
    school = cast.id("wilgenhoek")
    with at_work(school):
        swept = retention.unused_photos(school)
    assert {loose.pk, stolen.pk} <= set(swept)
    assert photo.pk not in swept
    with unlocked():
        draft.delete()
    with at_work(school):
        assert photo.pk in retention.unused_photos(school)


def test_held_by_a_draft_that_lies_with_another_school(cast: Cast) -> None:
    photo = photo_of(cast)
    cast.change(photo, created_at=clock.now() - timedelta(days=3))
    factories.draft(cast.id("vijver"), cast.id("teacher"), asset_ids=[photo.pk])
    with at_work(cast.id("wilgenhoek")):
        assert photo.pk not in retention.unused_photos(cast.id("wilgenhoek"))


def test_left_alone_for_ninety_days_it_goes(cast: Cast) -> None:
    old, touched = (
        factories.draft(
            cast.id("wilgenhoek"), cast.id("teacher"), touched_at=clock.now() - timedelta(days=ago)
        )
        for ago in (91, 89)
    )
    with at_work(cast.id("wilgenhoek")):
        retention.sweep(cast.id("wilgenhoek"))
    assert [draft.pk for draft in drafts()] == [touched.pk]
    assert old.pk != touched.pk


def keep(cast: Cast, text: str = "Dag", **typed: Any) -> Draft | None:
    teacher = cast.viewer("teacher")
    with seen_by(teacher):
        return Draft.keep(
            uuid4(), by=teacher, school_id=cast.id("wilgenhoek"), text=text, typed=typed
        )


def test_there_are_no_more_than_fifty(cast: Cast) -> None:
    for _ in range(MOST_DRAFTS):
        factories.draft(cast.id("wilgenhoek"), cast.id("teacher"))
    with pytest.raises(ValidationError):
        keep(cast)
    assert len(drafts()) == MOST_DRAFTS


@pytest.mark.parametrize(
    ("text", "typed"), [("x" * 20_001, {}), ("x", {"send_on": ["y" * 50_000]})]
)
def test_what_is_far_too_long_is_refused(cast: Cast, text: str, typed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        keep(cast, text, **typed)


@pytest.mark.parametrize(
    "hostile",
    [
        {"text": "a\x00b"},
        {"key": "x"},
        {"assets": "x,,y"},
        {"audience": ["nonsense", "group:"]},
        {"send_on": "\x00", "x" * 300: "y"},
    ],
    ids=range(5),
)
def test_a_hostile_form_is_no_error(cast: Cast, sign_in: SignIn, hostile: dict[str, Any]) -> None:
    teacher = sign_in("teacher")
    assert teacher.post(KEEP, sheet(cast, **hostile)).status_code in {204, 422}
    for draft in drafts():
        assert teacher.get(COMPOSE, {"draft": str(draft.pk)}).status_code == 200
    assert teacher.get(LIST).status_code == 200


def test_who_is_no_staff_keeps_nothing(cast: Cast, sign_in: SignIn) -> None:
    for who in ("mother", "grandmother", "operator"):
        assert sign_in(who).post(KEEP, sheet(cast)).status_code == 404
        assert sign_in(who).get(LIST).status_code == 404


def test_it_stays_where_it_cannot_be_sent(cast: Cast, sign_in: SignIn) -> None:
    teacher = sign_in("teacher")
    form = sheet(cast, audience=[f"group:{cast.id('group_6')}"])
    teacher.post(KEEP, form)
    assert teacher.post(COMPOSE, form).status_code == 422
    [draft] = drafts()
    assert isinstance(draft.pk, UUID)
    assert teacher.get(COMPOSE, {"draft": str(draft.pk)}).status_code == 200
