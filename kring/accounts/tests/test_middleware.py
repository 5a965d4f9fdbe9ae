from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from kring.accounts.tests.conftest import Browser
from kring.base.block import outside_block

pytestmark = pytest.mark.usefixtures("person")

type Open = Callable[..., Browser]


@outside_block("a test")
@login_not_required
def photo(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"RIFF", content_type="image/webp")


urlpatterns = [path("photo", photo)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_photo_by_its_signed_address_touches_neither_session_nor_database(
    browser: Open,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    here = browser()
    with override_settings(ROOT_URLCONF="config.urls"):
        here.sign_in()
    here.cookies.pop("used", None)
    here.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        answer = here.get("/photo")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Vary" not in answer.headers
    assert "Content-Language" not in answer.headers


def test_a_page_that_does_not_exist_speaks_the_language_of_the_cookie(browser: Open) -> None:
    here: Client = browser()
    assert here.get("/nothing/").headers["Content-Language"] == "nl"
