"""What a mail says: where to look, and nothing of what was written there."""

import re
from email.message import EmailMessage

import pytest
from django.utils.translation import gettext, override

from kring.accounts.models import User
from kring.feed.models import Post
from kring.notifications.models import Delivery
from kring.notifications.tests.conftest import Server, send_all, tell
from tests.cast import Cast
from tests.unlocked import unlocked

SECRET = "Sam heeft vandaag een tand verloren bij het speelplein."
CHILDREN = ("Sam", "Noor", "Lina", "Milan", "Bram", "Daniel", "Yara")


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found
    return str(found.get_content())


def mail_about(post: Post, to: User, server: Server) -> EmailMessage:
    """The mail to one person; the others are left out, for they take time."""
    tell(post)
    with unlocked():
        Delivery.objects.exclude(person=to).update(state="skipped")
    send_all()
    return server.mail_to(to)


def said(language: str, text: str, **names: str) -> str:
    with override(language):
        return gettext(text) % names


def test_who_sends_to_whom_and_what_programs_need_to_know(cast: Cast, server: Server) -> None:
    mail = mail_about(cast.post("group_5", by="teacher"), cast.mother, server)
    assert mail["From"] == "De Wilgenhoek via Kring <kring@localhost>"
    assert mail["To"] == cast.mother.email
    assert mail["Cc"] is mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == f"<{cast.id('wilgenhoek')}.localhost>"
    assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", mail["Message-ID"])
    assert mail["Date"]


def test_every_mail_has_a_message_id_of_its_own(cast: Cast, server: Server) -> None:
    for _ in range(2):
        tell(cast.post("group_5", by="teacher"))
    send_all()
    ids = [mail["Message-ID"] for mail in server.taken]
    assert len(ids) == len(set(ids)) > 40


@pytest.mark.parametrize(
    ("audience", "by", "to", "subject"),
    [
        (("group_5",), "teacher", "mother", "New message from groep 5"),
        (("group_2", "group_5"), "principal", "mother", "New message from groep 2 and groep 5"),
        (("group_5", "group_6"), "principal", "mother", "New message from groep 5"),
        (("group_5", "group_6"), "principal", "counselor", "New message from groep 5 and groep 6"),
        (
            ("group_2", "group_5", "group_6", "group_7"),
            "principal",
            "administrator",
            "New message from De Wilgenhoek",
        ),
        (("wilgenhoek",), "principal", "mother", "New message from De Wilgenhoek"),
        (("bso",), "aftercare", "mother", "New message from De Kikkers"),
        (
            ("staff of wilgenhoek",),
            "principal",
            "teacher",
            "New message for the team of De Wilgenhoek",
        ),
        (("sam",), "teacher", "mother", "New message for you"),
        (("sam",), "teacher", "principal", "New message for some families of De Wilgenhoek"),
    ],
)
def test_the_subject_says_where_it_comes_from(
    cast: Cast, server: Server, audience: tuple[str, ...], by: str, to: str, subject: str
) -> None:
    person = getattr(cast, to)
    cast.change(person, language="en")
    mail = mail_about(cast.post(*audience, by=by), person, server)
    assert mail["Subject"] == subject


@pytest.mark.parametrize("audience", ["group_5", "sam", "wilgenhoek"])
def test_nothing_of_the_message_and_no_name_of_a_child_is_in_any_mail(
    cast: Cast, server: Server, audience: str
) -> None:
    tell(cast.post(audience, by="principal", text=SECRET, byline="Directeur Bosch"))
    send_all()
    assert server.taken
    for mail in server.taken:
        everything = " ".join([*map(str, mail.values()), part(mail, "plain"), part(mail, "html")])
        for word in ("tand", "speelplein", "Bosch via", "Directeur"):
            assert word not in everything
        for name in CHILDREN:
            assert not re.search(rf"\b{name}\b", everything)


def test_text_and_html_lead_to_the_post(cast: Cast, server: Server) -> None:
    post = cast.post("group_5", by="teacher")
    mail = mail_about(post, cast.mother, server)
    address = f"http://localhost:8000/posts/{post.pk}/"
    assert mail.get_content_type() == "multipart/alternative"
    assert address in part(mail, "plain").splitlines()
    assert f'href="{address}"' in part(mail, "html")
    assert "Fatima" in part(mail, "plain")


def test_nothing_is_fetched_from_elsewhere_to_show_it(cast: Cast, server: Server) -> None:
    html = part(mail_about(cast.post("group_5", by="teacher"), cast.mother, server), "html")
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", html)


@pytest.mark.parametrize(("who", "language"), [("mother", "nl"), ("english_mother", "en")])
def test_each_reads_it_in_her_own_language(
    cast: Cast, server: Server, who: str, language: str
) -> None:
    mail = mail_about(cast.post("group_5", by="teacher"), getattr(cast, who), server)
    assert mail["Subject"] == said(language, "New message from %(name)s", name="groep 5")
    assert f'lang="{language}"' in part(mail, "html")
    assert said(language, "Read the message") in part(mail, "plain")
    assert said(language, "Read the message") in part(mail, "html")


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\u2028"])
def test_a_name_with_a_line_end_makes_no_header(cast: Cast, server: Server, line_end: str) -> None:
    hostile = f"Wilg{line_end}Bcc: everybody@kring.example{line_end}{line_end}<b>"
    cast.change(cast.wilgenhoek, name=hostile)
    cast.change(cast.group_5, name=f"5{line_end}X-Evil: yes")
    cast.change(cast.mother, first_name=f"F{line_end}Bcc: me")
    mail = mail_about(cast.post("group_5", by="teacher"), cast.mother, server)
    assert mail["Bcc"] is mail["X-Evil"] is None
    assert server.envelopes[0] == (server.taken[0]["To"],)
    assert "X-Evil: yes" in mail["Subject"]
    assert "Bcc: everybody@kring.example" in mail["From"]
    assert "kring@localhost" in mail["From"]


def test_names_are_written_as_they_are(cast: Cast, server: Server) -> None:
    cast.change(cast.wilgenhoek, name='Basisschool "Zuid", <b>Élan</b> & Co')
    cast.change(cast.mother, first_name="<i>Zoë</i>", language="en")
    mail = mail_about(cast.post("wilgenhoek", by="principal"), cast.mother, server)
    address = mail["From"].addresses[0]
    assert address.display_name == 'Basisschool "Zuid", <b>Élan</b> & Co via Kring'
    assert address.addr_spec == "kring@localhost"
    assert "<b>Élan</b> & Co" in mail["Subject"]
    assert "Hello <i>Zoë</i>," in part(mail, "plain")
    html = part(mail, "html")
    assert "&lt;b&gt;Élan&lt;/b&gt; &amp; Co" in html
    assert "&lt;i&gt;Zoë&lt;/i&gt;" in html
