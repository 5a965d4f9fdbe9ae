"""What came into the bounce mailbox is read once, and then thrown away: against a real server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.feed.models import Post
from kring.notifications import answering, coming_back, mailbox, verp
from kring.notifications.models import Bounce, Reply
from kring.notifications.tests.coming_in import reply, report
from kring.notifications.tests.conftest import Server, deliveries, send_all, tell, waiting
from tests import dovecot
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

    def put(self, *mails: bytes) -> None:
        with dovecot.opened(self.box, self.at) as client:
            for mail in mails:
                assert client.append("INBOX", "", "", mail)[0] == "OK"

    def left(self, folder: str = "INBOX") -> int:
        with dovecot.opened(self.box, self.at) as client:
            said, (count,) = client.select(folder)
            return int(count or 0) if said == "OK" else 0

    def empty(self) -> None:
        with dovecot.opened(self.box, self.at) as client:
            for folder in ("INBOX", mailbox.ASIDE):
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


def tag_of(post: Post, person: User) -> str:
    return verp.address_of(verp.DELIVERY, deliveries(post)[person.pk].pk, str(person.email))


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
    box.put(*map(report, (forged, stolen, real.replace("+d", "+i"), "bounce@kring.example")))
    read()
    assert bounces() == []
    assert (box.left(), box.left(mailbox.ASIDE)) == (0, 4)


def test_a_reply_is_answered_once_and_its_words_are_kept_nowhere(
    cast: Cast, post: Post, box: Box, server: Server
) -> None:
    server.taken.clear()
    mine = tag_of(post, cast.mother)
    box.put(*(reply(mine, f"Ruth <{cast.mother.email}>", name) for name in ("one", "one", "two")))
    read()
    with unlocked():
        found = list(Reply.objects.all())
    assert len(found) == 2
    assert {one.person_id for one in found} == {cast.mother.pk}
    assert sum(bool(one.answered_at) for one in found) == 1
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


def test_one_that_cannot_be_handled_holds_up_no_other(
    cast: Cast, post: Post, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_mail_id: UUID) -> None:
        raise LookupError

    monkeypatch.setitem(coming_back.finders, "x", fails)
    odd = verp.address_of("x", UUID(int=1), str(cast.mother.email))
    box.put(report(odd), report(tag_of(post, cast.mother)))
    read()
    assert (len(bounces()), box.left()) == (1, 1)


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
