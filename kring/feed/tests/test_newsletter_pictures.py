"""Pictures in a newsletter: sent in by the office, seen by whom the school shows photos."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.feed.models import Newsletter, NewsletterItem, NewsletterPhoto
from kring.feed.models.newsletter_photo import MOST_PICTURES
from kring.media.files import stored_ids
from kring.media.models import Asset
from kring.media.tests.made import store_in
from kring.media.tests.pictures import quarters, written
from kring.ops.retention import sweep, unused_photos
from kring.schools.models import Policy
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]

DAY = timedelta(days=1)
JPEG = written(quarters())


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    store_in(tmp_path, settings)


@pytest.fixture
def draft(cast: Cast) -> Newsletter:
    return factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=None)


@pytest.fixture
def item(draft: Newsletter) -> NewsletterItem:
    return factories.newsletter_item(draft)


def asset(cast: Cast, who: str = "principal", school: str = "wilgenhoek") -> str:
    return str(factories.asset(cast.id(school), cast.id(who)).pk)


def photo(name: str = "egel.jpg", data: bytes = JPEG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def writing(of: Newsletter) -> str:
    return reverse("feed:issue_writing", args=[of.school_id, of.pk])


def address(of: NewsletterItem) -> str:
    return reverse("feed:issue_item", args=[of.school_id, of.newsletter_id, of.pk])


def form(*assets: str, **typed: Any) -> dict[str, Any]:
    usual = {"title": "De tuin", "text": "Kijk eens.", "assets": ",".join(assets)}
    return usual | typed


def shown(of: Newsletter | NewsletterItem) -> list[tuple[str, str]]:
    """The assets with it in their order, and what is said to be seen on each."""
    within = {"item": of} if isinstance(of, NewsletterItem) else {"item__newsletter": of}
    with unlocked():
        rows = NewsletterPhoto.objects.filter(**within).order_by("position")
        return [(str(one.asset_id), one.description) for one in rows]


def html(client: Client, of: Newsletter) -> str:
    answer = client.get(reverse("feed:newsletter", args=[of.pk]))
    assert answer.status_code == 200
    return answer.text


# ── making it ────────────────────────────────────────────────────────────────
def test_photos_stand_with_an_item_in_their_order(
    cast: Cast, sign_in: SignIn, draft: Newsletter
) -> None:
    one, two = asset(cast), asset(cast)
    told = {f"description-{two}": "Een egel\nonder <b>blad</b>"}
    assert sign_in("principal").post(writing(draft), form(two, one, **told)).status_code == 303
    assert shown(draft) == [(two, "Een egel onder <b>blad</b>"), (one, "")]


def test_without_script_the_form_sends_them_itself(sign_in: SignIn, draft: Newsletter) -> None:
    answer = sign_in("principal").post(writing(draft), form() | {"photos": [photo(), photo()]})
    assert answer.status_code == 303
    assert len(shown(draft)) == 2
    assert {str(one) for one in stored_ids()} == {pk for pk, _ in shown(draft)}


def test_a_form_with_an_error_keeps_what_was_sent_in(sign_in: SignIn, draft: Newsletter) -> None:
    office = sign_in("principal")
    answer = office.post(writing(draft), form(title="") | {"photos": [photo()]})
    assert answer.status_code == 422
    (found,) = re.findall(r'name="assets" value="([0-9a-f-]{36})"', answer.text)
    assert f'data-asset="{found}"' in answer.text
    assert office.post(writing(draft), form(found)).status_code == 303
    assert shown(draft) == [(found, "")]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("plan.pdf", b"%PDF-1.7", "plan.pdf"), ("leeg.jpg", b"", "leeg.jpg")],
)
def test_what_is_no_photo_is_refused_by_name(
    sign_in: SignIn, draft: Newsletter, name: str, data: bytes, said: str
) -> None:
    answer = sign_in("principal").post(writing(draft), form() | {"photos": photo(name, data)})
    assert answer.status_code == 422
    assert said in answer.text.replace("<wbr>", "")
    assert shown(draft) == []
    assert list(stored_ids()) == []


def test_a_full_storage_says_so_and_keeps_the_words(
    settings: Settings, sign_in: SignIn, draft: Newsletter
) -> None:
    settings.MEDIA_QUOTA_BYTES = 10
    answer = sign_in("principal").post(writing(draft), form() | {"photos": photo()})
    assert answer.status_code == 422
    assert "Kijk eens." in answer.text
    assert list(stored_ids()) == []


def test_only_ones_own_photos_of_this_school_can_be_put_in(
    cast: Cast, sign_in: SignIn, draft: Newsletter
) -> None:
    of_another = asset(cast, "teacher")
    elsewhere = asset(cast, "principal", "vijver")
    paper = str(factories.document(cast.id("wilgenhoek"), cast.id("principal")).pk)
    for one in (of_another, elsewhere, paper, str(uuid4()), "no id"):
        answer = sign_in("principal").post(writing(draft), form(one))
        assert answer.status_code == 422
        assert one not in answer.text
    assert shown(draft) == []


def test_row_security_alone_keeps_others_photos_out(
    cast: Cast, viewer: Callable[[str], Viewer], item: NewsletterItem
) -> None:
    principal, hung = viewer("principal"), UUID(asset(cast, "teacher"))
    size: dict[str, Any] = {"width": 4, "height": 3, "placeholder": "data:,", "position": 0}
    with pytest.raises(ProgrammingError, match="row-level security"), seen_by(principal):
        NewsletterPhoto(
            school_id=item.school_id, item=item, asset_id=hung, kind="photo", **size
        ).save(force_insert=True)


def test_no_more_than_fit(cast: Cast, sign_in: SignIn, draft: Newsletter) -> None:
    many = [asset(cast) for _ in range(MOST_PICTURES + 1)]
    assert sign_in("principal").post(writing(draft), form(*many)).status_code == 422
    assert sign_in("principal").post(writing(draft), form(*many[1:])).status_code == 303
    assert len(shown(draft)) == MOST_PICTURES


def test_a_colleague_goes_on_with_what_hangs_there(
    cast: Cast, sign_in: SignIn, item: NewsletterItem
) -> None:
    first = factories.printed(item, cast.id("principal"), description="Een egel")
    second = factories.printed(item, cast.id("principal"), position=1)
    office, mine = sign_in("administrator"), asset(cast, "administrator")
    page = office.get(address(item)).text
    assert page.index(str(first.asset_id)) < page.index(str(second.asset_id))
    assert 'value="Een egel"' in page
    told = {f"description-{first.asset_id}": "Een egel met jong"}
    sent = form(mine, str(first.asset_id), **told)
    assert office.post(address(item), sent).status_code == 303
    assert shown(item) == [(mine, ""), (str(first.asset_id), "Een egel met jong")]
    assert office.post(address(item), form()).status_code == 303
    assert shown(item) == []


def test_the_same_form_again_writes_no_second_item(
    cast: Cast, sign_in: SignIn, draft: Newsletter
) -> None:
    sent = form(asset(cast), key=str(uuid4()))
    for _ in range(2):
        assert sign_in("principal").post(writing(draft), sent).status_code == 303
    with unlocked():
        assert NewsletterItem.objects.filter(newsletter=draft).count() == 1


def test_a_gathered_message_takes_no_photos(cast: Cast, sign_in: SignIn, draft: Newsletter) -> None:
    post = cast.post("wilgenhoek", by="principal")
    item = factories.newsletter_item(draft, post_id=post.pk, title="", text="")
    sent = form(asset(cast)) | {"photos": photo()}
    assert sign_in("principal").post(address(item), sent).status_code == 303
    assert shown(item) == []


@pytest.mark.parametrize("who", ["teacher", "mother", "principal_elsewhere"])
def test_nobody_else_sends_photos_in(sign_in: SignIn, draft: Newsletter, who: str) -> None:
    answer = sign_in(who).post(writing(draft), form() | {"photos": photo()})
    assert answer.status_code == 404
    assert list(stored_ids()) == []


# ── what becomes of them ─────────────────────────────────────────────────────
def test_what_stands_in_a_newsletter_cannot_be_taken_away_under_it(
    cast: Cast, sign_in: SignIn, item: NewsletterItem
) -> None:
    printed = factories.printed(item, cast.id("principal"))
    removal = reverse("media:removal", args=[printed.asset_id])
    assert sign_in("principal").post(removal).status_code == 404
    with unlocked():
        Asset.objects.filter(pk=printed.asset_id).update(created_at=clock.now() - 2 * DAY)
        assert printed.asset_id not in unused_photos(item.school_id)


def test_a_draft_that_is_thrown_away_lets_its_photos_go(
    cast: Cast, sign_in: SignIn, item: NewsletterItem
) -> None:
    printed = factories.printed(item, cast.id("principal"))
    with unlocked():
        Asset.objects.filter(pk=printed.asset_id).update(created_at=clock.now() - 2 * DAY)
    removal = reverse("feed:issue_removal", args=[item.school_id, item.newsletter_id])
    assert sign_in("principal").post(removal).status_code == 303
    with unlocked():
        assert printed.asset_id in unused_photos(item.school_id)


def test_photos_go_after_two_years_and_the_words_stay(cast: Cast) -> None:
    long_ago = clock.now() - 731 * DAY
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=long_ago)
    item = factories.newsletter_item(issue)
    old, young = (factories.printed(item, cast.id("principal"), position=one) for one in (0, 1))
    with unlocked():
        NewsletterPhoto.objects.filter(pk=old.pk).update(created_at=long_ago)
        Asset.objects.update(created_at=long_ago)
        sweep(issue.school_id)
        assert [one.pk for one in NewsletterPhoto.objects.all()] == [young.pk]
        assert NewsletterItem.objects.filter(pk=item.pk).exists()
        assert Asset.objects.filter(pk=young.asset_id).exists()


# ── reading it ───────────────────────────────────────────────────────────────
def test_families_see_them_with_what_is_on_them(cast: Cast, sign_in: SignIn) -> None:
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"))
    item = factories.newsletter_item(issue)
    printed = factories.printed(
        item, cast.id("principal"), description='Een egel "onder" <b>blad</b>'
    )
    page = html(sign_in("mother"), issue)
    assert 'alt="Een egel &quot;onder&quot; &lt;b&gt;blad&lt;/b&gt;"' in page
    assert f"/media/{printed.asset_id}/" in page
    assert f'data-page="/newsletters/{issue.pk}/"' in page


def test_whom_the_school_shows_no_photos_sees_the_words_only(cast: Cast, sign_in: SignIn) -> None:
    shown_to_few = {"version": 2, "informed_sees_photos": False}
    factories.made(Policy(school_id=cast.id("wilgenhoek"), **shown_to_few))
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"))
    item = factories.newsletter_item(issue)
    printed = factories.printed(item, cast.id("principal"))
    page = html(sign_in("informed_father"), issue)
    assert "Wie helpt mee?" in page
    assert str(printed.asset_id) not in page


def test_the_mail_says_how_many_there_are_and_holds_none(
    cast: Cast, sign_in: SignIn, item: NewsletterItem
) -> None:
    printed = [factories.printed(item, cast.id("principal"), position=one) for one in range(3)]
    mail = sign_in("principal").get(
        reverse("feed:issue_mail", args=[item.school_id, item.newsletter_id])
    )
    assert "3 foto’s" in mail.text or "3 foto&#x27;s" in mail.text or "3 photos" in mail.text
    assert "<img" not in mail.text
    assert not any(str(one.asset_id) in mail.text for one in printed)


def test_a_page_asks_as_often_for_thirty_photos_as_for_three(cast: Cast, sign_in: SignIn) -> None:
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"))
    mother = sign_in("mother")

    def fill(count: int) -> None:
        for place in range(count):
            item = factories.newsletter_item(issue, position=place)
            factories.printed(item, cast.id("principal"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            html(mother, issue)
        return len(queries)

    fill(3)
    asked()
    few = asked()
    fill(27)
    assert asked() == few
