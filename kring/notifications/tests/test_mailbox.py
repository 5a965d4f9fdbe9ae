"""What came into the bounce mailbox is read once, and then thrown away: against a real server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from imaplib import IMAP4, Time2Internaldate
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.base import clock
from kring.feed.models import Post
from kring.notifications import answering, coming_back, mailbox, verp
from kring.notifications.models import Bounce, Reply
from kring.notifications.tests.coming_in import reply, report
from kring.notifications.tests.conftest import Server, deliveries, send_all, tell, waiting
from tests import dovecot, factories
from tests.cast import Cast
from tests.dovecot import Mailbox
from tests.unlocked import as_worker, unlocked

pytestmark = pytest.mark.skipif(
    dovecot.PROGRAM is None and "CI" not in os.environ, reason="Dovecot is not installed here"
)


class Box(NamedTuple):
    """A mailbox, and mails put into it and left in it."""

    at: Path
    box: Mailbox

    def put(self, *mails: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        moment = Time2Internaldate(at) if at else ""
        with dovecot.opened(self.box, self.at) as client:
            for mail in mails:
                assert client.append(folder, "", moment, mail)[0] == "OK"

    def left(self, folder: str = "INBOX") -> int:
        with dovecot.opened(self.box, self.at) as client:
            said, (count,) = client.select(folder)
            return int(count or 0) if said == "OK" else 0

    def empty(self) -> None:
        with dovecot.opened(self.box, self.at) as client:
            for folder in ("INBOX", mailbox.ASIDE, mailbox.FAILED):
                if client.select(folder)[1] not in ([b"0"], [None]) and client.state == "SELECTED":
                    client.store("1:*", "+FLAGS", r"(\Deleted)")
                    client.expunge()


@pytest.fixture(scope="module")
def running() -> Iterator[Box]:
    with (
        tempfile.TemporaryDirectory(prefix="kring-") as folder,
        dovecot.dovecot(Path(folder)) as box,
    ):
        yield Box(Path(folder), box)


@pytest.fixture
def box(running: Box, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setenv("SSL_CERT_FILE", str(running.at / "cert.pem"))
    settings.BOUNCE_ADDRESS = "bounce@kring.example"
    settings.BOUNCE_MAILBOX = running.box
    running.empty()
    return running


@pytest.fixture
def post(cast: Cast, server: Server) -> Post:
    made = cast.post("group_5", by="teacher")
    tell(made)
    send_all()
    return made


def tag_of(post: Post, person: User, kind: str = verp.DELIVERY) -> str:
    return verp.address_of(kind, deliveries(post)[person.pk].pk, str(person.email))


def answer_to(post: Post, person: User) -> str:
    """Where one answers: in sight of all who get the answer."""
    return tag_of(post, person, verp.DELIVERY + verp.FOR_ANSWERS)


def read() -> None:
    with as_worker():
        mailbox.read_the_mailbox(0)


def bounces() -> list[Bounce]:
    with unlocked():
        return list(Bounce.objects.order_by("created_at"))


def test_a_bounce_marks_its_address_and_stops_the_next_mail(
    cast: Cast, post: Post, box: Box
) -> None:
    box.put(report(tag_of(post, cast.mother)))
    read()
    (bounce,) = bounces()
    assert (bounce.person_id, bounce.is_hard, bounce.code) == (cast.mother.pk, True, "5.1.1")
    assert (box.left(), box.left(mailbox.ASIDE)) == (0, 0)
    again = cast.post("group_5", by="teacher")
    tell(again)
    assert cast.mother.pk not in deliveries(again)


def test_who_is_killed_after_the_commit_counts_nothing_twice(
    cast: Cast, post: Post, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(report(tag_of(post, cast.mother)))

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, as_worker():
        patched.setattr(mailbox, "_throw_away", killed)
        with pytest.raises(SystemExit):
            mailbox.read_the_mailbox(0)
    assert (len(bounces()), box.left()) == (1, 1)
    read()
    assert (len(bounces()), box.left()) == (1, 0)


def test_a_forged_bounce_marks_nothing_and_is_put_aside(cast: Cast, post: Post, box: Box) -> None:
    real, other = tag_of(post, cast.mother), tag_of(post, cast.co_parent)
    forged = real.replace(real.partition("@")[0][-10:], "a" * 10)
    stolen = real.replace(real.partition("@")[0][-10:], other.partition("@")[0][-10:])
    turned = answer_to(post, cast.mother).replace("+dr", "+d")
    unknown = (forged, stolen, turned, real.replace("+d", "+i"), "bounce@kring.example")
    box.put(*map(report, unknown))
    read()
    assert bounces() == []
    assert (box.left(), box.left(mailbox.ASIDE)) == (0, 5)


def test_a_reply_is_answered_once_and_its_words_are_kept_nowhere(
    cast: Cast, post: Post, box: Box, server: Server
) -> None:
    server.taken.clear()
    mine = answer_to(post, cast.mother)
    box.put(*(reply(mine, f"Ruth <{cast.mother.email}>", name) for name in ("one", "one", "two")))
    read()
    with unlocked():
        found = list(Reply.objects.all())
    assert [(one.person_id, bool(one.answered_at)) for one in found] == [(cast.mother.pk, True)]
    assert box.left() == 0
    for arguments in waiting(answering.answer):
        answering.answer(**arguments)
    answer = server.mail_to(cast.mother)
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "bounce" not in str(answer["From"])


def test_hostile_mails_harm_nobody_and_hold_up_nothing(cast: Cast, post: Post, box: Box) -> None:
    mine = tag_of(post, cast.mother)
    head = f"From: a@b.example\r\nTo: {mine}\r\n".encode()
    deep = "".join(
        f'Content-Type: multipart/mixed; boundary="b{one}"\r\n\r\n--b{one}\r\n'
        for one in range(3_000)
    )
    box.put(
        head
        + b"Subject: =?nonsense?Q?=FF=FE?=\r\nContent-Type: text/plain; charset=bogus\r\n\r\n\xff",
        head + b"MIME-Version: 1.0\r\n" + deep.encode(),
        b"\r\n",
        b"\x00\xff\xfe" * 1000,
        report(mine).replace(b"Status: 5.1.1", b"Status: " + b"9" * 100_000),
        report(tag_of(post, cast.co_parent)),
    )
    read()
    assert cast.co_parent.pk in {one.person_id for one in bounces()}
    assert box.left() == 0


@pytest.fixture
def odd(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A mail that fails whenever it is taken in."""

    def fails(_mail_id: UUID) -> None:
        raise LookupError

    monkeypatch.setitem(coming_back.finders, "x", fails)
    return report(verp.address_of("x", UUID(int=1), str(cast.mother.email)))


def test_one_that_cannot_be_handled_holds_up_no_other_and_is_put_aside_the_second_time(
    cast: Cast, post: Post, box: Box, odd: bytes
) -> None:
    box.put(odd, report(tag_of(post, cast.mother)))
    read()
    assert (len(bounces()), box.left(), box.left(mailbox.FAILED)) == (1, 1, 0)
    read()
    assert (box.left(), box.left(mailbox.FAILED)) == (0, 1)


def test_a_head_of_mails_that_fail_never_fills_a_run(
    cast: Cast, post: Post, box: Box, odd: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST", 3)
    box.put(odd, odd, odd, report(tag_of(post, cast.mother)))
    read()
    assert (bounces(), box.left()) == ([], 4)
    read()
    assert [one.person_id for one in bounces()] == [cast.mother.pk]


def test_where_nothing_can_be_put_aside_the_others_are_read_all_the_same(
    cast: Cast, post: Post, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST", 2)
    monkeypatch.setattr(mailbox, "ASIDE", "no/such/../folder")  # the server says no
    box.put(b"To: bounce@kring.example\r\n\r\nx", b"\r\n", report(tag_of(post, cast.mother)))
    for _ in range(2):
        read()
    assert [one.person_id for one in bounces()] == [cast.mother.pk]
    assert box.left() == 2


def test_a_connection_that_ends_ends_the_run(
    cast: Cast, post: Post, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(report(tag_of(post, cast.mother)))

    def ends(*_: object) -> bytes:
        raise IMAP4.abort

    with monkeypatch.context() as patched:
        patched.setattr(mailbox, "_content", ends)
        read()
    assert (bounces(), box.left()) == ([], 1)
    read()
    assert len(bounces()) == 1


@pytest.mark.django_db
def test_what_lies_aside_is_deleted_after_its_term_and_when_it_is_too_much(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(b"To: bounce@kring.example\r\n\r\nx")
    read()
    for days in (29, 40, 400):
        box.put(b"\r\n", folder=mailbox.ASIDE, at=clock.now() - timedelta(days=days))
    assert box.left(mailbox.ASIDE) == 4
    read()
    assert box.left(mailbox.ASIDE) == 2
    monkeypatch.setattr(mailbox, "MOST_ASIDE", 1)
    read()
    assert box.left(mailbox.ASIDE) == 1


def test_who_sees_an_answer_can_silence_nobody(cast: Cast, post: Post, box: Box) -> None:
    """The address to answer to goes along with the answer: it says nothing of a mailbox."""
    box.put(report(answer_to(post, cast.mother)))
    read()
    assert (bounces(), box.left(), box.left(mailbox.ASIDE)) == ([], 0, 0)


def test_a_mail_of_long_ago_does_not_come_back(cast: Cast, post: Post, box: Box) -> None:
    old = clock.now() - coming_back.COMES_BACK_WITHIN - timedelta(minutes=1)
    cast.change(deliveries(post)[cast.mother.pk], done_at=old)
    box.put(report(tag_of(post, cast.mother)))
    read()
    assert (bounces(), box.left()) == ([], 0)


def test_the_envelope_s_own_address_takes_answers_too(cast: Cast, post: Post, box: Box) -> None:
    box.put(reply(tag_of(post, cast.mother), str(cast.mother.email)))
    read()
    with unlocked():
        assert Reply.objects.count() == 1


def test_of_what_strangers_answer_nothing_is_kept(cast: Cast, post: Post, box: Box) -> None:
    mine = answer_to(post, cast.mother)
    box.put(*(reply(mine, f"{one}@x.example", name=str(one)) for one in range(5)))
    read()
    with unlocked():
        assert not Reply.objects.exists()
    assert box.left() == 0


def test_one_message_to_the_addresses_of_two_schools_is_an_answer_to_each(
    cast: Cast, post: Post, box: Box
) -> None:
    other = factories.delivery(
        factories.notification(cast.post("vijver", by="aftercare"), cast.id("mother"))
    )
    email = str(cast.mother.email)
    theirs = verp.address_of(verp.DELIVERY + verp.FOR_ANSWERS, other.pk, email)
    box.put(reply(answer_to(post, cast.mother), email), reply(theirs, email))
    read()
    with unlocked():
        schools = set(Reply.objects.values_list("school", flat=True))
    assert schools == {cast.id("wilgenhoek"), cast.id("vijver")}
    assert box.left() == 0


def test_only_the_beginning_of_a_large_mail_is_read(cast: Cast, post: Post, box: Box) -> None:
    mail = report(tag_of(post, cast.mother)).replace(
        b"Text", b"x" * 76 + b"\r\n" + b"y" * 25_000_000
    )
    box.put(mail)
    read()
    assert [one.person_id for one in bounces()] == [cast.mother.pk]
    assert box.left() == 0


def test_a_run_takes_a_bounded_number(
    cast: Cast, post: Post, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST", 2)
    box.put(*(report(tag_of(post, cast.mother), name=str(one)) for one in range(3)))
    read()
    assert box.left() == 1
    monkeypatch.setattr(mailbox, "LONGEST", -1.0)
    read()
    assert box.left() == 1


def test_a_mailbox_that_is_away_or_refuses_is_read_the_next_time(
    cast: Cast, post: Post, box: Box, settings: Settings
) -> None:
    box.put(report(tag_of(post, cast.mother)))
    for wrong in (
        {"password": "wrong"},
        {"port": 1},
        {"folder": "Nowhere"},
    ):
        settings.BOUNCE_MAILBOX = box.box._replace(**wrong)
        read()
    settings.BOUNCE_MAILBOX = None
    read()
    assert (bounces(), box.left()) == ([], 1)


def test_a_server_whose_certificate_is_unknown_gets_no_password(
    post: Post, cast: Cast, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(report(tag_of(post, cast.mother)))
    monkeypatch.delenv("SSL_CERT_FILE")
    read()
    assert (bounces(), box.left()) == ([], 1)
