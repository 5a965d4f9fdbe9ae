"""Each mail leaves from an address of its own, which proves what comes back for it."""

from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django.fixtures import Settings

from kring.feed.models import Post
from kring.notifications import verp
from kring.notifications.channels.email import UnreachableError
from kring.notifications.models import Bounce
from kring.notifications.tests.conftest import Server, deliveries, send_all, states, tell
from tests.cast import Cast
from tests.unlocked import unlocked

OURS = "bounce@kring.example"


@pytest.fixture(autouse=True)
def bounce_address(settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = OURS


@pytest.fixture
def post(cast: Cast) -> Post:
    made = cast.post("group_5", by="teacher")
    tell(made)
    return made


def test_a_mail_server_sees_the_tag_and_people_see_the_school(
    cast: Cast, post: Post, server: Server
) -> None:
    send_all()
    mine = deliveries(post)[cast.id("mother")]
    wanted = verp.address_of(verp.DELIVERY, mine.pk, str(cast.mother.email))
    mail = server.mail_to(cast.mother)
    assert wanted in server.senders
    assert (
        str(mail["From"]).endswith(' via Kring" <kring@localhost>') or "via Kring" in mail["From"]
    )
    assert "bounce" not in str(mail["From"])
    answers = verp.address_of(verp.DELIVERY + verp.FOR_ANSWERS, mine.pk, str(cast.mother.email))
    assert mail["Reply-To"] == answers
    assert wanted not in str(mail)  # whoever sees it could say that it came back
    assert len(server.senders) == len(set(server.senders)) == states(post).total()


def test_a_tag_fits_where_mail_servers_let_it() -> None:
    local = verp.address_of("dr", uuid4(), "ruth@kring.example").partition("@")[0]
    assert len(local) <= 64


@pytest.mark.parametrize(("kind", "answers"), [("d", False), ("dr", True), ("ir", True)])
def test_a_tag_says_of_what_sort_it_is_and_whether_people_see_it(
    kind: str, *, answers: bool
) -> None:
    tag = verp.tag_in(verp.address_of(kind, uuid4(), "ruth@kring.example"))
    assert tag
    assert (tag.sort, tag.is_for_answers) == (kind[0], answers)


def test_without_a_bounce_mailbox_nothing_changes(settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = ""
    mail = EmailMultiAlternatives("Dag", "Dag", "Kring <kring@localhost>", ["ruth@kring.example"])
    verp.leave_as(mail, "d", uuid4(), "ruth@kring.example")
    assert mail.from_email == "Kring <kring@localhost>"
    assert mail.extra_headers == {}


@pytest.mark.parametrize("change", ["kind", "answers", "mail", "address", "mac"])
def test_a_tag_proves_one_mail_to_one_address(change: str) -> None:
    mail_id, to = uuid4(), "ruth@kring.example"
    tag = verp.tag_in(f"<{verp.address_of('d', mail_id, to).upper()}>")
    assert tag
    assert tag.mail_id == mail_id
    assert tag.proves("Ruth@Kring.example")
    forged = {
        "kind": tag._replace(kind="i"),
        "answers": tag._replace(kind="dr"),
        "mail": tag._replace(mail_id=uuid4()),
        "address": tag,
        "mac": tag._replace(mac="a" * len(tag.mac)),
    }
    assert not forged[change].proves("sara@kring.example" if change == "address" else to)


@pytest.mark.parametrize(
    "text",
    ["", OURS, "bounce+x@kring.example", f"bounce+d{'a' * 26}.short@kring.example", "b" * 100_000],
)
def test_what_is_no_tag_is_none(text: str) -> None:
    assert verp.tag_in(text) is None


@pytest.mark.parametrize(
    ("answer", "hard"),
    [
        ("550 Blocked, see a list of senders", False),
        ("550 5.1.1 User unknown", True),
        ("552 Mailbox full", False),
        ("550 5.7.1 Looks like spam", False),
        ("554 Refused", False),
    ],
)
def test_an_address_that_is_refused_at_sending_is_known_at_once(
    cast: Cast, post: Post, server: Server, answer: str, *, hard: bool
) -> None:
    server.answers[str(cast.co_parent.email)] = [answer]
    send_all()
    with unlocked():
        (bounce,) = Bounce.objects.all()
    assert bounce.person_id == cast.co_parent.pk
    assert bounce.is_hard == hard
    assert deliveries(post)[cast.id("co_parent")].state == "failed"
    again = cast.post("group_5", by="teacher")
    tell(again)
    assert (cast.id("co_parent") not in deliveries(again)) == hard


def test_a_text_that_is_refused_says_nothing_of_the_address(post: Post, server: Server) -> None:
    server.at_data = ["554 5.7.1 Looks like spam"]
    send_all()
    with unlocked():
        assert not Bounce.objects.exists()


def test_what_was_refused_says_which_status() -> None:
    assert UnreachableError(550, "5.1.1").status == "5.1.1"
