"""The page of the school, and the rules it keeps."""

from __future__ import annotations

from typing import Any

import pytest

from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.office.forms.school import SchoolForm
from kring.office.tests.arranging import SignIn, address, all_of
from kring.schools.models import Policy, School
from tests.cast import Cast
from tests.unlocked import unlocked

TOLD = {
    "brin": "99wh00",
    "street": "Populierenlaan 99",
    "postcode": "1234 AB",
    "city": "Waterdam",
    "telephone": "020 123 4567",
    "email": "school@kring.example",
    "website": "wilgenhoek.example",
    "about": "Bel voor half negen.\r\nOf mail.",
}


def test_the_page_of_the_school_is_kept_in_one_form(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in("principal").post(address(cast, "school"), TOLD).status_code == 303
    school = cast.wilgenhoek
    assert school.brin == "99WH00"
    assert school.telephone == "+31201234567"
    assert school.website == "https://wilgenhoek.example"
    assert school.about == "Bel voor half negen.\nOf mail."
    [line] = all_of(AuditEntry.objects.filter(verb="school.described"))
    assert "brin" not in line.fields  # it was so before
    assert "telephone" in line.fields
    page = sign_in("administrator").get(address(cast, "school"))
    assert "020 123 4567" in page.text
    assert sign_in("principal").post(address(cast, "school"), TOLD).status_code == 303
    assert len(all_of(AuditEntry.objects.filter(verb="school.described"))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"brin": "WH9900"},
        {"brin": "9WH00"},
        {"telephone": "bel maar"},
        {"telephone": "12"},
        {"telephone": "+31\x00"},
        {"email": "school"},
        {"website": "javascript:alert(1)"},
        {"website": "ftp://wilgenhoek.example"},
        {"website": "https://school@elders.example"},
        {"website": "https://["},
        {"website": "wilgenhoek"},
        {"about": "a\x00b"},
        {"street": "Lange straat " * 20},
        {"street": "\u0007"},
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    page = sign_in("principal").post(address(cast, "school"), TOLD | wrong)
    assert page.status_code == 422
    assert "1234 AB" in page.text
    assert cast.wilgenhoek.street != TOLD["street"]


def test_four_signs_of_a_brin_are_the_main_location(cast: Cast, sign_in: SignIn) -> None:
    sign_in("principal").post(address(cast, "school"), TOLD | {"brin": "99 WH"})
    assert cast.wilgenhoek.brin == "99WH00"


def test_an_after_school_care_has_no_brin(cast: Cast) -> None:
    assert "brin" not in SchoolForm(school=cast.vijver).fields


# ── rules ────────────────────────────────────────────────────────────────────
def versions(cast: Cast) -> list[tuple[int, bool, bool]]:
    rows = all_of(Policy.objects.filter(school=cast.id("wilgenhoek")).order_by("version"))
    return [(row.version, row.informed_sees_posts, row.informed_sees_photos) for row in rows]


def test_a_rule_changes_as_a_new_version_and_holds_at_once(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    father, principal = sign_in("informed_father"), sign_in("principal")
    assert father.get(f"/posts/{post.pk}/").status_code == 200
    assert principal.post(address(cast, "policy"), {}).status_code == 303
    assert versions(cast) == [(1, True, True), (2, False, False)]
    assert father.get(f"/posts/{post.pk}/").status_code == 404
    assert principal.post(address(cast, "policy"), {}).status_code == 303
    assert len(versions(cast)) == 2  # the same is no new version
    page = principal.get(address(cast, "policy"))
    assert "Willem Bosch" in page.text


def test_photos_without_messages_cannot_be(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").post(address(cast, "policy"), {"informed_sees_photos": "on"})
    assert page.status_code == 422
    assert 'id="id_informed_sees_photos_error"' in page.text
    assert len(versions(cast)) == 1


def test_the_rules_on_photos_are_a_version_too(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    told = {
        "informed_sees_posts": "on",
        "informed_sees_photos": "on",
        "families_save_photos": "on",
        "keeps_originals": "on",
        "sharing_rule": "  Alleen\r\nvoor thuis <b> ",
    }
    assert principal.post(address(cast, "policy"), told).status_code == 303
    last = all_of(Policy.objects.filter(school=cast.id("wilgenhoek")).order_by("version"))[-1]
    assert (last.version, last.families_save_photos, last.keeps_originals) == (2, True, True)
    assert last.sharing_rule == "Alleen voor thuis <b>"
    page = principal.get(address(cast, "policy")).text
    assert "Alleen voor thuis &lt;b&gt;" in page
    assert principal.post(address(cast, "policy"), told).status_code == 303
    assert len(versions(cast)) == 2


def test_a_rule_on_sharing_fits_below_a_photo(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("principal").post(address(cast, "policy"), {"sharing_rule": "x" * 161})
    assert page.status_code == 422
    assert 'id="id_sharing_rule_error"' in page.text
    assert len(versions(cast)) == 1


def test_the_school_sees_how_much_is_used(cast: Cast, sign_in: SignIn, settings: Any) -> None:
    settings.MEDIA_QUOTA_BYTES = 20 * 1024**3
    page = sign_in("administrator").get(address(cast, "school")).text
    assert 'max="21474836480"' in page
    assert "20\N{NO-BREAK SPACE}GB" in page


def test_the_first_rule_of_a_school_is_version_one(cast: Cast, viewer: Any) -> None:
    with unlocked():
        Policy.objects.filter(school=cast.id("wilgenhoek")).delete()
    by = viewer("principal")
    with seen_by(by):
        school = School.objects.visible_to(by).get(pk=cast.id("wilgenhoek"))
        told = {"informed_sees_posts": True, "informed_sees_photos": False}
        assert Policy.adopt(school, by=by, **told)
    assert versions(cast) == [(1, True, False)]
