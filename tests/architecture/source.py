"""Our own source, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
KRING = ROOT / "kring"


@cache
def modules() -> dict[str, ast.Module]:
    """Per path, from the root, what Python makes of it: all of kring but migrations and tests."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(KRING.rglob("*.py"))
        if not {"migrations", "tests"} & set(path.relative_to(KRING).parts)
    }


def templates(*suffixes: str) -> dict[str, str]:
    """Per path what stands in a template."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in sorted(KRING.rglob("*"))
        if path.suffix in suffixes and "templates" in path.parts
    }


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef, text: Iterable[str]) -> int:
    """Lines of code from ``def`` on: without decorators, docstring, comments and empty lines."""
    first = function.body[0]
    said = ast.get_docstring(function) and range(first.lineno, (first.end_lineno or 0) + 1)
    inside = enumerate(text, 1)
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and number not in (said or ())
        for number, line in inside
        if function.lineno <= number <= (function.end_lineno or 0)
    )
