"""Stopping mails with one click (RFC 8058): at once, for whoever holds the link, and no further."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import policy
from io import StringIO
from logging import StreamHandler, getLogger
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from kring.base import mail
from kring.notifications import stopping
from kring.notifications.kinds import MAIL, Kind
from kring.notifications.models import Preference
from kring.notifications.tests.conftest import Server, send_all, tell
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
NAMES = ("Fatima", "Amrani", "mother@", "Sam", "Noor", "Wilgenhoek")


def link(cast: Cast, key: str = "mother", kind: str = Kind.GROUP) -> str:
    return urlsplit(stopping.address_of(cast.id(key), kind)).path


def stopped(cast: Cast, key: str = "mother") -> dict[str, bool]:
    with unlocked():
        rows = Preference.objects.filter(person=cast.id(key), channel=MAIL)
        return dict(rows.values_list("kind", "wanted"))


@pytest.fixture
def mail_program() -> Client:
    """Posts by itself: no cookies, no token of a form, no referrer."""
    return Client(enforce_csrf_checks=True)


def test_one_click_stops_that_kind_at_once(
    cast: Cast, mail_program: Client, server: Server
) -> None:
    answer = mail_program.post(link(cast), ONE_CLICK)
    assert answer.status_code == 200
    assert not answer.cookies
    assert stopped(cast) == {"group": False}
    tell(cast.post("group_5", by="teacher"))
    tell(cast.post("wilgenhoek", by="principal"))
    send_all()
    assert server.reached.count(cast.mother.email) == 1  # of the school


def test_it_works_as_mail_programs_send_it(cast: Cast, mail_program: Client) -> None:
    answer = mail_program.generic(
        "POST", link(cast), "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
    )
    assert (answer.status_code, stopped(cast)) == (200, {"group": False})


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(cast: Cast, mail_program: Client, method: str) -> None:
    answer = getattr(mail_program, method)(link(cast))
    assert answer.status_code == 200
    assert not answer.cookies
    assert stopped(cast) == {}


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_ways_of_asking_are_refused(cast: Cast, mail_program: Client, method: str) -> None:
    assert getattr(mail_program, method)(link(cast)).status_code == 405
    assert stopped(cast) == {}


def test_what_waited_to_be_sent_does_not_go_any_more(
    cast: Cast, mail_program: Client, server: Server
) -> None:
    tell(cast.post("group_5", by="teacher"))
    mail_program.post(link(cast), ONE_CLICK)
    send_all()
    assert cast.mother.email not in server.reached
    assert cast.co_parent.email in server.reached


def test_twice_is_once_and_undo_is_undo(cast: Cast, mail_program: Client) -> None:
    undo = undo_on(pressed(cast, mail_program))
    assert undo
    assert undo_on(pressed(cast, mail_program)) is None
    assert stopped(cast) == {"group": False}
    page = mail_program.post(link(cast), {"again": undo}).content.decode()
    assert stopped(cast) == {"group": True}
    assert "Je krijgt ze weer" in page
    mail_program.post(link(cast), ONE_CLICK)
    assert stopped(cast) == {"group": False}


def pressed(cast: Cast, mail_program: Client) -> str:
    return mail_program.post(link(cast), ONE_CLICK).content.decode()


def undo_on(page: str) -> str | None:
    found = re.search(r'name="again" value="([^"]+)"', page)
    return found and found[1]


@pytest.mark.parametrize("why", ["too late", "made up", "of another kind", "of somebody else"])
def test_who_holds_the_link_alone_turns_nothing_on(
    cast: Cast, mail_program: Client, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    told = {
        "too late": stopping.undo_of(cast.id("mother"), Kind.GROUP),
        "made up": "yes",
        "of another kind": stopping.undo_of(cast.id("mother"), Kind.SCHOOL),
        "of somebody else": stopping.undo_of(cast.id("co_parent"), Kind.GROUP),
    }[why]
    mail_program.post(link(cast), ONE_CLICK)
    if why == "too late":
        monkeypatch.setattr(stopping, "UNDONE_WITHIN", timedelta(seconds=-1))
    page = mail_program.post(link(cast), {"again": told}).content.decode()
    assert stopped(cast) == {"group": False}
    assert reverse("notifications:settings") in page
    assert not any(name in page for name in NAMES)


def test_the_pages_say_what_stops_and_what_still_comes_and_name_nobody(
    cast: Cast, mail_program: Client
) -> None:
    before = mail_program.get(link(cast)).content.decode()
    after = mail_program.post(link(cast), ONE_CLICK).content.decode()
    for page in (before, after):
        assert "Berichten van de groep" in page
        assert "poedbericht" in page
        assert re.search("In Kring vind je (nog steeds alles|alles nog)", page)
        assert not any(name in page for name in NAMES)
    assert reverse("notifications:settings") in after
    assert "Terugdraaien" in after


def test_a_page_that_somebody_else_is_signed_in_for_shows_nothing_of_her(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    page = sign_in("teacher").post(link(cast), ONE_CLICK).content.decode()
    assert "Verhoeven" not in page
    assert reverse("home:more") not in page
    assert (stopped(cast), stopped(cast, "teacher")) == ({"group": False}, {})


SOMEBODY = "0" * 32
FORGED = {
    "a letter": "x",
    "no signature": "mother.group:",
    "a wrong signature": f"{SOMEBODY}.group:{'A' * 43}",
    "of another purpose": Signer(salt="another").sign(f"{SOMEBODY}.group"),
    "of an old key": Signer(key="old", salt=stopping.SIGNER.salt).sign(f"{SOMEBODY}.group"),
    "of no kind": stopping.SIGNER.sign(f"{SOMEBODY}.gossip"),
    "of what has no switch": stopping.SIGNER.sign(f"{SOMEBODY}.own"),
    "of nobody": stopping.SIGNER.sign("nobody.group"),
    "too little": stopping.SIGNER.sign(SOMEBODY),
    "too much": stopping.SIGNER.sign(f"{SOMEBODY}.group.school"),
    "letters of elsewhere": "é" * 40,
    "very long": "A" * 3000,
    "nothing that can be shown": "\x00",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_none_of_ours_is_not_found(
    cast: Cast, mail_program: Client, token: str, method: str
) -> None:
    answer = getattr(mail_program, method)(reverse("notifications:stop", args=[token]))
    assert answer.status_code == 404
    assert "Hier is niets" in answer.content.decode()


def test_the_link_of_one_kind_stops_no_other_and_of_one_person_nobody_else(
    cast: Cast, mail_program: Client
) -> None:
    mine, other = link(cast, "mother"), link(cast, "co_parent")
    body, signature = mine.split(":")[0], other.split(":")[1]
    assert mail_program.post(f"{body}:{signature}").status_code == 404
    assert mail_program.post(mine.replace(".group:", ".school:")).status_code == 404
    assert stopped(cast) == stopped(cast, "co_parent") == {}


def test_of_a_closed_account_and_of_one_that_is_gone_the_page_says_the_same(
    cast: Cast, mail_program: Client
) -> None:
    usual = said(mail_program.post(link(cast, "co_parent"), ONE_CLICK).content.decode())
    cast.change(cast.mother, is_active=False)
    assert said(mail_program.post(link(cast), ONE_CLICK).content.decode()) == usual
    gone = urlsplit(stopping.address_of(uuid4(), Kind.GROUP)).path
    answer = mail_program.post(gone, ONE_CLICK)
    assert (answer.status_code, said(answer.content.decode())) == (200, usual)


def said(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page.partition("<main")[2])


def test_pressing_without_end_is_stopped_for_that_link_alone(
    cast: Cast, mail_program: Client
) -> None:
    answers = {mail_program.post(link(cast), ONE_CLICK).status_code for _ in range(40)}
    assert answers == {200, 429}
    assert stopped(cast) == {"group": False}
    assert mail_program.get(link(cast)).status_code == 200
    assert mail_program.post(link(cast, "co_parent"), ONE_CLICK).status_code == 200
    assert mail_program.post(link(cast, kind=Kind.SCHOOL), ONE_CLICK).status_code == 200


def test_no_token_comes_into_a_log(
    cast: Cast, mail_program: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """Django writes down the addresses that it refuses; whoever reads that could press."""
    address = link(cast)
    token = address.rstrip("/").rpartition("/")[2]
    written = StringIO()
    handler = StreamHandler(written)
    ours = (one.formatter for one in getLogger().handlers)
    handler.setFormatter(next(one for one in ours if isinstance(one, ProcessorFormatter)))
    getLogger().addHandler(handler)
    try:
        mail_program.get(address)
        mail_program.post(address, ONE_CLICK)
        mail_program.put(address)
        mail_program.get(address.replace(".group:", ".school:"))
        mail_program.get(address[:-3])
    finally:
        getLogger().removeHandler(handler)
    logged = written.getvalue() + "".join(capsys.readouterr())
    assert "Method Not Allowed" in logged
    assert token not in logged
    assert cast.id("mother").hex not in logged
    for line in written.getvalue().splitlines():
        json.loads(line)


def test_the_mail_carries_the_link_at_its_foot_and_in_its_head(
    cast: Cast, mail_program: Client, server: Server
) -> None:
    tell(cast.post("group_5", by="teacher"))
    send_all()
    came = server.mail_to(cast.mother)
    address = str(came["List-Unsubscribe"]).strip("<>")
    assert came["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = came.get_body((kind,))
        assert body
        text = str(body.get_content())
        assert address in text
        assert "/notifications/settings/" in text
    assert mail_program.post(urlsplit(address).path, ONE_CLICK).status_code == 200
    assert stopped(cast) == {"group": False}


def test_the_link_in_its_head_stands_in_one_line_and_is_never_encoded(cast: Cast) -> None:
    told = stopping.headers(cast.id("mother"), Kind.GROUP)
    written = mail.letter("mail/digest", to="ruth@kring.example", stop="")
    written.extra_headers |= told
    raw = written.message(policy=policy.SMTP).as_bytes()
    assert f"\r\nList-Unsubscribe: {told['List-Unsubscribe']}\r\n".encode() in raw


def test_a_link_with_a_line_of_its_own_never_goes_out() -> None:
    written = mail.letter("mail/digest", to="ruth@kring.example", stop="")
    written.extra_headers["List-Unsubscribe"] = "<https://kring.example/>\nBcc: all@kring.example"
    with pytest.raises(ValueError, match="linefeed"):
        written.message(policy=policy.SMTP)


def test_a_mail_that_must_arrive_has_no_such_link(cast: Cast, server: Server) -> None:
    tell(cast.post("group_5", by="teacher", is_urgent=True))
    send_all()
    came = server.mail_to(cast.mother)
    assert came["List-Unsubscribe"] is None
    assert "/notifications/stop/" not in str(came)


def test_two_clicks_at_the_same_moment_leave_one_row(own_database: Urls) -> None:
    cast = Cast()
    address = link(cast)

    def press(_: int) -> int:
        try:
            return Client().post(address, ONE_CLICK).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(8))) == {200}
    assert stopped(cast) == {"group": False}
