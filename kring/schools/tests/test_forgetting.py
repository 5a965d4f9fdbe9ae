"""Who works at two schools and lost every second step: the operator of the server helps."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from kring.events.models import AuditEntry
from kring.schools.forgetting import forget_factors
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked


def test_it_stands_in_the_trail_of_each_school_and_the_person_hears(cast: Cast) -> None:
    work = {"school": cast.kompas, "user": cast.teacher, "role": "aide"}
    factories.made(Employment(starts_on="2020-01-01", **work))
    with unlocked():
        kind = Authenticator.Type.TOTP
        Authenticator.objects.create(user=cast.teacher, type=kind, data={"secret": "", "used": 0})
        said = forget_factors(cast.teacher.email.upper())
        assert not Authenticator.objects.filter(user=cast.teacher).exists()
        lines = AuditEntry.objects.filter(verb="person.factors_forgotten")
        assert {line.school_id for line in lines} == {cast.id("wilgenhoek"), cast.id("kompas")}
        assert {(line.actor_id, line.person_id) for line in lines} == {(None, cast.teacher.pk)}
    assert cast.teacher.email.upper() in said
    [letter] = mail.outbox
    assert letter.to == [cast.teacher.email]


def test_a_substitute_without_employment_is_helped_too(cast: Cast) -> None:
    with unlocked():
        forget_factors(cast.substitute_today.email)
        [line] = AuditEntry.objects.filter(verb="person.factors_forgotten")
    assert line.school_id == cast.id("wilgenhoek")


def test_an_address_of_nobody_is_said(cast: Cast) -> None:
    with unlocked(), pytest.raises(ValueError, match=r"nobody@kring\.example"):
        forget_factors("nobody@kring.example")
