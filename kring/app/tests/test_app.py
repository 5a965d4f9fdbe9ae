"""What a device is told, what it is given to keep, and what is shared with Kring."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from kring.app import build, platforms
from kring.app.manifest import PAPER, manifest
from kring.app.platforms import Platform

type SignIn = Callable[[str], Client]

STYLES = Path(settings.BASE_DIR) / "kring/static/css/tokens.css"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
CHROME_ON_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Safari/604.1"
CHROME_ON_ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


class Unread(BytesIO):
    """A body that nobody may look into."""

    def read(self, _size: int | None = -1) -> bytes:
        raise AssertionError

    readline = read


@pytest.fixture
def anybody() -> Client:
    return Client()


def test_the_manifest_is_one_and_speaks_the_language_of_the_browser(anybody: Client) -> None:
    answer = anybody.get("/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.json()["lang"] == "en"
    answer = anybody.get("/manifest.webmanifest")
    assert answer.json()["lang"] == "nl"
    assert [one["name"] for one in answer.json()["shortcuts"]] == ["Bericht schrijven", "Berichten"]


def test_the_manifest_has_the_colour_of_the_paper() -> None:
    assert f"--paper: {PAPER};" in STYLES.read_text(encoding="utf-8")


def test_every_picture_of_the_manifest_is_there() -> None:
    told = manifest()
    icons = [one["icons"][0] for one in told["shortcuts"]]
    for picture in (*told["icons"], *told["screenshots"], *icons):
        path = re.sub(r"\.[0-9a-f]{12}\.", ".", picture["src"]).removeprefix(settings.STATIC_URL)
        assert finders.find(path), path


def test_the_worker_is_asked_for_at_every_use_and_knows_its_files(anybody: Client) -> None:
    answer = anybody.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    known = json.loads(answer.content.decode().split("\n")[0][len("const KRING = ") : -1])
    assert known["version"] == build.version()
    assert known["offline"] == {"nl": "/offline/nl/", "en": "/offline/en/"}
    assert all(re.search(r"\.[0-9a-f]{12}\.[^/]+$", file) for file in known["files"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_without_a_connection_needs_no_more_than_what_is_kept(
    anybody: Client, language: str
) -> None:
    """But for what a page of the worker fetches later, and does well without."""
    answer = anybody.get(f"/offline/{language}/")
    page = answer.content.decode()
    assert f'<html lang="{language}">' in page
    later = ("js/trouble-note.", "js/app-frame.", "django_htmx/", "icons/kring-180.")
    used = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    needed = {one for one in used if not one.removeprefix("/static/").startswith(later)}
    assert needed - set(build.kept()) == set()
    assert "session" not in answer.cookies


def test_there_is_no_such_page_in_a_language_that_kring_does_not_speak(anybody: Client) -> None:
    assert anybody.get("/offline/de/").status_code == 404


@pytest.mark.usefixtures("cast")
def test_what_comes_from_the_share_menu_goes_on_to_the_composer(sign_in: SignIn) -> None:
    answer = sign_in("teacher").get("/share/?key=a-b", headers={"Sec-Fetch-Site": "none"})
    assert answer.headers["Location"] == "/posts/new/?shared=a-b"


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("site", ["cross-site", "same-site", "", None])
def test_what_another_website_sends_does_not(sign_in: SignIn, site: str | None) -> None:
    headers: dict[str, Any] = {} if site is None else {"Sec-Fetch-Site": site}
    answer = sign_in("teacher").get("/share/?key=a-b", headers=headers)
    assert answer.status_code == 200
    assert "Dit kwam niet van je toestel" in answer.content.decode()


def test_who_is_not_signed_in_does_so_first_and_then_goes_on(anybody: Client) -> None:
    answer = anybody.get("/share/?key=a-b", headers={"Sec-Fetch-Site": "none"})
    assert answer.headers["Location"].endswith("?next=/share/%3Fkey%3Da-b")
    answer = anybody.get("/share/?key=a-b", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.usefixtures("cast")
def test_who_writes_nothing_reads_so(sign_in: SignIn) -> None:
    answer = sign_in("mother").get("/share/")
    assert "Alleen medewerkers schrijven berichten" in answer.content.decode()


def test_nothing_of_what_is_posted_is_read(anybody: Client) -> None:
    body: dict[str, Any] = {"wsgi.input": Unread(b"--x"), "CONTENT_LENGTH": "1000000"}
    kind = "multipart/form-data; boundary=x"
    answer = anybody.generic("POST", "/share/", content_type=kind, **body)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/share/?again=1"


@pytest.mark.usefixtures("cast")
def test_a_shared_tablet_is_offered_nothing_to_keep(sign_in: SignIn) -> None:
    client = sign_in("teacher")
    assert "<private-device" in client.get("/more/app/").content.decode()
    client.cookies[settings.TABLET_COOKIE_NAME] = "some"
    page = client.get("/more/app/").content.decode()
    assert "<private-device" not in page
    assert "data-tablet" in page


@pytest.mark.parametrize(
    ("user_agent", "platform"),
    [
        (SAFARI, Platform.SAFARI),
        (CHROME_ON_IPHONE, Platform.IOS),
        (CHROME_ON_ANDROID, Platform.ANDROID),
        (FIREFOX, Platform.COMPUTER),
        ("", Platform.COMPUTER),
    ],
    ids=["safari", "chrome on an iphone", "chrome on android", "firefox", "nothing"],
)
def test_the_way_to_install_is_that_of_the_device(user_agent: str, platform: Platform) -> None:
    assert platforms.of(user_agent) == platform


@pytest.mark.usefixtures("cast")
def test_each_device_reads_its_own_way_first_and_the_others_below(sign_in: SignIn) -> None:
    client = sign_in("mother")
    page = client.get(reverse("app:about"), headers={"User-Agent": SAFARI}).content.decode()
    assert page.index("Tik op de deelknop van Safari") < page.index("<details")
    assert page.count("<details") == 3
    short = client.get(reverse("app:hint"), headers={"User-Agent": SAFARI}).content.decode()
    assert "Zet op beginscherm" in short
    assert 'data-part="install"' not in short


@pytest.mark.usefixtures("cast")
def test_a_page_tells_the_device_whose_it_is(sign_in: SignIn, cast: Any) -> None:
    page = sign_in("mother").get("/").content.decode()
    assert f'data-person="{cast.mother.pk}"' in page
    assert "data-out" not in page
    assert "data-out" in Client().get(reverse("account_login")).content.decode()
    assert "data-out" not in Client().get("/offline/nl/").content.decode()
