"""Habits of the code that no linter keeps."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import KRING, ROOT, functions, lines_of, modules, templates

MOST_LINES = 400  # of a file
MOST_LINES_OF_A_FUNCTION = 25
MOST_LINES_OF_A_VIEW = 15
# What is longer, and why it stays so.
LONG_FILES = {
    "kring/base/visibility.py": "the rules stand in one file, to be read as a whole",
}
LONG_FUNCTIONS = {
    "kring/base/logging.py:configure": "one declaration",
    "kring/demo/cast.py:_schools": "one table",
    "kring/feed/cards.py:_card": "one value for each field of a card",
    "kring/feed/models/post.py:publish": "half of it is the signature",
    "kring/front.py:files": "one declaration",
}
LONG_VIEWS: dict[str, str] = {}
# Where code imports inside a function, and why.
IMPORTS_INSIDE: dict[str, str] = {}
# Where text becomes markup.
MAKES_MARKUP = {
    "kring/base/text.py": "what people typed, escaped and made into paragraphs and links",
    "kring/base/mosaic.py": "the pictures on a page, for its speed",
    "kring/base/templatetags/ui.py": "the tags of every template",
    "kring/feed/templatetags/post_card.py": "what stands on a page twenty times, for its speed",
    "kring/feed/templatetags/newsletter.py": "a frame around the pictures on a page, escaped",
}
SIGNALS = re.compile(r"^django(\.\w+)*\.(signals|dispatch)\b|^allauth(\.\w+)*\.signals\b")
NO_NAMES = {"services.py", "utils.py", "helpers.py", "managers.py"}


def is_view(path: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    asked = [one.arg for one in function.args.args[:1]] == ["request"]
    return asked and ("/views/" in path or path.endswith("/views.py"))


def texts() -> dict[str, list[str]]:
    return {path: (ROOT / path).read_text(encoding="utf-8").splitlines() for path in modules()}


def test_no_file_is_longer_than_one_reads_at_once() -> None:
    long = {path for path, lines in texts().items() if len(lines) > MOST_LINES}
    assert long == set(LONG_FILES)


def test_no_function_is_longer_than_one_sees_at_once() -> None:
    long, long_views = {}, {}
    text = texts()
    for path, tree in modules().items():
        for function in functions(tree):
            length, name = lines_of(function, text[path]), f"{path}:{function.name}"
            if length > MOST_LINES_OF_A_FUNCTION:
                long[name] = length
            elif is_view(path, function) and length > MOST_LINES_OF_A_VIEW:
                long_views[name] = length
    assert {name: length for name, length in long.items() if name not in LONG_FUNCTIONS} == {}
    assert {name: length for name, length in long_views.items() if name not in LONG_VIEWS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception that is none any more"
    assert set(LONG_VIEWS) <= set(long_views), "an exception that is none any more"


def test_nothing_is_imported_inside_a_function() -> None:
    inside = {
        path
        for path, tree in modules().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside == set(IMPORTS_INSIDE)


def imported(tree: ast.Module) -> set[str]:
    """The full names of all that a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{one.name}" for one in node.names}
    return names


def test_apps_talk_by_events_and_registries_never_by_signals() -> None:
    for path, tree in modules().items():
        assert not {name for name in imported(tree) if SIGNALS.match(name)}, path


@pytest.mark.parametrize("name", ["django.db.models.signals", "django.dispatch.receiver"])
def test_a_signal_is_recognised(name: str) -> None:
    assert SIGNALS.match(name)


def test_text_becomes_markup_in_few_places_only() -> None:
    makers = {"mark_safe", "SafeString", "SafeText"}
    making = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in makers
    }
    assert making == set(MAKES_MARKUP)


def test_no_code_is_made_from_text() -> None:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "compile", "__import__"}, path
        assert not imported(tree) & {"pickle", "marshal", "shelve"}, path


def test_no_file_is_a_drawer_for_anything() -> None:
    assert {path.name for path in KRING.rglob("*.py")} & NO_NAMES == set()


UNSAFE = re.compile(r"\|\s*safe(seq)?\b|\{%-?\s*autoescape\s+off")
INLINE = re.compile(r"""\s(style|on[a-z]+|hx-on[\w:-]*)\s*=\s*["']""", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*\b(src|nonce)=)[^>]*>", re.IGNORECASE)
ELSEWHERE = re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE)


def test_pages_escape_all_and_hold_no_script_or_style_of_their_own() -> None:
    for path, text in templates(".html").items():
        for pattern in (UNSAFE, INLINE, SCRIPT, ELSEWHERE):
            assert pattern.findall(text) == [], path


def test_mails_escape_all() -> None:
    for path, text in templates(".mjml").items():
        assert not UNSAFE.search(text), path


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (UNSAFE, "{{ post.text|safe }}"),
        (UNSAFE, "{% autoescape off %}"),
        (INLINE, '<p style="color: red">'),
        (INLINE, '<button onclick="go()">'),
        (INLINE, '<form hx-on::after-request="go()">'),
        (SCRIPT, "<script>go()</script>"),
        (ELSEWHERE, '<img src="//elsewhere.example/x.png">'),
    ],
)
def test_what_a_page_may_not_hold_is_recognised(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
