"""The papers say what is so: what a program can check of them, is checked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polib
import pytest
from django.apps import apps

from kring import cli
from tests.architecture import retention_page
from tests.architecture.source import ROOT, modules

DOCS = ROOT / "docs"
PAPERS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MANUALS = sorted((DOCS / "manual").glob("[a-z]*.md"))
DECISIONS = sorted((DOCS / "adr").glob("0*.md"))
CATALOGUE = ROOT / "kring/locale/nl/LC_MESSAGES/django.po"

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]+)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?:^|`|bin/)kring ([a-z][a-z-]*)", re.MULTILINE)
SETTING = re.compile(r"(KRING|SMTP)_[A-Z0-9_]+")
# Of config/env.py.
READERS = {"text", "flag", "number", "words", "origin", "database", "object_store", "daemon"}
SAID_TO_BE_MISSING = {"backup"}
MOST_LINES_OF_A_PAGE = 60
MOST_LINES_OF_STYLE = 200


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def source() -> str:
    """All that the product is made of, as one text."""
    return "\n".join(
        read(path)
        for folder in ("kring", "config")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".sql", ".html", ".js"} and "tests" not in path.parts
    )


# ── links and commands ───────────────────────────────────────────────────────
@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_link_leads_to_a_file(paper: Path) -> None:
    links = [to for to, _ in LINK.findall(read(paper)) if not to.startswith(("http", "mailto:"))]
    assert [to for to in links if not (paper.parent / to).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_part_of_a_page_that_is_linked_is_there(paper: Path) -> None:
    for to, part in LINK.findall(read(paper)):
        if part and not to.startswith("http"):
            titles = re.findall(r"^#+ (.+)$", read(paper.parent / to), re.MULTILINE)
            assert part[1:] in {re.sub(r"[^\w-]", "", t.lower().replace(" ", "-")) for t in titles}


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_command_exists(paper: Path) -> None:
    code = "\n".join(CODE.findall(read(paper)))
    for program in re.findall(r"(?<![\w/.])bin/\w[\w.]*", code):
        assert (ROOT / program).exists(), program
    assert set(COMMAND.findall(code)) - set(commands()) <= SAID_TO_BE_MISSING


def commands() -> list[str]:
    """The commands of the command line."""
    actions = cli._parser()._subparsers._group_actions  # type: ignore[union-attr]
    return list(actions[0].choices or ())


# ── settings ─────────────────────────────────────────────────────────────────
def settings_read() -> set[str]:
    """The environment variables that the code names; of a name that is put together, its start."""
    trees = [*modules().values(), *(ast.parse(read(path)) for path in ROOT.glob("config/*.py"))]
    return {name for tree in trees for node in ast.walk(tree) for name in _settings(node)}


def _settings(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if SETTING.fullmatch(text):
            yield text
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="env"), attr=reader),
            args=[ast.Constant(value=str(text)), *_],
        ) if reader in READERS:
            yield text


def test_every_setting_is_in_the_manual_of_the_server() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", read(DOCS / "self-hosting.md")))
    begun = {name for name in settings_read() if name.endswith("_")}
    assert settings_read() - begun - documented == set()
    assert [start for start in begun if not any(one.startswith(start) for one in documented)] == []


def test_the_manual_of_the_server_names_no_setting_that_is_gone() -> None:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \|", read(DOCS / "self-hosting.md"), re.MULTILINE)
    assert rows
    gone = [name for name in rows if name not in source() and _family(name) not in source()]
    assert gone == []


def _family(name: str) -> str:
    """``KRING_POSTGRES_`` of ``KRING_POSTGRES_17``."""
    return re.sub(r"\d+$", "", name) if name[-1].isdigit() else name


# ── privacy ──────────────────────────────────────────────────────────────────
def test_the_page_of_terms_is_what_the_registry_says() -> None:
    assert read(retention_page.PAGE) == retention_page.page()


def test_every_table_of_ours_has_a_class_of_data() -> None:
    ours = [one for one in apps.get_models() if one.__module__.startswith("kring.")]
    page = read(DOCS / "privacy/data.md")
    assert [one.__name__ for one in ours if f"`{one.__name__}`" not in page] == []


# ── words ────────────────────────────────────────────────────────────────────
def test_every_name_of_the_glossary_is_in_the_code() -> None:
    cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|", read(DOCS / "glossary.md"), re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert len(names) > 50
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", source())] == []


@pytest.mark.parametrize("manual", MANUALS, ids=named)
def test_what_a_manual_says_of_the_screen_stands_there(manual: Path) -> None:
    shown = "|".join(_as_shown(entry) for entry in polib.pofile(str(CATALOGUE)) if entry.msgstr)
    words = re.findall(r"\*\*([^*\n]+)\*\*", read(manual))
    introduced = {"vet"} | {word for word in words if word[-1] in ".:"} - {"Je bent bij."}
    assert [
        word for word in words if word not in introduced and not re.fullmatch(shown, word)
    ] == []


def _as_shown(entry: polib.POEntry) -> str:
    """What it looks like on a page, with anything in the place of a name."""
    return re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(entry.msgstr))


# ── form ─────────────────────────────────────────────────────────────────────
def test_decisions_are_numbered_dated_listed_and_one_page_each() -> None:
    listed = read(DOCS / "adr/README.md")
    for number, path in enumerate(DECISIONS, 1):
        title, _, dated, *rest = read(path).splitlines()
        assert path.name.startswith(f"{number:04d}-")
        assert title.startswith(f"# {number:04d} ")
        assert dated.split(" · ")[0] == str(date.fromisoformat(dated[:10]))
        assert len(rest) < MOST_LINES_OF_A_PAGE
        assert f"]({path.name})" in listed


def test_the_guide_of_style_can_be_read_in_one_sitting() -> None:
    assert len(read(ROOT / "STYLE.md").splitlines()) <= MOST_LINES_OF_STYLE
