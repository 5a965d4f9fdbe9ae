"""A newsletter that two change, one that is empty, and one that cannot go."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from kring.base import clock
from kring.feed.models import Newsletter, NewsletterItem, NewsletterPhoto
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]


@pytest.fixture
def draft(cast: Cast) -> Newsletter:
    return factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=None)


def ids(of: Newsletter) -> list[UUID]:
    return [of.school_id, of.pk]


def mark_in(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    return str(found)


def again(of: Newsletter) -> Newsletter:
    with unlocked():
        return Newsletter.objects.get(pk=of.pk)


def test_who_saves_later_is_told_what_somebody_else_wrote(
    sign_in: SignIn, draft: Newsletter
) -> None:
    page = reverse("feed:issue", args=ids(draft))
    office, other = sign_in("principal"), sign_in("administrator")
    seen = mark_in(office.get(page).text)
    theirs = {"title": "Winter", "intro": "Beste ouders", "seen": seen}
    assert other.post(page, theirs).status_code == 303
    mine = {"title": "November", "intro": "Lieve mensen", "tells_staff": "on"}
    answer = office.post(page, mine | {"seen": seen})
    assert answer.status_code == 422
    assert again(draft).title == "Winter"
    assert "Beste ouders" in answer.text
    assert "Lieve mensen" in answer.text
    answer = office.post(page, mine | {"seen": mark_in(answer.text)})
    assert answer.status_code == 303
    assert again(draft).intro == "Lieve mensen"


def test_an_item_too_and_the_pictures_of_both_stay(
    cast: Cast, sign_in: SignIn, draft: Newsletter
) -> None:
    item = factories.newsletter_item(draft)
    page = reverse("feed:issue_item", args=[*ids(draft), item.pk])
    office = sign_in("principal")
    seen = mark_in(office.get(page).text)
    theirs = factories.printed(item, cast.id("administrator"), description="Een egel")
    mine = str(factories.asset(draft.school_id, cast.id("principal")).pk)
    form = {"title": "De moestuin", "text": "Kom ook.", "assets": mine}
    answer = office.post(page, form | {"seen": seen})
    assert answer.status_code == 422
    assert f'value="{mine},{theirs.asset_id}"' in answer.text
    assert 'value="Een egel"' in answer.text
    both = {"assets": f"{mine},{theirs.asset_id}", "seen": mark_in(answer.text)}
    assert office.post(page, form | both).status_code == 303
    with unlocked():
        assert NewsletterPhoto.objects.filter(item=item).count() == 2
        assert NewsletterItem.objects.get(pk=item.pk).title == "De moestuin"


def test_a_picture_that_a_colleague_took_out_is_no_fault_of_who_still_names_it(
    cast: Cast, sign_in: SignIn, draft: Newsletter
) -> None:
    item = factories.newsletter_item(draft)
    gone, stays = (
        factories.printed(item, cast.id("administrator"), position=place) for place in range(2)
    )
    page = reverse("feed:issue_item", args=[*ids(draft), item.pk])
    office, other = sign_in("principal"), sign_in("administrator")
    seen = mark_in(office.get(page).text)
    theirs = {"title": "De tuin", "text": "Vol.", "assets": str(stays.asset_id), "seen": seen}
    assert other.post(page, theirs).status_code == 303
    mine = {"title": "De moestuin", "text": "", "assets": f"{gone.asset_id},{stays.asset_id}"}
    answer = office.post(page, mine | {"seen": seen})
    assert answer.status_code == 422
    assert "Vol." in answer.text
    assert answer.context["form"].errors.keys() == {"__all__"}
    assert len(answer.context["form"].non_field_errors()) == 2  # that it changed, and what to do
    assert f'name="assets" value="{stays.asset_id}"' in answer.text
    kept = {"assets": str(stays.asset_id), "seen": mark_in(answer.text)}
    assert office.post(page, mine | kept).status_code == 303
    answer = office.post(page, mine | {"seen": mark_in(office.get(page).text)})
    assert answer.status_code == 422  # of a form that is up to date: no photo of hers
    assert answer.context["form"].errors.keys() == {"photos"}


def test_an_empty_one_is_not_sent(cast: Cast, sign_in: SignIn, draft: Newsletter) -> None:
    sending = reverse("feed:issue_sending", args=ids(draft))
    office = sign_in("principal")
    assert office.post(sending).status_code == 422
    gone = cast.post("wilgenhoek", by="principal")
    cast.change(gone, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))
    factories.newsletter_item(draft, post_id=gone.pk, title="", text="")
    answer = office.post(sending)
    assert answer.status_code == 422
    assert again(draft).published_at is None
    post = cast.post("wilgenhoek", by="principal")
    factories.newsletter_item(draft, post_id=post.pk, title="", text="", position=1)
    assert office.post(sending).status_code == 303


def test_a_full_one_says_so(sign_in: SignIn, draft: Newsletter) -> None:
    for place in range(60):
        factories.newsletter_item(draft, position=place)
    writing = reverse("feed:issue_writing", args=ids(draft))
    answer = sign_in("principal").post(writing, {"title": "Nog een"})
    assert answer.status_code == 422
    assert "60" in answer.text


def test_an_item_that_is_gone_is_not_found(sign_in: SignIn, draft: Newsletter) -> None:
    item = factories.newsletter_item(draft)
    office = sign_in("principal")
    removal = reverse("feed:issue_item_removal", args=[*ids(draft), item.pk])
    place = reverse("feed:issue_place", args=[*ids(draft), item.pk])
    assert office.post(removal).status_code == 303
    assert office.post(removal).status_code == 404
    assert office.post(place, {"to": "up"}).status_code == 404


@pytest.mark.parametrize("title", ["x" * 121, "   ", "\n\n"])
def test_a_title_that_cannot_be(sign_in: SignIn, draft: Newsletter, title: str) -> None:
    writing = reverse("feed:issue_writing", args=ids(draft))
    assert sign_in("principal").post(writing, {"title": title}).status_code == 422
