"""The first person of a real server."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from kring.accounts.models import User
from kring.schools.inviting import invite
from kring.schools.models import Employment, School
from tests.cast import Cast
from tests.unlocked import unlocked

ADDRESS = "corine@school.example"


def test_the_first_person_makes_the_school_and_gets_a_mail(cast: Cast) -> None:
    with unlocked():
        said = invite(school="De Regenboog", role="administrator", address=ADDRESS)
        job = Employment.objects.get(user__email=ADDRESS)
        assert (job.school.name, job.role) == ("De Regenboog", "administrator")
    assert "De Regenboog" in said
    assert ADDRESS in said
    [letter] = mail.outbox
    assert letter.to == [ADDRESS]
    assert "De Regenboog" in letter.subject
    assert isinstance(letter, EmailMultiAlternatives)
    assert letter.alternatives


def test_a_second_invitation_changes_nothing_but_mails_again(cast: Cast) -> None:
    with unlocked():
        for _ in range(2):
            invite(school="de wilgenhoek", role="administrator", address=ADDRESS.upper())
        assert School.objects.filter(name__iexact="de wilgenhoek").count() == 1
        assert Employment.objects.get(user__email=ADDRESS).school_id == cast.id("wilgenhoek")
        assert User.objects.filter(email=ADDRESS).count() == 1
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("school", "role", "address"),
    [
        ("De Regenboog", "administrator", "geen adres"),
        ("De Regenboog", "koning", ADDRESS),
        ("  ", "administrator", ADDRESS),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    cast: Cast,
    school: str,
    role: str,
    address: str,
) -> None:
    with unlocked():
        before = School.objects.count()
        with pytest.raises(ValueError, match=r"\.$"):
            invite(school=school, role=role, address=address)
        assert School.objects.count() == before
    assert not mail.outbox


def test_an_after_school_care_is_made_under_the_board_of_its_school(cast: Cast) -> None:
    care = {"school": "BSO De Plas", "role": "administrator", "address": ADDRESS}
    with unlocked():
        for _ in range(2):
            invite(**care, kind="aftercare", board_of="de wilgenhoek")
        made = School.objects.get(name="BSO De Plas")
        school = School.objects.get(pk=cast.id("wilgenhoek"))
        assert (made.kind, made.board_id) == (School.Kind.AFTERCARE, school.board_id)
        for wrong in ({"kind": "school"}, {"board_of": "Het Kompas"}, {"board_of": "Nergens"}):
            with pytest.raises(ValueError, match=r"\.$"):
                invite(**care, **wrong)
        assert School.objects.get(name="BSO De Plas").kind == School.Kind.AFTERCARE
    assert len(mail.outbox) == 2


def test_who_was_invited_can_sign_in_by_code(cast: Cast, client: Client) -> None:
    with unlocked():
        invite(school="De Regenboog", role="administrator", address=ADDRESS)
    client.post(reverse("account_login"), {"email": ADDRESS})
    assert mail.outbox[-1].to == [ADDRESS]
    assert "code" in mail.outbox[-1].subject.lower()
