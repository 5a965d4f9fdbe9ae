"""The mailbox of the demo: what Kring sends lands there whole, and can be read by everybody."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kring.demo import mailbox
from kring.demo.tests.conftest import send
from kring.demo.views import PAGE

HTML = (
    "<!doctype html><html><head><title>x</title></head><body><script>alert(1)</script>"
    '<a href="http://localhost:8000/posts/1/" target="_blank">Lees</a></body></html>'
)
pytestmark = pytest.mark.django_db


def shown(client: Client, **query: str) -> str:
    response = client.get(reverse("demo:mailbox"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_mail_is_kept_as_it_was_sent(tmp_path: Path) -> None:
    send(subject="Élan & co", html=HTML)
    (mail,) = mailbox.mails()
    assert (mail.to, mail.subject) == ("mother@kring.example", "Élan & co")
    found = mailbox.opened(mail.key)
    assert found
    assert found[1].text.startswith("Hallo,")
    assert found[1].html.strip() == HTML
    assert ("Subject", "Élan & co") in found[1].headers
    assert [path.name for path in (tmp_path / "mail/new").iterdir()] == [mail.key]
    assert list((tmp_path / "mail/tmp").iterdir()) == []


def test_many_at_the_same_time_are_all_there() -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: send(subject=f"Nummer {number}"), range(60)))
    assert {mail.subject for mail in mailbox.mails()} == {f"Nummer {n}" for n in range(60)}


def test_half_a_mail_is_no_mail(tmp_path: Path) -> None:
    send()
    (whole,) = (tmp_path / "mail/new").iterdir()
    (tmp_path / "mail/tmp" / whole.name.replace("1", "2")).write_bytes(b"Subject: ha")
    (tmp_path / "mail/new" / "notes.txt").write_text("not ours")
    assert [mail.key for mail in mailbox.mails()] == [whole.name]


def test_the_newest_stand_first_and_older_ones_on_the_next_page(client: Client) -> None:
    for number in range(PAGE + 1):
        send(subject=f"Nummer {number:03}")
    numbers = re.findall(r"Nummer (\d+)", shown(client))
    assert numbers == [f"{number:03}" for number in range(PAGE, 0, -1)]
    assert re.findall(r"Nummer (\d+)", shown(client, page="2")) == ["000"]
    assert re.findall(r"Nummer (\d+)", shown(client, page="nonsense")) == numbers


def test_a_filter_shows_the_mails_to_one_address_on_all_its_pages(client: Client) -> None:
    send(to="mother@kring.example", subject="Voor haar")
    send(to="teacher@kring.example", subject="Voor de juf")
    page = shown(client, to="mother@kring.example")
    assert "Voor haar" in page
    assert "Voor de juf" not in page
    assert "<option selected>mother@kring.example</option>" in page
    for _ in range(PAGE):
        send(to="mother@kring.example")
    assert "to=mother%40kring.example&amp;page=2" in shown(client, to="mother@kring.example")


def test_an_empty_mailbox_says_what_to_do(client: Client) -> None:
    assert 'class="empty"' in shown(client)


def test_a_mail_shows_its_text_with_links_and_its_html_in_a_frame(client: Client) -> None:
    send(subject="<script>alert(1)</script>", html=HTML)
    (mail,) = mailbox.mails()
    page = client.get(reverse("demo:mail", args=[mail.key])).content.decode()
    assert escape("<script>alert(1)</script>") in page
    assert "<script>alert" not in page
    assert '<a href="http://localhost:8000/x/"' in page
    frame = reverse("demo:mail_html", args=[mail.key])
    assert f'src="{frame}"' in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page


def test_the_html_of_a_mail_can_run_nothing_and_load_nothing(client: Client) -> None:
    send(html=HTML)
    (mail,) = mailbox.mails()
    response = client.get(reverse("demo:mail_html", args=[mail.key]))
    rules = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    assert '<a target="_top" href="http://localhost:8000/posts/1/" >' in response.content.decode()


def test_a_mail_without_html_has_no_frame(client: Client) -> None:
    send()
    (mail,) = mailbox.mails()
    assert "<iframe" not in client.get(reverse("demo:mail", args=[mail.key])).content.decode()


@pytest.mark.parametrize("view", ["demo:mail", "demo:mail_html"])
@pytest.mark.parametrize("key", ["nothing", "..", "1" * 19 + "." + "0" * 16, "..%2F..%2Fsecret"])
def test_a_mail_that_is_not_there_is_not_found(client: Client, view: str, key: str) -> None:
    assert client.get(reverse(view, args=[key])).status_code == 404


@pytest.mark.parametrize("path", ["/demo/", "/demo/mail/", "/demo/mail/x/", "/demo/sign-in/x/"])
def test_outside_the_demo_there_is_nothing_of_it(
    client: Client, settings: Settings, path: str
) -> None:
    settings.DEMO = False
    assert client.get(path).status_code == 404
