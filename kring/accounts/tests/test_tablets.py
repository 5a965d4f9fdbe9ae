"""A shared tablet: a code of one person, on one device, after a full sign-in with two proofs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from kring.accounts import paper_codes, tablets
from kring.accounts.models import TabletPin
from kring.accounts.sessions import STRONG
from kring.accounts.tests.conftest import last_code
from kring.base import clock
from kring.schools.models import Employment
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type SignIn = Callable[[str], Client]
PIN = "304958"


def share(client: Client, pin: str = PIN) -> Any:
    return client.post(reverse("accounts:tablet"), {"pin": pin, "again": pin})


def pin_of(person: Any) -> TabletPin:
    with unlocked():
        return TabletPin.objects.get(user=person)


def take_over(client: Client, pin: TabletPin, guess: str = PIN) -> Any:
    return client.post(reverse("accounts:take_over", args=[pin.pk]), {"pin": guess})


@pytest.fixture
def tablet(cast: Cast, sign_in: SignIn) -> Client:
    """The tablet of groep 5, that the teacher shared and locked."""
    client = sign_in("teacher")
    assert share(client).status_code == 302
    return client


def test_sharing_a_tablet_signs_out_and_asks_who_takes_over(tablet: Client) -> None:
    assert tablet.get("/").status_code == 302
    page = tablet.get(reverse("accounts:switch")).content.decode()
    assert "Sanne Verhoeven" in page


def test_the_code_opens_the_tablet_but_not_the_account(cast: Cast, tablet: Client) -> None:
    assert take_over(tablet, pin_of(cast.teacher)).status_code == 302
    assert tablet.get("/").status_code == 200
    assert tablet.session[STRONG]["method"] == "tablet"
    assert tablet.session.get_expiry_age() <= tablets.SESSION
    asked = tablet.get(reverse("mfa_add_webauthn"))  # what changes the ways in
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_using_the_tablet_makes_its_session_no_longer(cast: Cast, tablet: Client) -> None:
    take_over(tablet, pin_of(cast.teacher))
    here = Session.objects.filter(pk=tablet.session.session_key)
    here.update(expire_date=clock.now() + timedelta(minutes=5))
    tablet.cookies.pop("used", None)
    assert settings.SESSION_COOKIE_NAME not in tablet.get("/").cookies
    assert here.get().expire_date < clock.now() + timedelta(minutes=5)


def test_the_code_of_who_left_the_school_opens_nothing_not_even_the_own_child(
    cast: Cast, tablet: Client
) -> None:
    """Also in a session that stood open when the last day was over."""
    pin, job = pin_of(cast.teacher), {"user": cast.teacher.pk}
    take_over(tablet, pin)
    with unlocked():
        Employment.objects.filter(**job).update(ends_on=clock.today() - timedelta(days=1))
    for page in ("/", reverse("home:children"), reverse("accounts:profile")):
        sent = tablet.get(page)
        assert sent.status_code in {302, 303}, page
    assert tablet.get(reverse("accounts:switch")).headers["Location"] == reverse("account_login")
    assert take_over(tablet, pin).status_code == 404  # the code is gone
    with unlocked():
        assert not TabletPin.objects.exists()


def test_the_code_of_who_left_is_refused_at_the_first_page(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    with unlocked():
        Employment.objects.filter(user=cast.teacher.pk).update(
            ends_on=clock.today() - timedelta(days=1)
        )
    assert take_over(tablet, pin).headers["Location"] == "/"
    assert tablet.get("/", follow=True).redirect_chain == [(reverse("account_login"), 303)]
    assert "_auth_user_id" not in tablet.session


def test_the_code_does_not_open_the_office_until_a_whole_proof_is_given(
    cast: Cast, sign_in: SignIn
) -> None:
    office = reverse("office:start", args=[cast.wilgenhoek.pk])
    tablet = sign_in("administrator")
    assert tablet.get(office).status_code == 200
    share(tablet)
    take_over(tablet, pin_of(cast.administrator))
    assert tablet.get("/").status_code == 200
    for page in (office, reverse("importing:imports", args=[cast.wilgenhoek.pk])):
        asked = tablet.get(page).headers["Location"]
        assert asked == f"{reverse('accounts:second_factor')}?{urlencode({'next': page})}"
    codes = paper_codes.new_sheet(cast.administrator)
    assert tablet.get(asked).context["by_tablet"]
    sent = tablet.post(reverse("accounts:second_factor"), {"code": codes[0], "next": office})
    assert sent.headers["Location"] == office
    assert tablet.get(office).status_code == 200


def test_the_code_and_the_mailbox_add_no_other_way_in(cast: Cast, tablet: Client) -> None:
    """Who has a second factor proves with that one that a new one may come."""
    paper_codes.new_sheet(cast.teacher)
    take_over(tablet, pin_of(cast.teacher))
    tablet.post(reverse("account_reauthenticate"))
    tablet.post(reverse("account_confirm_login_code"), {"code": last_code()})
    for page in ("mfa_add_webauthn", "accounts:tablet"):
        asked = tablet.get(reverse(page)).headers["Location"]
        assert asked.startswith(reverse("accounts:second_factor")), page


def test_two_colleagues_share_one_tablet_by_a_lock_in_between(
    cast: Cast, tablet: Client, sign_in: SignIn
) -> None:
    aide = sign_in("aide")
    aide.cookies[tablets.COOKIE] = tablet.cookies[tablets.COOKIE].value
    share(aide, "918273")
    take_over(tablet, pin_of(cast.teacher))
    locked = tablet.post(reverse("accounts:lock"))
    assert locked.headers["Location"] == reverse("accounts:switch")
    assert "cache" in locked.headers["Clear-Site-Data"]
    page = tablet.get(reverse("accounts:switch")).content.decode()
    assert "Noud Peters" in page
    assert take_over(tablet, pin_of(cast.aide), PIN).status_code == 422
    assert take_over(tablet, pin_of(cast.aide), "918273").status_code == 302
    assert int(tablet.session["_auth_user_id"].replace("-", ""), 16) == cast.aide.pk.int


def test_the_code_means_nothing_on_another_device(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    for cookie in (None, "guessed"):
        elsewhere = Client()
        if cookie:
            elsewhere.cookies[tablets.COOKIE] = cookie
        assert take_over(elsewhere, pin).status_code == 404
        assert elsewhere.get(reverse("accounts:switch")).status_code == 302
    assert take_over(tablet, TabletPin(pk=uuid4())).status_code == 404


def test_after_five_wrong_guesses_the_code_is_gone(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    for _ in range(tablets.MOST_WRONG - 1):
        assert take_over(tablet, pin, "111222").status_code == 422
    last = take_over(tablet, pin, "111222")
    assert last.headers["Location"] == reverse("account_login")
    assert take_over(tablet, pin).status_code == 404


def test_a_right_guess_forgets_the_wrong_ones(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    for _ in range(2):
        for _ in range(tablets.MOST_WRONG - 1):
            take_over(tablet, pin, "111222")
        assert take_over(tablet, pin).status_code == 302
        tablet.post(reverse("accounts:lock"))


def test_a_code_whose_guesses_are_used_up_is_gone_even_when_right(
    cast: Cast, tablet: Client
) -> None:
    pin = pin_of(cast.teacher)
    cast.change(pin, wrong=tablets.MOST_WRONG)
    assert take_over(tablet, pin).headers["Location"] == reverse("account_login")


def test_an_old_code_and_one_of_a_closed_account_open_nothing(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    cast.change(cast.teacher, is_active=False)
    assert take_over(tablet, pin).status_code == 404
    cast.change(cast.teacher, is_active=True)
    cast.change(pin, expires_at=clock.now() - timedelta(seconds=1))
    assert take_over(tablet, pin).status_code == 404


@pytest.mark.parametrize("pin", ["111111", "123456", "987654", "123123", "12345", "abcdef", ""])
def test_a_code_that_everybody_tries_first_is_refused(
    cast: Cast, sign_in: SignIn, pin: str
) -> None:
    assert share(sign_in("teacher"), pin).status_code == 422
    with unlocked():
        assert not TabletPin.objects.exists()


def test_the_code_is_typed_twice(cast: Cast, sign_in: SignIn) -> None:
    sent = sign_in("teacher").post(reverse("accounts:tablet"), {"pin": PIN, "again": "304959"})
    assert sent.status_code == 422


def test_only_who_gave_a_second_proof_sets_a_code(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("teacher")
    session = client.session
    session.pop(STRONG)
    session.save()
    assert share(client).status_code == 303  # to where it is given


def test_who_signs_out_everywhere_has_no_code_any_more(
    cast: Cast, tablet: Client, sign_in: SignIn
) -> None:
    sign_in("teacher").post(reverse("accounts:sign_out_everywhere"))
    assert tablet.get(reverse("accounts:switch")).status_code == 302


def test_one_takes_ones_own_code_away(cast: Cast, tablet: Client) -> None:
    take_over(tablet, pin_of(cast.teacher))
    assert tablet.post(reverse("accounts:forget_tablet")).status_code == 302
    with unlocked():
        assert not TabletPin.objects.exists()


def test_the_code_is_kept_as_a_hash(cast: Cast, tablet: Client) -> None:
    pin = pin_of(cast.teacher)
    assert PIN not in pin.digest
    assert tablet.cookies[tablets.COOKIE].value not in pin.tablet


def test_the_lock_stands_on_shared_tablets_only(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("teacher")
    assert "tablet-lock" not in client.get("/").content.decode()
    client.cookies[tablets.COOKIE] = "of a tablet"
    assert "tablet-lock" in client.get("/").content.decode()


def test_a_tablet_is_full_with_twelve_but_one_of_them_renews_the_code(
    cast: Cast, tablet: Client, sign_in: SignIn
) -> None:
    mark = pin_of(cast.teacher).tablet
    for number in range(tablets.MOST_PEOPLE - 1):
        pin = factories.tablet_pin(factories.person(f"Collega{number}").pk)
        cast.change(pin, tablet=mark)
    aide, teacher = sign_in("aide"), sign_in("teacher")
    for client in (aide, teacher):
        client.cookies[tablets.COOKIE] = tablet.cookies[tablets.COOKIE].value
    refused = share(aide, "918273")
    assert refused.status_code == 422
    assert "Twaalf mensen" in refused.content.decode()
    assert share(teacher, "918273").status_code == 302
