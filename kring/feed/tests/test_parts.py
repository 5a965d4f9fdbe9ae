"""What other apps put into the composer: asked with it, and made in the transaction of the post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.urls import reverse

from kring.base.registry import Sent, composer_parts
from kring.base.visibility import Viewer
from kring.events.models import Event
from kring.feed.tests.sheets import (
    COMPOSE,
    SignIn,
    drafts,
    hidden_fields,
    later,
    mark_of,
    posts,
    sheet,
    standing,
)
from tests.cast import Cast
from tests.unlocked import unlocked


class NoteForm(forms.Form):
    """Asks one thing."""

    note = forms.CharField(required=False, max_length=10)


class Notes:
    """Remembers what it was sent."""

    template = "components/field.html"

    def __init__(self) -> None:
        self.sent: list[tuple[str, Sent]] = []

    def form(self, data: Mapping[str, Any] | None, viewer: Viewer) -> forms.Form:  # noqa: ARG002
        return NoteForm(data, prefix="notes")

    def send(self, form: forms.Form, sent: Sent, *, by: Viewer) -> None:
        assert by.user_id
        self.sent.append((form.cleaned_data["note"], sent))


class DiedError(Exception):
    """As when the process is killed just then."""


class Dying(Notes):
    def send(self, form: forms.Form, sent: Sent, *, by: Viewer) -> None:  # noqa: ARG002
        raise DiedError


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    """The only other app."""
    part = Notes()
    monkeypatch.setattr("kring.feed.composing.composer_parts", [part])
    return part


def test_it_is_made_with_the_message(cast: Cast, sign_in: SignIn, notes: Notes) -> None:
    sign_in("teacher").post(COMPOSE, sheet(cast, **{"notes-note": "taart"}))
    [(said, sent)] = notes.sent
    [post] = posts()
    assert said == "taart"
    assert (sent.card_id, sent.published_at) == (post.card_id, post.published_at)
    assert list(sent.audiences) == [post.audience]


def test_of_a_planned_message_it_has_its_moment(cast: Cast, sign_in: SignIn, notes: Notes) -> None:
    sign_in("teacher").post(COMPOSE, sheet(cast, **later(), **{"notes-note": "taart"}))
    assert notes.sent[0][1].published_at == posts()[0].published_at


def test_what_is_wrong_in_it_keeps_the_message_back(
    cast: Cast, sign_in: SignIn, notes: Notes
) -> None:
    answer = sign_in("teacher").post(COMPOSE, sheet(cast, **{"notes-note": "x" * 11}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="problems"' in page
    assert '<details class="more" open>' in page
    assert posts() == []
    assert notes.sent == []


def test_killed_between_the_two_neither_is_there(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kring.feed.composing.composer_parts", [Dying()])
    with pytest.raises(DiedError):
        sign_in("teacher").post(COMPOSE, sheet(cast))
    assert posts() == []
    with unlocked():
        assert not Event.objects.exists()


def test_the_question_before_an_urgent_message_carries_it(
    cast: Cast, sign_in: SignIn, notes: Notes
) -> None:
    principal = sign_in("principal")
    page = principal.post(
        COMPOSE, sheet(cast, urgent="on", **{"notes-note": "taart"})
    ).content.decode()
    assert notes.sent == []
    principal.post(COMPOSE, hidden_fields(page) | {"confirmed": mark_of(page)})
    assert [said for said, _ in notes.sent] == ["taart"]


def test_a_draft_keeps_it_and_so_does_a_planned_message(
    cast: Cast, sign_in: SignIn, notes: Notes
) -> None:
    teacher = sign_in("teacher")
    teacher.post(reverse("feed:drafts"), sheet(cast, **{"notes-note": "taart"}))
    assert drafts()[0].typed["notes-note"] == ["taart"]
    teacher.post(COMPOSE, sheet(cast, **later(), **{"notes-note": "limonade"}))
    [post] = standing()
    teacher.post(reverse("feed:sending", args=[post.pk]), {"key": str(uuid4())})
    assert [said for said, _ in notes.sent] == ["limonade", "limonade"]
    assert notes.sent[1][1].card_id != post.card_id


def test_the_parts_of_other_apps_fit_in_the_composer(cast: Cast, sign_in: SignIn) -> None:
    """Those that are really there."""
    page = sign_in("teacher").get(COMPOSE)
    assert page.status_code == 200
    assert all(hasattr(part, "template") for part in composer_parts)
