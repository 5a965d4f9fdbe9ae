"""The page of the school, and the rules it keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, ngettext, override

from kring.base.visibility import seen_by
from kring.events.models import AuditEntry
from kring.office import rules
from kring.office.forms.school import PolicyForm, SchoolForm
from kring.office.tests.arranging import SignIn, address, all_of, employed
from kring.schools.models import Policy, School
from kring.schools.models.policy import POLICIES, named
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
RULES: dict[str, Any] = {  # as the form stands when nobody touched it, but for the boxes
    "school_post_roles": ["principal", "administrator"],
    "urgent_roles": ["principal", "administrator"],
    "min_posts_a_week": "0",
    "max_posts_a_day": "0",
    "comments_allowed": "on",
    "call_after_minutes": "45",
    "weekly_newsletter": "on",
    "weekly_weekday": "6",
    "weekly_hour": "8",
}
SEEN = {"informed_sees_posts": "on", "informed_sees_photos": "on"}


def all_versions(cast: Cast) -> list[Policy]:
    return all_of(Policy.objects.filter(school=cast.id("wilgenhoek")).order_by("version"))


def versions(cast: Cast) -> list[tuple[int, bool, bool]]:
    return [
        (row.version, row.informed_sees_posts, row.informed_sees_photos)
        for row in all_versions(cast)
    ]


def test_a_rule_changes_as_a_new_version_and_holds_at_once(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    father, principal = sign_in("informed_father"), sign_in("principal")
    assert father.get(f"/posts/{post.pk}/").status_code == 200
    assert principal.post(address(cast, "policy"), RULES).status_code == 303
    assert versions(cast) == [(1, True, True), (2, False, False)]
    assert father.get(f"/posts/{post.pk}/").status_code == 404
    assert principal.post(address(cast, "policy"), RULES).status_code == 303
    assert len(versions(cast)) == 2  # the same is no new version
    page = principal.get(address(cast, "policy_history"))
    assert "Willem Bosch" in page.text


def test_photos_without_messages_cannot_be(cast: Cast, sign_in: SignIn) -> None:
    told = RULES | {"informed_sees_photos": "on"}
    page = sign_in("principal").post(address(cast, "policy"), told)
    assert page.status_code == 422
    assert 'id="id_informed_sees_photos_error"' in page.text
    assert len(versions(cast)) == 1


def test_the_rules_on_photos_are_a_version_too(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    told = {
        **RULES,
        **SEEN,
        "families_save_photos": "on",
        "keeps_originals": "on",
        "sharing_rule": "  Alleen\r\nvoor thuis <b> ",
    }
    assert principal.post(address(cast, "policy"), told).status_code == 303
    last = all_versions(cast)[-1]
    assert (last.version, last.families_save_photos, last.keeps_originals) == (2, True, True)
    assert last.sharing_rule == "Alleen voor thuis <b>"
    page = principal.get(address(cast, "policy_history")).text
    assert "Alleen voor thuis &lt;b&gt;" in page
    assert principal.post(address(cast, "policy"), told).status_code == 303
    assert len(versions(cast)) == 2


def test_a_rule_on_sharing_fits_below_a_photo(cast: Cast, sign_in: SignIn) -> None:
    told = RULES | {"sharing_rule": "x" * 161}
    page = sign_in("principal").post(address(cast, "policy"), told)
    assert page.status_code == 422
    assert 'id="id_sharing_rule_error"' in page.text
    assert len(versions(cast)) == 1


def test_who_may_post_how_often_and_when_the_newsletter_comes(cast: Cast, sign_in: SignIn) -> None:
    told = {
        **RULES,
        **SEEN,
        "school_post_roles": ["administrator"],
        "urgent_roles": ["administrator", "counselor"],
        "min_posts_a_week": "1",
        "max_posts_a_day": "2",
        "comments_allowed": "",
        "call_after_minutes": "30",
        "weekly_newsletter": "",
        "weekly_weekday": "5",
        "weekly_hour": "17",
    }
    assert sign_in("administrator").post(address(cast, "policy"), told).status_code == 303
    last = all_versions(cast)[-1]
    assert set(last.school_post_roles) == {"administrator"}
    assert set(last.urgent_roles) == {"administrator", "counselor"}
    assert (last.min_posts_a_week, last.max_posts_a_day, last.call_after_minutes) == (1, 2, 30)
    assert (last.comments_allowed, last.weekly_newsletter) == (False, False)
    assert (last.weekly_weekday, last.weekly_hour) == (5, 17)
    assert (last.informed_sees_posts, last.informed_sees_photos) == (True, True)
    [line] = all_of(AuditEntry.objects.filter(verb="policy.adopted"))
    assert {"urgent_roles", "weekly_hour", "max_posts_a_day"} <= set(line.fields)
    assert "informed_sees_posts" not in line.fields


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"school_post_roles": ["teacher", "principal"]}, "school_post_roles"),
        ({"school_post_roles": []}, "school_post_roles"),
        ({"urgent_roles": ["aide", "counselor"]}, "urgent_roles"),
        ({"urgent_roles": ["operator", "principal"]}, "urgent_roles"),
        ({"urgent_roles": ["aftercare", "principal"]}, "urgent_roles"),
        ({"min_posts_a_week": "8", "max_posts_a_day": "1"}, "min_posts_a_week"),
        ({"min_posts_a_week": "-1"}, "min_posts_a_week"),
        ({"min_posts_a_week": "99999999999999999999"}, "min_posts_a_week"),
        ({"max_posts_a_day": "veel"}, "max_posts_a_day"),
        ({"max_posts_a_day": "1.5"}, "max_posts_a_day"),
        ({"call_after_minutes": "4"}, "call_after_minutes"),
        ({"call_after_minutes": "241"}, "call_after_minutes"),
        ({"weekly_weekday": "8"}, "weekly_weekday"),
        ({"weekly_hour": "24"}, "weekly_hour"),
        ({"weekly_hour": ""}, "weekly_hour"),
    ],
    ids=str,
)
def test_rules_that_cannot_be_are_said_beside_the_field(
    cast: Cast, sign_in: SignIn, wrong: dict[str, Any], field: str
) -> None:
    page = sign_in("principal").post(address(cast, "policy"), RULES | SEEN | wrong)
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.text
    assert len(versions(cast)) == 1


def test_seven_messages_a_week_fit_with_one_a_day(cast: Cast, sign_in: SignIn) -> None:
    told = RULES | SEEN | {"min_posts_a_week": "7", "max_posts_a_day": "1"}
    assert sign_in("principal").post(address(cast, "policy"), told).status_code == 303
    told = RULES | SEEN | {"min_posts_a_week": "20", "max_posts_a_day": "0"}
    assert sign_in("principal").post(address(cast, "policy"), told).status_code == 303


def test_an_after_school_care_names_its_carers_until_it_says_otherwise(
    cast: Cast, viewer: Any
) -> None:
    employed(cast, cast.id("principal"), "principal", school_id=cast.id("vijver"))
    by = viewer("principal")
    with seen_by(by):
        care = School.objects.visible_to(by).get(pk=cast.id("vijver"))
        form = PolicyForm(school=care, policy=Policy(school=care))
        assert form.initial["urgent_roles"] == ["administrator", "aftercare", "principal"]
        offered = dict(form.fields["urgent_roles"].choices)  # type: ignore[attr-defined]
        assert "aftercare" in offered
        leaders = ["principal", "administrator"]
        Policy.adopt(care, by=by, urgent_roles=leaders)
        last = Policy.objects.visible_to(by).filter(school=care).order_by("version").last()
        assert last
        assert named(last.urgent_roles, is_aftercare=True) == {"principal", "administrator"}
        assert named(last.school_post_roles, is_aftercare=True) > {"aftercare"}
        assert not Policy.adopt(care, by=by, urgent_roles=leaders)  # the same again


# ── which rule held when ─────────────────────────────────────────────────────
def test_the_history_says_what_changed_in_words(cast: Cast, sign_in: SignIn) -> None:
    principal = sign_in("principal")
    principal.post(address(cast, "policy"), RULES | SEEN | {"max_posts_a_day": "1"})
    page = principal.get(address(cast, "policy_history")).text
    with override("nl"):
        now = ngettext(
            "At most %(count)d message on a day per group",
            "At most %(count)d messages on a day per group",
            1,
        ) % {"count": 1}
        before = gettext("No rule on how many messages a group gets")
    assert f"{now} <span" in page
    assert before in page
    assert page.index(now) < page.index(before)


def test_the_history_is_bounded_and_goes_on(cast: Cast, viewer: Any, sign_in: SignIn) -> None:
    by = viewer("principal")
    with seen_by(by):
        school = School.objects.visible_to(by).get(pk=cast.id("wilgenhoek"))
        for number in range(1, 21):
            Policy.adopt(school, by=by, max_posts_a_day=number)
        with CaptureQueriesContext(connection) as many:
            first = rules.history_of(school, by)
        last = rules.history_of(school, by, before=first[-1].number)
    assert [one.number for one in first] == list(range(21, 1, -1))
    assert [one.number for one in last] == [1]
    assert len(last[0].changes) == len(POLICIES)  # of the first: all that it says
    assert len(many) == 3
    assert all(len(one.changes) == 1 for one in first)
    page = sign_in("principal").get(address(cast, "policy_history"))
    assert "?before=2" in page.text
    assert (
        "?before"
        not in sign_in("principal").get(address(cast, "policy_history"), {"before": "2"}).text
    )


@pytest.mark.parametrize("hostile", ["x", "-1", "9" * 40, "²", ""])
def test_a_hostile_place_in_the_history_is_the_newest(
    cast: Cast, sign_in: SignIn, hostile: str
) -> None:
    page = sign_in("principal").get(address(cast, "policy_history"), {"before": hostile})
    assert page.status_code == 200


def test_every_rule_has_words_in_both_languages(cast: Cast) -> None:
    assert set(rules.WORDS) == set(POLICIES)
    for language in ("nl", "en"):
        with override(language):
            for policy in (Policy(), Policy(**OTHERWISE)):
                for name in POLICIES:
                    assert rules.in_words(name, policy, cast.wilgenhoek)
    with override("en"):
        differing = [
            name
            for name in POLICIES
            if rules.in_words(name, Policy(), cast.wilgenhoek)
            != rules.in_words(name, Policy(**OTHERWISE), cast.wilgenhoek)
        ]
    assert differing == list(POLICIES)


OTHERWISE: dict[str, Any] = {
    "informed_sees_posts": False,
    "informed_sees_photos": False,
    "families_save_photos": True,
    "keeps_originals": True,
    "sharing_rule": "Alleen voor thuis.",
    "school_post_roles": ["administrator"],
    "urgent_roles": ["principal"],
    "min_posts_a_week": 2,
    "max_posts_a_day": 3,
    "comments_allowed": False,
    "call_after_minutes": 30,
    "weekly_newsletter": False,
    "weekly_weekday": 1,
    "weekly_hour": 17,
}


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
        assert rules.current(school, by).version == 1
    assert versions(cast) == [(1, True, False)]


def test_without_any_rule_the_page_shows_what_kring_begins_with(
    cast: Cast, sign_in: SignIn
) -> None:
    with unlocked():
        Policy.objects.filter(school=cast.id("wilgenhoek")).delete()
    principal = sign_in("principal")
    assert principal.get(address(cast, "policy")).status_code == 200
    assert principal.get(address(cast, "policy_history")).status_code == 200
