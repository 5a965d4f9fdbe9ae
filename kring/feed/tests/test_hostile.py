"""What somebody types who means harm: it is refused in a sentence, or shown as plain text."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import BOUNDARY, encode_multipart
from django.urls import reverse

from kring.feed.tests.hostile import (
    COMPOSE,
    SECONDS,
    SignIn,
    is_refused,
    page,
    posts,
    to_group_5,
)
from tests import factories
from tests.cast import Cast

# ── texts ────────────────────────────────────────────────────────────────────
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "</p></article><iframe src=//evil.example>",
    "</textarea><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>klik</a>",
    "{{ settings.SECRET_KEY }} {% load static %}",
    "javascript:alert(1) JaVaScRiPt://www.evil.example/%0aalert(1)",
    "data:text/html;base64,PHNjcmlwdD4= data://www.evil.example",
    'https://evil.example/"onmouseover="alert(1)',
    "https://evil.example/'onmouseover='alert(1)//<script>",
    "www.evil.example/<script>alert(1)</script>",
    "<!-- --!> <![CDATA[ ]]> &lt;script&gt; &#60;script>",
    "<style>*{display:none}</style>",
    "\ufeff<\u200bscript>",
]
SIGNS = [
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿",
    "Z̴̡̛̛̘̲̈́̈́a̷̧̛̟̽l̵̨̛̻͐g̸̢̛̙͝o̴",
    "שלום עולם — مرحبا",
    "e\u0301 is é",
    "\U000e0041 \U0001fffd 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "regel\u2028einde\u2029",
]


@pytest.mark.parametrize("text", [*MARKUP, *SIGNS])
def test_whatever_is_typed_is_shown_as_it_was_typed(cast: Cast, sign_in: SignIn, text: str) -> None:
    teacher = sign_in("teacher")
    assert teacher.post(COMPOSE, to_group_5(cast, text=text)).status_code == 303
    [post] = posts()
    cast.change(post, published_at=post.created_at - factories.MINUTE)
    address = reverse("feed:post", args=[post.pk])
    said = sign_in("mother").post(f"{address}comments/", {"text": text, "key": uuid4()})
    assert said.status_code == 303
    teacher.post(f"{address}edit/", {"text": f"{text}.", "allows_comments": "on"})
    for client, path in (
        (sign_in("mother"), "/"),
        (sign_in("mother"), address),
        (teacher, f"{address}edit/"),
        (teacher, f"{address}history/"),
        (teacher, f"{COMPOSE}?again={post.pk}"),
    ):
        shown = page(client, path)
        assert not shown.live, path
        assert not [link for link in shown.links if "script:" in link.lower()], path
    assert shown_words(text) in shown_words(page(sign_in("mother"), address).text)


def shown_words(text: str) -> str:
    """White space is not the point."""
    return " ".join(text.split())


@pytest.mark.parametrize("sign", ["\x00", "\x1b[31m", "\x08", "\x7f", "\x85", "\ufffe"])
@pytest.mark.parametrize("field", ["text", "audience", "assets", "key", "school"])
def test_signs_that_no_keyboard_types_are_refused(
    cast: Cast, sign_in: SignIn, field: str, sign: str
) -> None:
    form = to_group_5(cast)
    form[field] = f"Wie heeft {sign} eierdozen?"
    is_refused(sign_in("teacher").post(COMPOSE, form))


def test_marks_that_turn_the_text_around_are_taken_out(cast: Cast, sign_in: SignIn) -> None:
    turned = "factuur\u202efdp.exe \u2066a\u2069 \u200fb\u200e \u061cc"
    sign_in("teacher").post(COMPOSE, to_group_5(cast, text=turned))
    assert posts()[0].text == "factuurfdp.exe a b c"


@pytest.mark.parametrize(
    "posing",
    [
        "https://www.school.nl@evil.example/",
        "http://www.school.nl:443@evil.example",
        "https:///www.school.nl",
        "http://[::1]/",
        "http://localhost/more/",
        "https://school\u2024nl",
    ],
)
def test_an_address_that_poses_as_another_is_no_link(
    cast: Cast, sign_in: SignIn, posing: str
) -> None:
    before = page(sign_in("teacher"), "/").links
    sign_in("teacher").post(COMPOSE, to_group_5(cast, text=posing))
    added = set(page(sign_in("teacher"), "/").links) - set(before)
    assert {link for link in added if not link.startswith("/")} == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one word of a megabyte", "a" * 1_000_000),
        ("a megabyte of lines", "\r\n" * 500_000 + "a"),
        ("lines that would do in half", "regel\r\n" * 1_667),
        ("just too long", "é" * 10_001),
    ],
)
def test_too_much_text_is_refused_and_kept(
    cast: Cast, sign_in: SignIn, name: str, text: str
) -> None:
    begun = time.process_time()
    answer = sign_in("teacher").post(COMPOSE, to_group_5(cast, text=text))
    if len(text.replace("\r\n", "\n").strip()) <= 10_000:
        assert answer.status_code == 303
        return
    shown = is_refused(answer)
    assert "te lang" in shown.text
    assert shown.text.count(text[:10]) >= 1
    assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_ten_megabytes_are_not_even_read(cast: Cast, sign_in: SignIn, kind: str) -> None:
    form = to_group_5(cast, text="a" * 10_000_000)
    body = encode_multipart(BOUNDARY, form)
    if kind.endswith("urlencoded"):
        body = b"&".join(f"{name}={value}".encode() for name, value in form.items())
    answer = raw(sign_in("teacher"), COMPOSE, body, f"{kind}; boundary={BOUNDARY}")
    assert answer.status_code in {400, 413}
    assert not posts()


MANY = {
    "links": "https://a.nl " * 769,
    "links in one word": "https://a.nl/" * 769,
    "addresses that never end": "www.a.nl/" + "(" * 9_900,
    "addresses that never begin": "://" * 3_333,
    "what once took thirteen seconds": "https://www.*" + "=a.nl" * 1_997,
    "brackets": "www.a.nl" + ")" * 9_900,
    "marks": "&" * 10_000,
    "lines": "\n".join("x" * 5_000),
    "lines with nothing": "x" + "\n " * 4_999 + "x",
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_ten_thousand_signs_take_no_long_time(cast: Cast, sign_in: SignIn, text: str) -> None:
    begun = time.process_time()
    assert sign_in("teacher").post(COMPOSE, to_group_5(cast, text=text)).status_code == 303
    shown = page(sign_in("teacher"), "/")
    assert time.process_time() - begun < SECONDS
    assert not shown.live


def test_a_thread_of_such_comments_takes_no_long_time(cast: Cast, sign_in: SignIn) -> None:
    post = cast.post("group_5", by="teacher")
    for number in range(50):
        worst = f"{number} https://www.*" + "=a.nl" * 395
        factories.comment(post, cast.id("mother"), text=worst)
    begun = time.process_time()
    page(sign_in("mother"), reverse("feed:post", args=[post.pk]))
    assert time.process_time() - begun < SECONDS


# ── bytes ────────────────────────────────────────────────────────────────────
def raw(client: Client, address: str, body: bytes, kind: str) -> Any:
    return client.generic("POST", address, body, content_type=kind)


URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize("broken", ["%FF%FE", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%"])
def test_broken_utf_8_is_shown_as_what_cannot_be_shown(
    cast: Cast, sign_in: SignIn, broken: str
) -> None:
    body = f"audience=group:{cast.id('group_5')}&key={uuid4()}&text=a{broken}b"
    answer = raw(sign_in("teacher"), COMPOSE, body.encode(), URLENCODED)
    assert answer.status_code == 303
    page(sign_in("teacher"), "/")


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "unicode_escape", "raw_unicode_escape"])
@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
def test_a_form_in_another_coding_is_no_way_around_the_checks(
    cast: Cast, sign_in: SignIn, kind: str, charset: str
) -> None:
    form = to_group_5(cast, text="\\ud800 +2AA- \\u0000")
    body = encode_multipart(BOUNDARY, form)
    if kind == URLENCODED:
        body = b"&".join(f"{name}={value}".encode() for name, value in form.items())
    answer = raw(sign_in("teacher"), COMPOSE, body, f"{kind}; charset={charset}")
    assert answer.status_code in {303, 400, 403, 422}
    assert not page(sign_in("teacher"), "/").live


@pytest.mark.parametrize(
    "path", ["/posts/%ff/", "/posts/%00/", "/?about=%ff%00", "/?before=%ed%a0%80", "/%2e%2e/%5c"]
)
def test_broken_addresses_are_no_error(cast: Cast, sign_in: SignIn, path: str) -> None:
    assert sign_in("teacher").get(path).status_code in {200, 404}


@pytest.mark.parametrize("key", ["\x00" * 32, "a" * 31 + "\x00", "x" * 70_000])
def test_a_session_that_nobody_opened_is_nobody(cast: Cast, key: str) -> None:
    client = Client()
    client.cookies["session"] = key
    assert client.get("/").status_code in {302, 400}
