import re
from collections.abc import Callable

import pytest
import structlog
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import RequestFactory
from django.utils.translation import override
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from kring.accounts import factors
from kring.accounts.adapter import MFAAdapter
from kring.accounts.models import User
from kring.accounts.tests.conftest import ADDRESS, Browser, last_code, last_mail

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


def test_the_mail_holds_the_code_as_text_and_as_html_and_no_other_secret(browser: Open) -> None:
    browser().ask()
    mail, code = last_mail(), last_code()
    assert isinstance(mail, EmailMultiAlternatives)
    html = str(mail.alternatives[0][0])
    assert code in html
    assert code not in mail.subject
    for text in (str(mail.body), html):
        assert not re.search(r"token|session|http://testserver", text)
    assert "van der" not in html  # a first name is enough to know that it is for you
    assert not re.search(r"(src|href)=", html)  # nothing is fetched, nothing to press
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_name_with_markup_stays_text(new_person: Callable[..., User], browser: Open) -> None:
    new_person("ann@kring.example", first_name="<b>Ann</b> & Co")
    browser().ask("ann@kring.example")
    mail = last_mail()
    assert isinstance(mail, EmailMultiAlternatives)
    assert "&lt;b&gt;Ann&lt;/b&gt; &amp; Co" in str(mail.alternatives[0][0])
    assert "<b>Ann</b> & Co" in str(mail.body)


def test_the_security_log_tells_what_happened_and_never_an_address_or_a_code(browser: Open) -> None:
    structlog.configure(cache_logger_on_first_use=False)
    with capture_logs() as lines:
        here = browser()
        here.ask()
        here.type_code("0000 0000")
        code = last_code()
        here.type_code(code)
        here.post("/account/sign-out/")
    assert [
        line["event"] for line in lines if "." in line["event"] or line["event"] == "sign_out"
    ] == [
        "sign_in.asked",
        "sign_in.wrong_code",
        "sign_in.done",
        "sign_out",
    ]
    written = str(lines)
    assert ADDRESS not in written
    assert code not in written
    marks = {line["address"] for line in lines if "address" in line}
    assert len(marks) == 1
    assert re.fullmatch(r"[0-9a-f]{20}", marks.pop())


@pytest.mark.usefixtures("person")
def test_a_subject_is_one_line(browser: Open) -> None:
    browser().ask()
    assert "\n" not in last_mail().subject


@pytest.mark.parametrize("change", sorted(factors.CHANGES))
def test_a_change_of_the_ways_in_is_told_as_text_and_html_without_a_secret(
    person: User, change: str
) -> None:
    factors.tell(RequestFactory().get("/"), person, change)
    told = last_mail()
    assert isinstance(told, EmailMultiAlternatives)
    assert told.to == [ADDRESS]
    with override(person.language):
        subject, said = map(str, factors.CHANGES[change])
    assert told.subject == subject
    for text in (str(told.body), str(told.alternatives[0][0])):
        assert said in text
        assert "/account/devices/" in text


def test_who_has_no_mailbox_is_told_nothing(new_person: Callable[..., User]) -> None:
    factors.tell(RequestFactory().get("/"), new_person(None, username="x.y"), "password.set")
    assert not mail.outbox


def test_what_was_sealed_opens_with_a_key_of_before(settings: Settings) -> None:
    sealed = MFAAdapter().encrypt("JBSWY3DP")
    assert "JBSWY3DP" not in sealed
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert MFAAdapter().decrypt(sealed) == "JBSWY3DP"
    assert MFAAdapter().encrypt("JBSWY3DP") != sealed
