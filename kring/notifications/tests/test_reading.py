"""What a mail in the bounce mailbox says, whoever wrote it."""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from kring.base.jobs import at_work
from kring.events.models import Event
from kring.notifications import verp
from kring.notifications.coming_back import told_by_mail
from kring.notifications.models import Bounce, Notification, Reply, digest_of
from kring.notifications.notices import say_it_comes_back
from kring.notifications.reading import Came, Says, is_hard, read, status_in
from kring.notifications.tests.coming_in import reply, report
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

MAIL = UUID(int=7)
RUTH = "ruth@kring.example"


@pytest.fixture(autouse=True)
def bounce_address(settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = "bounce@kring.example"


def to_us() -> str:
    return verp.address_of(verp.DELIVERY, MAIL, RUTH)


def said(raw: bytes) -> Came:
    came = read(raw)
    assert came
    assert came.tag.mail_id == MAIL
    return came


@pytest.mark.parametrize(
    ("status", "action", "says"),
    [
        ("5.1.1", "failed", Says.BOUNCE),
        ("4.4.7", "failed", Says.BOUNCE),
        ("4.4.1", "delayed", Says.NOTHING),
        ("2.0.0", "delivered", Says.NOTHING),
    ],
)
def test_a_report_says_what_became_of_it(status: str, action: str, says: Says) -> None:
    came = said(report(to_us(), status, action))
    assert came.says == says
    assert came.status == (status if says == Says.BOUNCE else "")


@pytest.mark.parametrize(
    ("status", "hard"),
    [
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.2.1", True),
        ("5.0.0", False),
        ("5.1.100", False),
        ("5.4.4", False),
        ("5.4.7", False),
        ("5.2.2", False),
        ("5.7.1", False),
        ("5.1.8", False),
        ("4.1.1", False),
        ("", False),
    ],
)
def test_what_is_about_the_address_and_stays_is_hard(status: str, *, hard: bool) -> None:
    assert is_hard(status) == hard


def test_plain_answers_of_servers_have_a_likely_status() -> None:
    assert [status_in(one) for one in ("550 no", "552 full", "554 no", "550 5.7.1 no")] == [
        "5.0.0",
        "5.2.2",
        "5.7.0",
        "5.7.1",
    ]


def test_a_bounce_without_a_report_is_recognised_too() -> None:
    raw = (
        f"From: MAILER-DAEMON@qmail.example\r\nTo: {to_us()}\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at qmail.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        "<who@post.example>:\r\nSorry, no mailbox here by that name.\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n"
    ).encode()
    assert (said(raw).says, said(raw).status) == (Says.BOUNCE, "5.0.0")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<list.example>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_what_no_person_wrote_is_no_answer(headers: dict[str, str]) -> None:
    assert said(reply(to_us(), RUTH, **headers)).says == Says.NOTHING


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@x.example", "no-reply@x.example", "a@b, c@d"])
def test_a_machine_is_never_answered(sender: str) -> None:
    assert said(reply(to_us(), sender)).says == Says.NOTHING


def test_a_person_s_answer_is_one() -> None:
    came = said(reply(to_us(), "Ruth <Ruth@Kring.example>"))
    assert (came.says, came.by) == (Says.REPLY, RUTH)


@pytest.mark.parametrize("raw", [b"", b"To: someone@kring.example\r\n\r\nx", b"\xff" * 10_000])
def test_what_is_not_for_us_says_nothing(raw: bytes) -> None:
    assert read(raw) is None


def noted(cast: Cast, times: int, *, hard: bool = False) -> list[Bounce]:
    for place in range(times):
        with at_work(cast.id("wilgenhoek")):
            Bounce.note(
                cast.id("wilgenhoek"),
                cast.id("mother"),
                str(cast.mother.email),
                mail_id=UUID(int=place + 1),
                code="4.2.2",
                hard=hard,
            )
    with unlocked():
        return list(Bounce.objects.order_by("created_at"))


def test_what_may_pass_counts_and_the_fifth_in_a_fortnight_is_hard(cast: Cast) -> None:
    assert [one.is_hard for one in noted(cast, 5)] == [False] * 4 + [True]


def test_what_may_pass_is_forgotten_after_a_fortnight(cast: Cast) -> None:
    for one in noted(cast, 4):
        cast.change(one, created_at=one.created_at - 2 * Bounce.SOFT_WITHIN)
    assert not noted(cast, 5)[-1].is_hard


def test_the_person_is_told_in_the_app(cast: Cast) -> None:
    (bounce,) = noted(cast, 1, hard=True)
    with unlocked():
        assert Event.objects.filter(verb="address.failed", subject_id=bounce.pk).exists()
    told = Notification(subject_id=bounce.pk, verb="address.failed")
    with unlocked():
        assert say_it_comes_back([told], cast.viewer("mother"))[told.pk].path
    cast.change(bounce, cleared_at=bounce.created_at)
    with unlocked():
        assert not say_it_comes_back([told], cast.viewer("mother"))


def taken_up(cast: Cast, mail_id: UUID = MAIL) -> bool:
    with at_work(cast.id("wilgenhoek")):
        made = Reply.note(
            cast.id("wilgenhoek"), cast.id("mother"), delivery_id=mail_id, subject_id=None
        )
        return bool(made and made.take_up())


def test_one_answer_a_week_whatever_the_school(cast: Cast) -> None:
    factories.reply(cast.id("vijver"), cast.id("mother"))
    assert taken_up(cast)
    assert not taken_up(cast)  # to the same mail once more
    assert not taken_up(cast, UUID(int=8))
    with unlocked():
        assert Reply.objects.filter(school=cast.id("wilgenhoek")).count() == 2


def test_who_answers_without_end_is_noted_a_few_times_a_day(cast: Cast) -> None:
    for place in range(Reply.MOST_A_DAY + 3):
        taken_up(cast, UUID(int=100 + place))
    with unlocked():
        assert Reply.objects.count() == Reply.MOST_A_DAY


def test_who_mourns_is_not_answered(cast: Cast) -> None:
    factories.made(Mourning(school=cast.wilgenhoek, student=cast.sam))
    assert not taken_up(cast)
    with unlocked():
        assert Reply.objects.count() == 1


def test_only_the_worker_learns_of_which_school_a_mail_was(cast: Cast) -> None:
    sent = factories.delivery(
        factories.notification(cast.post("group_5", by="teacher"), cast.id("mother"))
    )
    with as_worker():
        found = told_by_mail(sent.pk)
        assert told_by_mail(MAIL) is None
    assert found
    assert digest_of(found.email) == digest_of(str(cast.mother.email))
