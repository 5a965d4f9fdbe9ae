"""The reach ladder: what each family got, for who may know all of them, and slips on paper."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image
from pypdf import PdfReader

from kring.base import clock
from kring.base.visibility import seen_by
from kring.feed import slips
from kring.feed.ladder import SAID, Ladder
from kring.feed.models import Post, Slip
from kring.feed.tests.urgent import urgent
from kring.notifications.models import Bounce, Delivery, PushSubscription
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


@pytest.fixture
def post(cast: Cast) -> Post:
    """A post to group 5, of which Sam's mother had a mail."""
    made = cast.post("group_5", by="teacher")
    sent = factories.delivery(factories.notification(made, cast.id("mother")))
    with unlocked():
        Delivery.objects.filter(pk=sent.pk).update(state="sent", done_at=clock.now())
    return made


def steps(cast: Cast, post: Post, who: str = "teacher") -> dict[str, Any]:
    """The ladder as this person sees it, by the names of the guardians."""
    viewer = cast.viewer(who)
    with seen_by(viewer):
        return {step.line.names: step for step in Ladder.of(viewer, post.pk).steps}


def of_mother(cast: Cast, post: Post, who: str = "teacher") -> Any:
    found = steps(cast, post, who)
    return next(step for names, step in found.items() if cast.mother.name in names)


def test_a_mail_that_went_stands_on_the_ladder(cast: Cast, post: Post) -> None:
    for who in ("teacher", "principal", "administrator"):
        step = of_mother(cast, post, who)
        push, mail = step.rungs
        assert (mail.state, mail.text, mail.bad) == ("sent", SAID["sent"], False)
        assert mail.at
        assert not push.at


def test_a_mail_that_came_back_says_so(cast: Cast, post: Post) -> None:
    with unlocked():
        mail = Delivery.objects.get(person=cast.mother)
        Bounce.objects.create(
            school_id=post.school_id,
            person=cast.mother,
            mail_id=mail.pk,
            address="x",
            is_hard=False,
        )
    step = of_mother(cast, post)
    assert [rung.bad for rung in step.rungs] == [False, True]


@pytest.mark.parametrize("state", ["", "skipped"])
def test_what_a_family_chose_shows_on_no_ladder(cast: Cast, post: Post, state: str) -> None:
    """Who wants no mail, and who switched it off while it was on its way, looks like any other."""
    with unlocked():
        sent = Delivery.objects.filter(person=cast.mother)
        sent.update(state=state) if state else sent.delete()
    for who in ("teacher", "administrator"):
        step = of_mother(cast, post, who)
        assert {str(rung.text) for rung in step.rungs} == {_("in Kring only")}
        assert not any(rung.bad or rung.at for rung in step.rungs)


def test_who_pressed_the_link_only_can_be_told_from_who_opened_it(cast: Cast, sign_in: Any) -> None:
    post = urgent(cast, "sam")
    pages = [reverse(f"feed:{name}", args=[post.pk]) for name in ("ladder", "calls")]
    factories.confirmation(post, cast.id("mother"), way="mail")
    factories.confirmation(post, cast.id("co_parent"), way="app")
    assert of_mother(cast, post).line.by_link
    for page in pages:  # of one of two families
        assert sign_in("teacher").get(page).text.count(_("by the link in the mail")) == 1
    factories.reading(post, cast.id("mother"))
    assert not of_mother(cast, post).line.by_link
    for page in pages:
        assert _("by the link in the mail") not in sign_in("teacher").get(page).text


def test_who_read_it_is_reached_and_stands_last(cast: Cast, post: Post) -> None:
    factories.reading(post, cast.id("mother"))
    found = list(steps(cast, post).values())
    assert cast.mother.name in found[-1].line.names
    assert found[-1].line.reached


@pytest.mark.parametrize(
    "who", ["mother", "teacher_next_door", "guardian_elsewhere", "withheld_father", "aftercare"]
)
def test_strangers_learn_nothing_of_who_got_what(cast: Cast, post: Post, who: str) -> None:
    with seen_by(cast.viewer(who)), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_deliveries_of(%s)", [post.card_id])
        assert cursor.fetchall() == []


def test_a_teacher_does_not_know_all_families_of_the_school(cast: Cast) -> None:
    made = cast.post("wilgenhoek", by="principal")
    factories.delivery(factories.notification(made, cast.id("mother")))
    with seen_by(cast.viewer("teacher")), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kring_deliveries_of(%s)", [made.card_id])
        assert cursor.fetchall() == []


def test_the_page_filters_and_counts(cast: Cast, post: Post, sign_in: Any) -> None:
    factories.reading(post, cast.id("mother"))
    page = reverse("feed:ladder", args=[post.pk])
    everybody, left = (sign_in("teacher").get(f"{page}{only}") for only in ("", "?only=left"))
    assert len(everybody.context["steps"]) == len(left.context["steps"]) + 1
    assert everybody.context["ladder"].counts["reached"] == 1
    assert cast.mother.name in everybody.text
    assert cast.mother.name not in left.text


def test_more_families_take_no_more_queries(
    cast: Cast, post: Post, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    for place in range(12):
        child = factories.student(cast.id("wilgenhoek"), f"Kind {place}")
        factories.enrolled(child, cast.id("group_5"))
        who = factories.person(f"Ouder {place}")
        factories.guarded(child, who.pk)
        factories.delivery(factories.notification(post, who.pk))
    client = sign_in("teacher")
    with django_assert_max_num_queries(30):
        assert client.get(reverse("feed:ladder", args=[post.pk])).status_code == 200


def printed(client: Any, post: Post, **form: str) -> PdfReader:
    answer = client.post(reverse("feed:slips", args=[post.pk]), form)
    assert answer["Content-Type"] == "application/pdf", answer
    return PdfReader(io.BytesIO(answer.content))


def test_slips_are_for_whom_nothing_reached_and_are_noted(
    cast: Cast, post: Post, sign_in: Any
) -> None:
    factories.reading(post, cast.id("mother"))
    left = sum(not step.line.reached for step in steps(cast, post).values())
    text = "".join(page.extract_text() for page in printed(sign_in("teacher"), post).pages)
    assert text.count("koppelcode") == left
    assert post.text not in text
    with unlocked():
        assert Slip.objects.filter(post=post).count() == left
    assert sum(bool(step.slips) for step in steps(cast, post).values()) == left


def test_the_sender_may_put_the_text_on_the_slips(cast: Cast, post: Post, sign_in: Any) -> None:
    pages = printed(sign_in("teacher"), post, text="yes").pages
    assert post.text.split()[0] in pages[0].extract_text()


def test_a_family_in_mourning_gets_no_slip_and_the_office_reads_who(
    cast: Cast, post: Post, sign_in: Any
) -> None:
    principal = cast.viewer("principal")
    with seen_by(principal):
        Mourning.begin(cast.sam, by=principal)
    page = reverse("feed:ladder", args=[post.pk])
    said = sign_in("principal").get(page)
    assert [one for one in said.context["ladder"].grieving if cast.mother.name in one.line.names]
    assert not sign_in("teacher").get(page).context["ladder"].grieving
    text = "".join(one.extract_text() for one in printed(sign_in("principal"), post).pages)
    assert "Sam" not in text


def test_who_was_reached_altogether_needs_no_slips(cast: Cast, sign_in: Any) -> None:
    made = cast.post("sam", by="teacher")
    for who in ("mother", "co_parent"):
        factories.reading(made, cast.id(who))
    answer = sign_in("teacher").post(reverse("feed:slips", args=[made.pk]))
    assert answer.status_code in {302, 303}
    with unlocked():
        assert not Slip.objects.exists()


def slip(**fields: Any) -> slips.Slip:
    told = {
        "school": "De Wilgenhoek",
        "language": "nl",
        "child": "Sam",
        "group": "groep 5",
        "byline": "Juf Sanne",
        "text": "",
        "address": "https://kring.example/posts/0/",
    }
    return slips.Slip(**(told | fields))


def test_a_slip_says_it_in_six_languages_and_its_square_leads_to_the_message() -> None:
    made = slips.pdf([slip(language=one) for one in ("nl", "en", "tr", "ar", "pl", "uk")])
    reader = PdfReader(io.BytesIO(made))
    (page,) = reader.pages
    text = page.extract_text()
    for words in ("belangrijk bericht", "important message", "önemli", "ważna", "важливе"):
        assert words in text
    root = reader.root_object
    assert {"/MarkInfo", "/StructTreeRoot", "/Lang"} <= set(root)


def test_the_square_of_a_slip_can_be_scanned() -> None:
    [page] = slips.png([slip()], ppi=140)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert code.text == "https://kring.example/posts/0/"


@pytest.mark.parametrize(
    "hostile",
    [
        {"text": "#panic() $x$ *" * 500},
        {"child": "W" * 200, "group": "W" * 200, "school": "W" * 200},
        {"text": "regel\n" * 300},
        {"text": "Morgen vrij 🎉👍🏽 日本語"},
        {"child": "\u202eSam\u0007", "text": "\u202e" * 50},
    ],
)
def test_hostile_texts_stay_in_their_slip(hostile: dict[str, str]) -> None:
    made = slips.pdf([slip(**hostile), *[slip()] * 3])
    assert len(PdfReader(io.BytesIO(made)).pages) == 1


def test_seven_slips_are_two_pages() -> None:
    assert len(PdfReader(io.BytesIO(slips.pdf([slip()] * 7))).pages) == 2


def test_nobody_has_devices_here(cast: Cast, post: Post) -> None:
    with unlocked():
        assert not PushSubscription.objects.exists()
    assert not of_mother(cast, post).rungs[0].at
