"""Check that every sentence of the product is in the Dutch catalogue: translated, and not by guess.

Sentences are found as makemessages finds them, but without the gettext tools, which are no wheel.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "kring/locale/nl/LC_MESSAGES/django.po"
ARGUMENTS = {  # function → which of its arguments are context, sentence, sentence for many
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
CALL = re.compile(r"\b(n?p?gettext|_)\(")
LITERAL = re.compile(r"""\s*,?\s*u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""", re.DOTALL)
NAMED = re.compile(r"%\((\w+)\)[sd]")


class Sentence(NamedTuple):
    """What a call of gettext asks for."""

    context: str | None
    text: str
    many: str | None


def main() -> int:
    """Print what is missing or stale; exit with 1 when anything is."""
    settings.configure(USE_I18N=True)
    django.setup()
    entries = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}
    wrong = 0
    asked = set()
    for place, sentence in sentences():
        asked.add((sentence.context, sentence.text))
        if complaint := complaint_about(sentence, entries.get((sentence.context, sentence.text))):
            print(f"{place}: {sentence.text!r} {complaint}")
            wrong += 1
    for key, entry in entries.items():
        if not entry.obsolete and key not in asked:
            print(f"{CATALOGUE.relative_to(ROOT)}: nobody asks for {entry.msgid!r}")
            wrong += 1
    return min(wrong, 1)


def complaint_about(sentence: Sentence, entry: polib.POEntry | None) -> str | None:
    """What is wrong with the translation of a sentence; None when nothing is."""
    if entry is None or entry.obsolete:
        return "is not in the catalogue"
    if entry.fuzzy:
        return "is translated by guess (fuzzy)"
    told = list(entry.msgstr_plural.values()) if sentence.many else [entry.msgstr]
    if not told or not all(told):
        return "is not translated"
    named = set(NAMED.findall(sentence.text + (sentence.many or "")))
    strange = set(NAMED.findall(" ".join(told))) - named
    missing = set() if sentence.many else named - set(NAMED.findall(told[0]))
    return f"names other values: {', '.join(strange | missing)}" if strange | missing else None


def sentences() -> Iterator[tuple[str, Sentence]]:
    """Every sentence of code and templates, with the file that it stands in."""
    for path in sorted(ROOT.glob("kring/**/*.py")) + sorted(ROOT.glob("config/*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            for sentence in of_code(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), sentence
    for path in sorted(ROOT.glob("kring/**/templates/**/*")):
        if path.suffix in {".html", ".txt", ".mjml"}:
            for sentence in of_template(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), sentence


def of_code(source: str) -> Iterator[Sentence]:
    """The sentences in calls of gettext and its kin, in Python."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            told = [word.value if isinstance(word, ast.Constant) else None for word in node.args]
            yield from picked(node.func.id.removesuffix("_lazy"), told)


def of_template(source: str) -> Iterator[Sentence]:
    """The sentences in the tags and filters of a template."""
    code = templatize(source)
    for call in CALL.finditer(code):
        told: list[object] = []
        at = call.end()
        while literal := LITERAL.match(code, at):
            told.append(ast.literal_eval(literal.group(1)))
            at = literal.end()
        yield from picked(call.group(1), told)


def picked(function: str, told: list[object]) -> Iterator[Sentence]:
    """The sentence that a function was told, if it is one of gettext's and was told a literal."""
    if function not in ARGUMENTS:
        return
    parts = [
        told[index] if index is not None and index < len(told) else None
        for index in ARGUMENTS[function]
    ]
    context, text, many = (part if isinstance(part, str) else None for part in parts)
    if text is not None:
        yield Sentence(context, text, many)


if __name__ == "__main__":
    sys.exit(main())
