"""What the office decides about an import: answers, a yes, and back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kring.base import clock
from kring.importing.differences import LEFT, STAYS, Difference, Differences, FieldChange
from kring.importing.models import Import
from kring.importing.roster import problem_from_json
from kring.importing.tests.handing_in import (
    address,
    answer_of,
    as_guessed,
    compared,
    csv,
    edexml,
    imports,
    keys_of,
    page,
    pupil,
    text,
    upload,
    work,
)
from kring.importing.views.shown import MOST_QUESTIONS, MOST_ROWS, Change, Plan, Row
from kring.importing.wording import sentence
from kring.schools.models import Employment, Student
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

S = Import.State
MOST_QUERIES = 16


# ── answers ──────────────────────────────────────────────────────────────────
def test_a_doubtful_child_is_asked_and_the_answers_of_others_stay(
    cast: Cast, office: Client, doubtful: Import
) -> None:
    shown = page(office, cast, doubtful)
    assert "Somebody new" in shown
    assert "2 doubtful ones still wait for your answer." in shown
    first, second = keys_of(doubtful, "doubtful")
    where = address(cast, "answers", doubtful.pk)
    known = answer_of(doubtful, first)
    assert office.post(where, {f"answer:{first}": known}).status_code == 303
    office.post(where, {f"answer:{second}": "new"})
    assert imports()[-1].answers == {first: known, second: "new"}
    assert "still waits" not in page(office, cast, doubtful)


def test_by_htmx_the_same_page_comes_back_with_what_the_answer_comes_to(
    cast: Cast, office: Client, doubtful: Import
) -> None:
    first, _second = keys_of(doubtful, "doubtful")
    where = address(cast, "answers", doubtful.pk)
    answer = office.post(where, {f"answer:{first}": "new"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "1 doubtful one still waits for your answer." in text(answer)


def test_what_nobody_asked_is_no_answer(cast: Cast, office: Client, doubtful: Import) -> None:
    office.post(address(cast, "answers", doubtful.pk), {"answer:nobody": "new", "all": "nonsense"})
    assert imports()[-1].answers == {}


def test_nothing_is_applied_while_something_is_doubtful(
    cast: Cast, office: Client, doubtful: Import
) -> None:
    first, _second = keys_of(doubtful, "doubtful")
    where = address(cast, "confirmation", doubtful.pk)
    answer = office.post(where, {f"answer:{first}": "new"}, follow=True)
    assert "Answer first what is doubtful." in text(answer)
    assert imports()[-1].state == S.READY
    assert imports()[-1].answers == {first: "new"}  # which is kept


def test_what_is_left_can_be_skipped_at_once(cast: Cast, office: Client, doubtful: Import) -> None:
    first, second = keys_of(doubtful, "doubtful")
    where = address(cast, "answers", doubtful.pk)
    office.post(where, {f"answer:{first}": "new", "skip": "rest"})
    assert imports()[-1].answers == {first: "new", second: "skip"}


def test_who_is_not_in_the_file_stays_unless_the_office_says_otherwise(
    cast: Cast, office: Client
) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    shown = page(office, cast, made)
    assert "Not in the file" in shown
    assert "have left" not in shown.partition("<form")[0]
    confirmed = office.post(address(cast, "confirmation", made.pk))
    assert confirmed.status_code == 303
    assert work(made).state == S.APPLIED
    with unlocked():
        assert Student.objects.filter(first_name="Puck", school=cast.wilgenhoek).exists()


def test_above_one_in_ten_is_asked_again_with_the_number(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    gone = len([key for key in keys_of(made, "gone") if key in made.gone_keys("left")])
    assert gone > 5
    office.post(address(cast, "answers", made.pk), {"all": "left"})
    assert f"{gone} of {gone} children would leave the school at once." in page(office, cast, made)
    where = address(cast, "confirmation", made.pk)
    answer = office.post(where, follow=True)
    assert "Say first that so many children have left." in text(answer)
    assert imports()[-1].state == S.READY
    assert office.post(where, {"sure": "on"}).status_code == 303
    assert imports()[-1].state == S.APPLYING


def test_all_can_be_said_to_stay(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    office.post(address(cast, "answers", made.pk), {"all": "left"})
    office.post(address(cast, "answers", made.pk), {"all": "stays"})
    assert set(imports()[-1].answers.values()) == {"stays"}


# ── yes, and back ────────────────────────────────────────────────────────────
def test_what_was_applied_says_what_comes_next_and_until_when_it_can_be_undone(
    cast: Cast, office: Client, applied: Import
) -> None:
    shown = page(office, cast, applied)
    assert "Applied by Corrie Jansma" in shown
    assert reverse("inviting:overview", args=[cast.id("wilgenhoek")]) in shown
    assert "You can do this until tomorrow" in shown


def test_undoing_puts_it_back(cast: Cast, office: Client, applied: Import) -> None:
    assert office.post(address(cast, "undoing", applied.pk)).status_code == 303
    assert "Kring undoes the import" in page(office, cast, applied)
    undone = work(applied)
    assert "everything stands as it did before" in page(office, cast, undone)
    with unlocked():
        assert not Student.objects.filter(first_name="Puck", school=cast.wilgenhoek).exists()


def test_after_a_day_it_stays(cast: Cast, office: Client, applied: Import) -> None:
    cast.change(applied, undo_until=clock.now() - timedelta(seconds=1))
    shown = page(office, cast, applied)
    assert "The day in which it could be undone is over." in shown
    assert address(cast, "undoing", applied.pk) not in shown
    office.post(address(cast, "undoing", applied.pk))
    assert imports()[-1].state == S.APPLIED


def test_the_same_file_again_has_no_differences(
    cast: Cast, office: Client, applied: Import
) -> None:
    office.post(address(cast, "confirmation", applied.pk))
    first = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    office.post(address(cast, "answers", first.pk), {"all": "stays"})
    office.post(address(cast, "confirmation", first.pk))
    work(first)
    again = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    shown = page(office, cast, again)
    assert "No differences" in shown
    assert address(cast, "confirmation", again.pk) not in shown


def test_what_is_put_away_changes_nothing(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    assert office.post(address(cast, "discarding", made.pk)).status_code == 303
    assert "This import was put away." in page(office, cast, made)
    late = office.post(address(cast, "confirmation", made.pk), follow=True)
    assert late.status_code == 200  # who comes too late is shown how it stands
    assert "This import has moved on meanwhile." in late.content.decode()
    with unlocked():
        assert not Student.objects.filter(first_name="Puck").exists()


def test_before_and_after_are_said_as_people_say_them(
    cast: Cast, office: Client, applied: Import
) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuwer", born="2018-05-14"))
    shown = page(office, cast, made)
    assert "<del>13-04-2018</del>" in shown
    assert "<ins>14-05-2018</ins>" in shown
    assert "<ins>Nieuwer</ins>" in shown


def test_days_of_care_and_authority_are_words() -> None:
    with translation.override("en"):
        days = Change.of(FieldChange(field="weekdays", before="1, 3", after=""))
        assert (days.name, days.before, days.after) == ("Days of care", "Mon, Wed", "–")
        authority = Change.of(FieldChange(field="has_authority", before="unknown", after="yes"))
        assert (authority.before, authority.after) == ("not known yet", "has authority")


def test_roles_are_words() -> None:
    with translation.override("en"):
        roles = Change.of(FieldChange(field="roles", before="aide, odd", after="counselor"))
        assert (roles.before, roles.after) == ("teaching assistant, odd", "internal supervisor")
        told = Difference(key="1", kind="new", what="staff", name="Kim", detail="teacher, aide")
        assert Row.of(told, {}).detail == "teacher, teaching assistant"


def test_who_is_left_open_is_said_to_stay(cast: Cast) -> None:
    gone = Difference(key="gone:1", kind="gone", what="student", name="Puck")
    open_one = ["1 child that is not in the file stays as it is, and is asked about again."]
    with translation.override("en"):
        for answer, said in (("", open_one), (STAYS, []), (LEFT, ["1 child has left."])):
            plan = Plan.of(Differences(found=(gone,), gone_share=0.5), {"gone:1": answer})
            assert plan.sentences == said


def test_a_tenth_exactly_is_not_above_it() -> None:
    gone = [Difference(key=f"{one}", kind="gone", what="student", name="Puck") for one in range(24)]
    shown = Differences(found=tuple(gone), gone_share=24 / 240)
    assert not shown.asks_again({one.key: LEFT for one in gone})


# ── much of it ───────────────────────────────────────────────────────────────
def test_a_long_list_is_bounded_and_says_how_many_more(cast: Cast, office: Client) -> None:
    many = [pupil(str(number), "Puck", f"Nieuw {number}") for number in range(MOST_ROWS + 7)]
    made = compared(office, cast, *many)
    shown = page(office, cast, made)
    assert f"{MOST_ROWS + 7} new" in shown
    assert "And 7 more, that are not shown here." in shown
    assert f"{MOST_ROWS + 7} children are added." in shown


@pytest.mark.parametrize("view", ["imports", "import"])
def test_a_page_asks_as_often_for_thirty_as_for_three(
    cast: Cast, office: Client, view: str
) -> None:
    counts = []
    for number in (3, 30):
        pupils = [pupil(f"#{one}", "Puck", f"Nieuw {one}") for one in range(number)]
        for one in range(number if view == "imports" else 1):
            made = compared(office, cast, *pupils[: one + 1] if view == "imports" else pupils)
        where = address(cast, view, *([made.pk] if view == "import" else []))
        office.get(where)
        with CaptureQueriesContext(connection) as asked:
            office.get(where)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_history_names_who_and_what(cast: Cast, office: Client, applied: Import) -> None:
    shown = text(office.get(address(cast)))
    assert "Corrie Jansma" in shown
    assert "Children: 1 new" in shown
    assert address(cast, "import", applied.pk) in shown


def test_many_doubtful_ones_are_asked_a_hundred_at_a_time(cast: Cast, office: Client) -> None:
    rows = [f"Niemand;Nooit {number};13-04-2018;n{number}@post.example" for number in range(120)]
    upload(office, cast, csv(*rows), name="ouders.csv", source="carers")
    office.post(address(cast, "columns", imports()[-1].pk), as_guessed(imports()[-1]))
    made = work(imports()[-1])
    shown = page(office, cast, made)
    assert "120 doubtful ones still wait for your answer." in shown
    assert shown.count('<fieldset class="card question">') == MOST_QUESTIONS
    assert "And 20 more, that are not shown here." in shown
    office.post(address(cast, "answers", made.pk), dict.fromkeys(["skip"], "rest"))
    assert len(imports()[-1].answers) == 120


def test_what_nobody_of_the_school_began_has_a_page_too(cast: Cast, office: Client) -> None:
    of = {"school_id": cast.id("wilgenhoek"), "source": "a source of later", "state": S.APPLIED}
    made = factories.made(Import(**of))
    assert "a source of later" in text(office.get(address(cast)))
    assert "Applied" in page(office, cast, made)


def test_what_changed_between_looking_and_saying_yes_is_said(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    office.post(address(cast, "confirmation", made.pk))
    child = factories.student(cast.id("wilgenhoek"), "Wie", born_on="2018-04-13")
    factories.enrolled(child, cast.id("group_5"))
    assert work(made).state == S.READY
    problem = problem_from_json(imports()[-1].problems[0])
    assert sentence(problem) in unescape(page(office, cast, made).partition("<form")[0])


def test_what_the_office_lost_its_right_to_is_not_there(cast: Cast, office: Client) -> None:
    made = compared(office, cast, pupil("1", "Puck", "Nieuw"))
    with unlocked():
        Employment.objects.filter(user=cast.administrator).update(role="teacher")
    for view in ("import", "report"):
        assert office.get(address(cast, view, made.pk)).status_code == 404
    for view in ("columns", "answers", "confirmation", "undoing", "discarding"):
        assert office.post(address(cast, view, made.pk)).status_code == 404
    assert upload(office, cast, edexml(pupil("1", "Puck", "Nieuw"))).status_code == 404
