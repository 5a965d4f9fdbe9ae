"""The tags of the look, and that every template asks only for what there is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from kring.base import sprite
from kring.base.templatetags import ui

KRING = Path(__file__).resolve().parents[2]
TEMPLATES = [path for path in KRING.rglob("templates/**/*.html") if "mail" not in path.parts]


class Chip(NamedTuple):
    name: str
    hue: str = "g5"
    url: str = ""
    current: bool = False


def shown(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def test_the_sprite_is_drawn_from_the_icons_of_today() -> None:
    assert sprite.PATH.read_text(encoding="utf-8") == sprite.drawn()


def named(pattern: str) -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for name in re.findall(pattern, path.read_text(encoding="utf-8")):
            yield path.name, name


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    missing = [pair for pair in named(r'{% icon "([\w-]+)"') if pair[1] not in sprite.ICONS]
    assert missing == []


@pytest.mark.parametrize(("tag", "folder"), [("stylesheet", "css"), ("module", "js")])
def test_every_file_of_a_template_is_there(tag: str, folder: str) -> None:
    extension = f".{folder}"
    made = KRING.parent / f"build/packages/{folder}"  # of several, joined
    found = [*KRING.rglob(f"static/{folder}/*{extension}"), *made.glob(f"*{extension}")]
    files = {path.stem for path in found}
    assert [pair for pair in named(rf'{{% {tag} "([\w-]+)"') if pair[1] not in files] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:", text)
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or "nonce=" in attributes


def test_what_people_typed_is_escaped_in_avatars_and_chips() -> None:
    hostile = '"><script>x</script>'
    chip = Chip(name=hostile, hue=hostile, url=hostile)
    made = [ui.avatar(hostile, hostile), ui.chips([chip, chip._replace(url="")])]
    assert not any("<script" in markup for markup in made)


def test_a_word_follows_the_language_of_the_page() -> None:
    template = engines["django"].from_string('{% word _("Monday") %}')
    for language, expected in [("nl", "maandag"), ("en", "Monday"), ("nl", "maandag")]:
        with translation.override(language):
            assert template.render() == expected


class Letter(forms.Form):
    address = forms.EmailField(label="Address", help_text="Of the school")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_wrong_field_says_so_beside_itself_and_above_the_form() -> None:
    form = Letter({"address": "nowhere"})
    with translation.override("en"):
        markup = shown("{% problems form %}{% field form.address %}", form=form)
    assert 'role="alert" tabindex="-1" autofocus' in markup
    assert '<a href="#id_address">Address</a>' in markup
    assert 'aria-invalid="true"' in markup
    described = re.search(r'aria-describedby="([^"]*)"', markup)
    assert described is not None
    for name in described[1].split():
        assert f'id="{name}"' in markup


def test_a_form_without_problems_says_nothing() -> None:
    assert shown("{% problems form %}", form=Letter()).strip() == ""


def test_a_hidden_field_has_no_label() -> None:
    assert "<label" not in shown("{% field form.key %}", form=Letter())
