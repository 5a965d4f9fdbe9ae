"""Who leads the school hears by mail of who sees and changes everything from now on."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings

from kring.base import clock
from kring.notifications.channels import LaterError
from kring.notifications.tests.conftest import Server, waiting
from kring.office.telling import tell_leader
from kring.office.tests.arranging import SignIn, address, employed
from kring.office.tests.test_staff import NEW, answers, named, proposal
from kring.schools.models import Employment, TeachingAssignment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def send() -> None:
    for arguments in waiting(tell_leader):
        tell_leader(**arguments)


def readers() -> list[str]:
    """To whom a mail is on its way."""
    return sorted(arguments["reader"] for arguments in waiting(tell_leader))


def texts(mail: EmailMessage) -> list[str]:
    return [part.get_content() for part in mail.iter_parts()]


def give(cast: Cast, sign_in: SignIn, key: str, *roles: str, by: str = "principal") -> None:
    told = {"roles": roles, "sure": "on"}
    answer = sign_in(by).post(address(cast, "colleague", key), told)
    assert answer.status_code == 303


@pytest.mark.parametrize("role", ["principal", "administrator"])
def test_the_others_in_charge_get_a_mail_and_who_did_it_gets_none(
    cast: Cast, sign_in: SignIn, server: Server, role: str
) -> None:
    give(cast, sign_in, "teacher", "teacher", role)
    assert readers() == [str(cast.id("administrator"))]
    send()
    [mail] = server.taken
    assert mail["To"] == cast.administrator.email
    assert cast.teacher.name in mail["Subject"]
    assert cast.wilgenhoek.name in mail["From"]
    for text in texts(mail):
        assert cast.principal.name in text
        assert cast.administrator.first_name in text
        assert settings.ORIGIN + address(cast, "colleague", "teacher") in text
        assert "%(" not in text


def test_another_role_is_no_news(cast: Cast, sign_in: SignIn) -> None:
    give(cast, sign_in, "teacher", "teacher", "counselor")
    assert readers() == []


def test_a_role_that_was_held_already_is_no_news(cast: Cast, sign_in: SignIn) -> None:
    give(cast, sign_in, "principal", "principal", by="administrator")
    assert readers() == []


def test_who_is_invited_as_principal_or_said_yes_to_is_told_of_too(
    cast: Cast, sign_in: SignIn
) -> None:
    office = sign_in("principal")
    office.post(address(cast, "new_colleague"), NEW | {"roles": ["principal"], "sure": "on"})
    assert named(str(NEW["first_name"]))
    assert len(readers()) == 1
    row = proposal(cast, "Vries")
    yes: dict[str, Any] = answers(row, answer="yes", roles=["administrator"], sure="on")
    assert office.post(address(cast, "proposals"), yes).status_code == 303
    assert readers() == [str(cast.id("administrator"))] * 2


def test_only_who_leads_today_came_in_and_reads_mail_is_told(cast: Cast, sign_in: SignIn) -> None:
    left = clock.today() - timedelta(days=1)
    employed(cast, cast.id("aide"), "principal", ends_on=left)
    employed(cast, factories.person("Wacht").pk, "administrator")
    employed(cast, factories.person("Dicht", is_active=False, email="d@k.example").pk, "principal")
    nobody = factories.person("Zonder", username="zonder", joined_at=clock.now())
    employed(cast, nobody.pk, "principal")
    give(cast, sign_in, "teacher", "principal")
    assert readers() == [str(cast.id("administrator"))]


def test_who_leads_no_more_when_the_mail_goes_gets_none(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    give(cast, sign_in, "teacher", "principal")
    roles = {"roles": ["aide"], "sure": "on"}
    sign_in("principal").post(address(cast, "colleague", "administrator"), roles)
    send()
    assert server.taken == []


def test_a_mail_goes_in_the_language_of_its_reader(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    cast.change(cast.administrator, language="en")
    give(cast, sign_in, "teacher", "principal")
    send()
    assert server.taken[0]["Subject"].startswith(f"{cast.teacher.name} is now principal of")


def test_a_name_that_looks_like_markup_stays_a_name(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    cast.change(cast.teacher, first_name="<b>%(by)s&", last_name="%s")
    give(cast, sign_in, "teacher", "principal")
    send()
    plain, html = texts(server.taken[0])
    assert "<b>%(by)s& %s" in plain.replace(" Verhoeven", "")
    assert "<b>%(by)s" not in html


def test_a_server_that_is_away_is_tried_again_and_one_that_refuses_is_not(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    to = str(cast.administrator.email)
    give(cast, sign_in, "teacher", "principal")
    server.answers[to] = ["451 Try again later"]
    with pytest.raises(LaterError):
        send()
    send()
    server.answers[to] = ["550 No such mailbox"]
    send()
    assert len(server.taken) == 1
    send()
    assert len({mail["Message-ID"] for mail in server.taken}) == 1


def test_who_did_it_and_left_since_is_not_named(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    give(cast, sign_in, "teacher", "principal", by="administrator")
    with unlocked():
        Employment.objects.filter(user=cast.id("administrator")).delete()
    send()
    [mail] = server.taken
    assert mail["To"] == cast.principal.email
    assert cast.administrator.last_name not in mail.as_string()


def test_a_person_whom_the_school_does_not_know_any_more_is_no_news(
    cast: Cast, sign_in: SignIn, server: Server
) -> None:
    give(cast, sign_in, "teacher", "principal")
    with unlocked():
        Employment.objects.filter(user=cast.id("teacher")).delete()
        TeachingAssignment.objects.filter(user=cast.id("teacher")).delete()
    send()
    assert server.taken == []
