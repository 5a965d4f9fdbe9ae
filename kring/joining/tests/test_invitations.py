"""Invitations by mail: sent once, opened by their link only, accepted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.signing import Signer
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining import invitations
from kring.joining.jobs import invite_many, send_invitation, take_up_the_left
from kring.joining.models import SIGNER, ConnectedError, Invitation
from kring.notifications import coming_back, reading, verp
from kring.notifications.channels import LaterError
from kring.notifications.tests.coming_in import report
from kring.notifications.tests.conftest import Server, mailers_at, waiting
from tests import factories
from tests.cast import Cast
from tests.unlocked import as_worker, unlocked

ADDRESS = "anneke@huis.example"
BUSY, UNKNOWN = "451 Try again later", "550 No such mailbox"
GUARDIAN = Invitation.Kind.GUARDIAN


@pytest.fixture
def card(cast: Cast) -> User:
    """A mother whom the school knows of, and who has no account."""
    child = factories.student(cast.wilgenhoek.pk, "Puck")
    factories.enrolled(child, cast.group_5.pk)
    made = factories.person("Anneke")
    factories.guarded(child, made.pk, email=ADDRESS)
    return made


@pytest.fixture
def invited(card: User, viewer: Callable[[str], Viewer]) -> Invitation:
    return invite(card, viewer("administrator"))


def invite(card: User, by: Viewer, email: str = ADDRESS) -> Invitation:
    with seen_by(by):
        [school_id] = by.ids("leads", "administers")
        return invitations.invite(card, school_id=school_id, kind=GUARDIAN, email=email, by=by)


def now(invitation: Invitation) -> Invitation:
    """As it stands in the table."""
    with unlocked():
        return Invitation.objects.get(pk=invitation.pk)


def change(invitation: Invitation, **fields: object) -> None:
    with unlocked():
        Invitation.objects.filter(pk=invitation.pk).update(**fields)


def send() -> None:
    """Run every job that waits to send an invitation."""
    for arguments in waiting(send_invitation):
        send_invitation(**arguments)


def audited(invitation: Invitation) -> list[str]:
    with unlocked():
        entries = AuditEntry.objects.filter(subject_id=invitation.pk).order_by("created_at")
        return [entry.verb for entry in entries]


# ── the mail ─────────────────────────────────────────────────────────────────
def test_a_mail_goes_on_behalf_of_the_school(
    cast: Cast, invited: Invitation, server: Server
) -> None:
    send()
    [mail] = server.taken
    assert mail["To"] == ADDRESS
    assert cast.wilgenhoek.name in mail["Subject"]
    assert cast.wilgenhoek.name in mail["From"]
    assert "<kring@localhost>" in mail["From"]  # the address that this server may send from
    link = f"{settings.ORIGIN}/join/mail/{invitations.token_of(invited)}/"
    plain, html = mail.iter_parts()
    for part in (plain, html):
        assert link in part.get_content()
        assert "Anneke" in part.get_content()
        assert "Puck" not in part.get_content()  # of whom it is, only its own reader may know
    assert now(invited).sent_at
    assert now(invited).failed_at is None


def test_each_gets_the_mail_in_the_own_language(
    cast: Cast, card: User, server: Server, viewer: Callable[[str], Viewer]
) -> None:
    cast.change(card, language="en")
    card.refresh_from_db()
    invite(card, viewer("administrator"))
    send()
    [mail] = server.taken
    assert "invites you to Kring" in mail["Subject"]


def test_the_link_never_comes_from_a_forged_host(
    cast: Cast, card: User, server: Server, sign_in: Callable[[str], Client]
) -> None:
    office = sign_in("administrator")
    address = reverse("inviting:invitations", args=[cast.wilgenhoek.pk])
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    refused = office.post(address, {"whom": "group", "group": cast.group_5.pk}, headers=forged)
    assert refused.status_code == 400
    [only_forwarded] = [{"X-Forwarded-Host": "evil.example"}]
    office.post(address, {"whom": "group", "group": cast.group_5.pk}, headers=only_forwarded)
    for arguments in waiting(invite_many):
        invite_many(**arguments)
    send()
    mail = next(mail for mail in server.taken if mail["To"] == ADDRESS)
    assert "evil.example" not in mail.as_string()
    plain = mail.get_body(("plain",))
    assert plain
    assert f"{settings.ORIGIN}/join/mail/" in plain.get_content()


def test_a_job_that_runs_twice_sends_one_mail(invited: Invitation, server: Server) -> None:
    send()
    send()
    assert len(server.taken) == 1


def test_a_mail_that_may_have_gone_already_has_the_same_message_id(
    invited: Invitation, server: Server
) -> None:
    """As after a kill between sending and marking."""
    send()
    change(invited, sent_at=None)
    send()
    first, second = server.taken
    host = urlsplit(settings.ORIGIN).hostname
    assert first["Message-ID"] == second["Message-ID"] == f"<{invited.pk}.1@{host}>"


def test_an_address_that_is_refused_for_good_is_noted(invited: Invitation, server: Server) -> None:
    server.answers[ADDRESS] = [UNKNOWN]
    send()
    assert server.taken == []
    assert now(invited).failed_at
    assert now(invited).sent_at is None
    send()
    assert server.taken == []  # not tried again by itself


@pytest.mark.parametrize(
    ("behind", "days", "fails"), [("", 1, True), ("r", 1, False), ("", 15, False)]
)
def test_only_what_comes_back_to_the_envelope_and_soon_says_that_it_failed(
    invited: Invitation, server: Server, settings: Settings, behind: str, days: int, *, fails: bool
) -> None:
    """The address to answer to is passed on with every answer."""
    settings.BOUNCE_ADDRESS = "bounce@kring.example"
    send()
    change(invited, sent_at=clock.now() - timedelta(days=days))
    came = report(verp.address_of(verp.INVITATION + behind, invited.pk, ADDRESS))
    with as_worker():
        found = reading.read(came)
        assert found
        assert coming_back.take_in(found)
    assert bool(now(invited).failed_at) == fails


def test_a_server_that_is_busy_is_tried_again(invited: Invitation, server: Server) -> None:
    server.answers[ADDRESS] = [BUSY]
    with pytest.raises(LaterError):
        send()
    assert now(invited).failed_at is None
    send()
    assert len(server.taken) == 1


def test_a_server_that_is_away_loses_nothing(
    invited: Invitation, server: Server, settings: Settings
) -> None:
    there, settings.MAILERS = settings.MAILERS, mailers_at(1)
    with pytest.raises((OSError, SMTPException)):
        send()
    assert now(invited).sent_at is None
    settings.MAILERS = there
    send()
    assert now(invited).sent_at


def test_what_no_job_will_send_is_taken_up_later(invited: Invitation, server: Server) -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with as_worker():
        take_up_the_left(timestamp=0)
    assert waiting(send_invitation) == []  # younger than an hour: its job may be in the making
    change(invited, expires_at=invited.expires_at - timedelta(hours=2))
    with as_worker():
        take_up_the_left(timestamp=0)
        take_up_the_left(timestamp=0)
    assert len(waiting(send_invitation)) == 1
    send()
    assert len(server.taken) == 1


# ── the link ─────────────────────────────────────────────────────────────────
def test_the_link_says_who_is_invited(cast: Cast, card: User, invited: Invitation) -> None:
    found = invitations.opened(invitations.token_of(invited))
    assert found
    assert (found.invitation_id, found.school_id) == (invited.pk, cast.wilgenhoek.pk)
    assert (found.card_id, found.email, found.kind) == (card.pk, ADDRESS, "guardian")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "\x00",
        f"{uuid4().hex}.1:{'A' * 43}",
        Signer(salt="another").sign(f"{uuid4().hex}.1"),
        SIGNER.sign(f"{uuid4().hex}.1"),  # of an invitation that was thrown away
    ],
    ids=["none", "a letter", "dots", "a null", "made up", "of another kind", "thrown away"],
)
def test_a_link_that_is_not_ours_opens_nothing(cast: Cast, token: str) -> None:
    assert invitations.opened(token) is None


def test_sent_again_the_older_link_is_dead(
    invited: Invitation, server: Server, viewer: Callable[[str], Viewer]
) -> None:
    send()
    older = invitations.token_of(invited)
    by = viewer("principal")
    with seen_by(by):
        again = invitations.resend(invited, by=by)
    assert again
    assert invitations.opened(older) is None
    assert invitations.opened(invitations.token_of(again))
    send()
    first, second = server.taken
    assert first["Message-ID"] != second["Message-ID"]
    assert audited(invited) == ["invitation.sent", "invitation.sent"]


def test_taken_back_it_opens_nothing_and_is_not_sent(
    invited: Invitation, server: Server, viewer: Callable[[str], Viewer]
) -> None:
    by = viewer("administrator")
    with seen_by(by):
        assert invitations.revoke(invited, by=by)
        assert not invitations.revoke(invited, by=by)
    assert invitations.opened(invitations.token_of(invited)) is None
    send()
    assert server.taken == []
    assert audited(invited) == ["invitation.sent", "invitation.revoked"]


def test_after_fourteen_days_it_opens_nothing(invited: Invitation) -> None:
    assert abs(invited.expires_at - clock.now() - timedelta(days=14)) < timedelta(minutes=1)
    change(invited, expires_at=clock.now() - timedelta(minutes=5))  # now() is of the transaction
    assert invitations.opened(invitations.token_of(invited)) is None


def test_it_is_accepted_once(cast: Cast, card: User, invited: Invitation) -> None:
    found = invitations.opened(invitations.token_of(invited))
    assert found
    assert invitations.accept(found, user_id=card.pk)
    assert not invitations.accept(found, user_id=cast.id("operator"))
    assert now(invited).accepted_by_id == card.pk
    assert invitations.opened(invitations.token_of(invited)) is None
    assert audited(invited) == ["invitation.sent", "invitation.accepted"]


def test_who_opened_a_link_that_was_sent_again_meanwhile_accepts_nothing(
    card: User, invited: Invitation, viewer: Callable[[str], Viewer]
) -> None:
    found = invitations.opened(invitations.token_of(invited))
    assert found
    by = viewer("administrator")
    with seen_by(by):
        invitations.resend(invited, by=by)
    assert not invitations.accept(found, user_id=card.pk)


# ── who invites ──────────────────────────────────────────────────────────────
def test_inviting_twice_sends_a_new_mail_to_the_new_address(
    card: User, invited: Invitation, viewer: Callable[[str], Viewer]
) -> None:
    change(invited, failed_at=clock.now())
    again = invite(card, viewer("principal"), "goed@huis.example")
    assert (now(again).email, now(again).failed_at) == ("goed@huis.example", None)
    assert now(invited).email == ADDRESS
    assert now(invited).revoked_at
    assert audited(invited) == ["invitation.sent", "invitation.revoked"]


def test_who_has_an_account_is_not_invited(cast: Cast, viewer: Callable[[str], Viewer]) -> None:
    with pytest.raises(ConnectedError):
        invite(cast.mother, viewer("administrator"))


def test_a_teacher_invites_nobody(cast: Cast, card: User, viewer: Callable[[str], Viewer]) -> None:
    by = viewer("teacher")
    with pytest.raises(DatabaseError, match="row-level security"), seen_by(by):
        invitations.invite(card, school_id=cast.wilgenhoek.pk, kind=GUARDIAN, email=ADDRESS, by=by)


def test_only_the_web_outside_any_block_opens_a_link(
    invited: Invitation, viewer: Callable[[str], Viewer]
) -> None:
    token = invitations.token_of(invited)
    with as_worker(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        invitations.opened(token)
    by = viewer("administrator")
    with seen_by(by), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        invitations.opened(token)


def test_a_whole_group_is_invited_once_each(
    cast: Cast, card: User, server: Server, viewer: Callable[[str], Viewer]
) -> None:
    sibling = factories.student(cast.wilgenhoek.pk, "Roos")
    factories.enrolled(sibling, cast.group_5.pk)
    factories.guarded(sibling, card.pk, email=ADDRESS)
    told: dict[str, Any] = {
        "school_id": str(cast.wilgenhoek.pk),
        "school": str(cast.wilgenhoek.pk),
        "group": str(cast.group_5.pk),
        "person": str(cast.id("administrator")),
        "fetchers": False,
    }
    invite_many(**told)
    invite_many(**told)
    send()
    assert [mail["To"] for mail in server.taken].count(ADDRESS) == 1
    assert len(server.taken) == len(set(server.reached))
    with unlocked():
        made = Invitation.objects.get(person=card)
    assert made.invited_by_id == cast.id("administrator")
    with unlocked():
        assert AuditEntry.objects.get(subject_id=made.pk).actor_id == cast.id("administrator")
