"""What people type, cleaned and shown."""

import time

import pytest
from django.core.exceptions import ValidationError

from kring.base.text import as_html, cleaned


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u200f", "\u2069"])
def test_marks_that_turn_a_text_around_are_taken_out(mark: str) -> None:
    assert cleaned(f"foto{mark}gpj.exe") == "fotogpj.exe"


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\ufffe"])
def test_signs_that_no_keyboard_types_are_refused(sign: str) -> None:
    with pytest.raises(ValidationError):
        cleaned(f"a{sign}b")


def test_line_ends_become_of_one_kind_and_edges_go() -> None:
    assert cleaned("  een\r\ntwee\rdrie \n") == "een\ntwee\ndrie"


def test_joined_emoji_and_accents_stay() -> None:
    assert cleaned("👩‍👧 café é") == "👩‍👧 café é"


def test_paragraphs_and_lines() -> None:
    assert as_html("een\ntwee\n\ndrie") == "<p>een<br>twee</p><p>drie</p>"


def test_nothing_is_nothing() -> None:
    assert as_html("  \n ") == ""


def test_markup_is_shown_as_it_was_typed() -> None:
    assert as_html('<b onclick="x">') == "<p>&lt;b onclick=&quot;x&quot;&gt;</p>"


def test_a_link_is_clickable_and_tells_nobody_where_it_was() -> None:
    shown = as_html("zie https://school.example/pad?a=1&b=2.")
    assert (
        '<a href="https://school.example/pad?a=1&amp;b=2" rel="noopener noreferrer nofollow"'
        ' target="_blank">https://school.example/pad?a=1&amp;b=2</a>.</p>'
    ) in shown


def test_a_bare_www_is_a_link_too() -> None:
    assert 'href="http://www.school.nl"' in as_html("kijk op www.school.nl")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1) www.",
        "data:text/html,<script>alert(1)</script>://",
        "ftp://school.nl/x",
        "vbscript://x",
        "mailto:juf@school.nl ://",
    ],
)
def test_other_schemes_are_no_links(text: str) -> None:
    assert "<a " not in as_html(text)


def test_a_quote_does_not_leave_the_address() -> None:
    assert 'href="https://a.nl/&quot;' not in as_html('https://a.nl/" onmouseover="alert(1)')
    assert "onmouseover=&quot;" in as_html('https://a.nl/" onmouseover="alert(1)')


def test_many_links_take_no_long_time() -> None:
    begun = time.process_time()
    as_html("https://a.nl " * 700)
    assert time.process_time() - begun < 5  # a runaway, not a race
