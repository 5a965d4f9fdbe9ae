"""The second proof of who works at a school: setting it up, giving it, losing it."""

import re
import time
from base64 import b64decode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils.http import urlencode
from structlog.testing import capture_logs

from kring.accounts import factors, paper_codes, passwords, sessions, totp
from kring.accounts.models import User
from kring.accounts.tests.conftest import PASSWORD, Browser, last_code, last_mail
from kring.base import clock
from kring.notifications.models import Wishes
from kring.schools.models import Employment
from kring.schools.viewers import viewer_of
from tests.cast import Cast
from tests.factories import made

type Open = Callable[..., Browser]

STEP, APP, AWAY = (reverse(f"accounts:{name}") for name in ("second_factor", "app", "remove_app"))
NOW = int(time.time()) // 30 * 30 + 15  # in the middle of half a minute, and there it stays
PAPER, PASSKEY = reverse("accounts:paper_codes"), reverse("mfa_add_webauthn")


@pytest.fixture(autouse=True)
def _clock_of_the_apps_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kring.accounts.totp.time", SimpleNamespace(time=lambda: float(NOW)))


@pytest.fixture
def teacher(cast: Cast) -> User:
    person: User = cast.teacher
    return person


@pytest.fixture
def here(teacher: User, browser: Open) -> Browser:
    """The browser of a teacher who gave a code from the mail, and no more."""
    return by_mail(browser(), teacher)


def by_mail(browser: Browser, person: User) -> Browser:
    browser.sign_in(str(person.email))
    return browser


def figures(secret: str, periods: int = 0) -> str:
    """What an app shows now, or some half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, NOW // 30 + periods)))


def set_up(here: Browser, periods: int = -1) -> str:
    """Put the secret into an app, and type its figures; gives the secret."""
    secret = here.get(APP).context["secret"].replace(" ", "")
    assert here.post(APP, {"figures": figures(secret, periods)}).status_code == 302
    return str(secret)


def gets_in(here: Browser) -> bool:
    return here.get("/").status_code == 200


# ── an app with figures ──────────────────────────────────────────────────────
def test_a_teacher_sets_up_an_app_and_goes_on_to_where_she_was_going(
    here: Browser, teacher: User
) -> None:
    going = reverse("home:more") + "?a=b"
    asked = here.get(going).headers["Location"]
    assert asked == f"{STEP}?{urlencode({'next': going})}"
    assert f"{APP}?{urlencode({'next': going})}" in here.get(asked).content.decode()
    secret = here.get(APP, {"next": going}).context["secret"].replace(" ", "")
    answer = here.post(APP, {"figures": figures(secret), "next": going})
    assert answer.headers["Location"] == f"{PAPER}?{urlencode({'next': going})}"
    assert last_mail().subject == "Er is een authenticator-app bij gekomen"
    offered = here.get(answer.headers["Location"])
    assert offered.context["going"] == going
    assert gets_in(here)
    assert here.get(STEP, {"next": going}).headers["Location"] == going


def test_the_picture_and_the_text_hold_the_same_secret_and_a_reload_keeps_it(here: Browser) -> None:
    first, second = here.get(APP), here.get(APP)
    assert first.context["secret"] == second.context["secret"]
    assert len(first.context["secret"].replace(" ", "")) == 32  # 160 bits
    assert first.context["picture"].startswith("data:image/svg+xml")
    assert first.context["picture"] == second.context["picture"]
    assert "no-store" in first.headers["Cache-Control"]


def test_the_secret_lies_sealed_in_session_and_table(here: Browser, teacher: User) -> None:
    secret = here.get(APP).context["secret"].replace(" ", "")
    assert secret not in str(dict(here.session))
    set_up(here)
    assert secret not in str(totp.of(teacher).data)  # type: ignore[union-attr]
    assert totp.WAITING not in here.session


@pytest.mark.parametrize("wrong", ["", "000000", "12345", "abc", "0" * 21, "١٢٣٤٥٦"])
def test_wrong_figures_set_up_nothing(here: Browser, teacher: User, wrong: str) -> None:
    here.get(APP)
    assert here.post(APP, {"figures": wrong}).status_code == 422
    assert totp.of(teacher) is None
    assert not gets_in(here)


def test_one_app_a_person(here: Browser, teacher: User, browser: Open) -> None:
    other = by_mail(browser(), teacher)
    secret = other.get(APP).context["secret"].replace(" ", "")
    set_up(here)
    assert here.get(APP).status_code == 404
    asked = other.post(APP, {"figures": figures(secret)})  # the other is not strong
    assert asked.headers["Location"].startswith(STEP)
    request = RequestFactory().get("/")
    request.session = other.session
    with transaction.atomic():
        assert not totp.add(request, teacher, figures(secret))
    assert Authenticator.objects.filter(user=teacher).count() == 1


def test_the_figures_open_once_and_never_older_ones(
    here: Browser, teacher: User, browser: Open
) -> None:
    secret = set_up(here)
    assert not totp.use(teacher, figures(secret, -1))  # used to set it up
    there = by_mail(browser(), teacher)
    shown = figures(secret)
    assert there.post(STEP, {"figures": f" {shown[:3]} {shown[3:]} "}).headers["Location"] == "/"
    assert gets_in(there)
    third = by_mail(browser(), teacher)
    assert third.post(STEP, {"figures": shown}).status_code == 422
    assert third.post(STEP, {"figures": figures(secret, -1)}).status_code == 422
    assert not gets_in(third)
    assert third.post(STEP, {"figures": figures(secret, 1)}).status_code == 302


@pytest.mark.parametrize(("periods", "fits"), [(-2, False), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(
    here: Browser, teacher: User, periods: int, *, fits: bool
) -> None:
    secret = set_up(here)
    assert totp.use(teacher, figures(secret, periods)) == fits


def test_figures_are_limited_for_the_person_and_the_sheet_still_works(
    here: Browser, teacher: User, browser: Open
) -> None:
    secret = set_up(here)
    codes = paper_codes.new_sheet(teacher)
    there = by_mail(browser(), teacher)
    for _ in range(4):  # one was used to set it up
        assert there.post(STEP, {"figures": "000000"}).status_code == 422
    assert there.post(STEP, {"figures": figures(secret)}).status_code == 422
    other = by_mail(browser(network="198.51.100.9"), teacher)
    assert other.post(STEP, {"figures": figures(secret)}).status_code == 422
    assert not gets_in(other)
    assert other.post(STEP, {"code": codes[0]}).status_code == 302
    assert gets_in(other)


def test_an_app_is_removed_and_ends_other_sessions(
    here: Browser, teacher: User, browser: Open
) -> None:
    secret = set_up(here)
    there = by_mail(browser(), teacher)
    there.post(STEP, {"figures": figures(secret)})
    assert here.get(AWAY).status_code == 200
    assert totp.of(teacher)
    here.post(AWAY)
    assert totp.of(teacher) is None
    assert not there.is_in()
    assert last_mail().subject == "Er is een authenticator-app verwijderd"
    assert here.get(AWAY).status_code == 404


def test_a_parent_has_no_app_and_is_never_asked(cast: Cast, browser: Open) -> None:
    here = by_mail(browser(), cast.mother)
    assert gets_in(here)
    assert here.get(STEP, {"next": "/more/"}).headers["Location"] == "/more/"
    assert here.get(APP).status_code == here.get(AWAY).status_code == 404
    assert APP not in here.get(reverse("mfa_list_webauthn")).content.decode()


# ── a passkey, and paper ─────────────────────────────────────────────────────
def passkey_of(person: User) -> Authenticator:
    data = {"name": "Telefoon", "credential": {}}
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.fixture(autouse=True)
def _no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passkeys here are rows only: nothing reads their keys."""
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])


def use_passkey(there: Browser, passkey: Authenticator, **data: str) -> Any:
    found = "allauth.mfa.webauthn.forms.LoginWebAuthnForm.clean_credential"
    with patch(found, return_value=passkey):
        return there.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}'} | data)


def add_passkey(there: Browser) -> Any:
    found = "kring.accounts.forms.AddPasskeyForm.clean_credential"
    whole = "allauth.mfa.webauthn.forms.AddWebAuthnForm.clean"
    with patch(found, return_value={}), patch(whole, lambda form: form.cleaned_data):
        form = {"name": "x", "credential": '{"id": "x"}', "next": "/more/"}
        return there.post(PASSKEY, form)


def test_a_passkey_is_two_proofs_in_one(teacher: User, browser: Open) -> None:
    there = browser()
    use_passkey(there, passkey_of(teacher))
    assert gets_in(there)


def test_a_passkey_is_the_second_step_after_a_code_from_the_mail(
    here: Browser, teacher: User
) -> None:
    passkey = passkey_of(teacher)
    assert "passkey-form" in here.get(STEP).content.decode()
    assert use_passkey(here, passkey, next="/more/").headers["Location"] == "/more/"
    assert gets_in(here)


def test_the_first_passkey_makes_the_session_strong(here: Browser) -> None:
    assert not gets_in(here)
    assert here.get(PASSKEY, {"next": "/more/"}).context["going"] == "/more/"
    assert add_passkey(here).headers["Location"] == "/more/"
    assert gets_in(here)


def test_who_reads_the_mailbox_of_a_teacher_adds_no_factor_and_takes_none_away(
    here: Browser, teacher: User
) -> None:
    passkey = passkey_of(teacher)
    edit = [reverse(f"mfa_{verb}_webauthn", args=[passkey.pk]) for verb in ("edit", "remove")]
    others = [reverse("accounts:password"), reverse("accounts:remove_password")]
    for page in (PASSKEY, APP, PAPER, AWAY, *edit, *others):
        for answer in (here.get(page), here.post(page, {"name": "Mine"})):
            assert answer.headers["Location"] == f"{STEP}?{urlencode({'next': page})}", page
    assert Authenticator.objects.get().data["name"] == "Telefoon"


def test_a_parent_who_adds_a_passkey_to_others_is_no_stronger_for_it(
    cast: Cast, browser: Open
) -> None:
    """Else a mailbox that somebody reads would open a school on the day she comes to work there."""
    mother = cast.mother
    passkey_of(mother)
    here = by_mail(browser(), mother)
    add_passkey(here)
    employ(cast, mother)
    assert not gets_in(here)


def test_a_password_and_a_code_on_paper_are_two_proofs(teacher: User, browser: Open) -> None:
    made_of = {"email": None, "username": "juf.sanne"}
    person = made(User(first_name="Juf", last_name="Sanne", **made_of))
    passwords.choose(person, PASSWORD)
    codes = paper_codes.new_sheet(person)
    employ_at(teacher, person)
    made(Wishes(person=person, settled_at=clock.now()))  # else she is asked how often, first
    here = browser()
    here.give("juf.sanne")
    here.give_paper(codes[0])
    assert gets_in(here)
    here.post(reverse("account_logout"))
    here.give("juf.sanne")  # the device is known, so this was one proof
    assert not gets_in(here)
    assert "passkey-form" not in here.get(STEP).content.decode()
    assert here.get(PASSKEY).headers["Location"].startswith(STEP)  # paper is a factor too
    assert here.post(STEP, {"code": codes[0]}).status_code == 422
    here.post(STEP, {"code": codes[1]})
    assert gets_in(here)


def employ(cast: Cast, person: User) -> None:
    employ_at(cast.teacher, person)


def employ_at(colleague: User, person: User) -> None:
    """Have somebody work at the school of a colleague from today."""
    from_today = {"role": "teacher", "starts_on": clock.today()}
    made(Employment(school_id=school_of(colleague), user=person, **from_today))


def school_of(person: User) -> Any:
    [school_id] = viewer_of(person.pk).staff_of
    return school_id


def test_a_sheet_is_made_for_staff_with_a_mailbox_too(here: Browser, teacher: User) -> None:
    set_up(here)
    shown = here.post(PAPER, {"next": "/more/"})
    assert len(shown.context["codes"]) == paper_codes.left(teacher) == 10
    assert 'href="/more/"' in shown.content.decode()
    assert last_mail().subject == "Er is een nieuw vel met codes"
    assert shown.context["codes"][0] not in str(last_mail().body)


def test_paper_alone_is_no_second_factor_of_staff(here: Browser, teacher: User) -> None:
    """Else ten minutes with her mailbox would be a way in that she finds on no list."""
    for answer in (here.get(PAPER), here.post(PAPER)):
        assert answer.status_code == 404
    assert paper_codes.left(teacher) == 0
    assert PAPER not in here.get(reverse("mfa_list_webauthn")).content.decode()
    set_up(here)
    assert PAPER in here.get(reverse("mfa_list_webauthn")).content.decode()


def test_removing_the_last_passkey_leaves_the_sheet(here: Browser, teacher: User) -> None:
    set_up(here)
    paper_codes.new_sheet(teacher)
    passkey = passkey_of(teacher)
    here.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert paper_codes.left(teacher) == 10


# ── lost ─────────────────────────────────────────────────────────────────────
def test_who_lost_it_all_starts_anew_with_the_proof_of_the_first_time(
    here: Browser, teacher: User, browser: Open
) -> None:
    set_up(here)
    passkey_of(teacher)
    paper_codes.new_sheet(teacher)
    factors.forget(teacher)
    assert not Authenticator.objects.filter(user=teacher).exists()
    assert not here.is_in()
    there = by_mail(browser(), teacher)
    assert not gets_in(there)
    set_up(there)
    assert gets_in(there)


def test_a_strong_session_is_that_of_one_person(here: Browser, teacher: User, cast: Cast) -> None:
    request = RequestFactory().get("/")
    request.session, request.user = here.session, cast.principal
    sessions.mark_strong(request, "passkey")
    assert sessions.is_strong(request)
    request.user = teacher
    assert not sessions.is_strong(request)
    forgeries: list[Any] = [True, "yes", [], {"person": None}, {}]
    for forged in forgeries:
        request.session[sessions.STRONG] = forged
        assert not sessions.is_strong(request)


def test_signing_in_anew_starts_with_one_proof(here: Browser, teacher: User) -> None:
    set_up(here)
    here.post(reverse("account_logout"))
    by_mail(here, teacher)
    assert not gets_in(here)


def test_a_fresh_code_from_the_mail_leaves_the_session_strong(here: Browser, teacher: User) -> None:
    set_up(here)
    here.post(reverse("account_reauthenticate"))
    here.type_code(last_code())
    assert gets_in(here)


def test_the_log_tells_of_every_step_without_an_address_or_a_secret(
    here: Browser, teacher: User, browser: Open
) -> None:
    with capture_logs() as lines:
        secret = set_up(here)
        there = by_mail(browser(), teacher)
        there.post(STEP, {"figures": "000000"})
        shown = figures(secret)
        there.post(STEP, {"figures": shown})
        there.post(AWAY)
    told = [line["event"] for line in lines if "." in line["event"]]
    assert told == [
        "app.added",
        "sign_in.asked",
        "sign_in.done",
        "second_factor.wrong",
        "second_factor.given",
        "app.removed",
    ]
    assert not re.search(f"{secret}|{shown}|{teacher.email}|000000", str(lines))


def test_the_picture_is_of_our_own_making(here: Browser) -> None:
    picture = here.get(APP).context["picture"]
    drawn = unquote(picture.partition(",")[2])
    if ";base64" in picture:
        drawn = b64decode(drawn).decode()
    assert "<script" not in drawn
    assert "href" not in drawn
