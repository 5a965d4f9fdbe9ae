"""The agenda in the feed: with a message, on its card, and beside them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from kring.base.registry import Sent, card_parts, composer_parts
from kring.base.visibility import Viewer
from kring.calendar.coming import Coming, with_coming_days
from kring.calendar.forms import PartForm
from kring.calendar.items import Item, items_of
from kring.calendar.models import CalendarEntry
from kring.calendar.rows import Found, on_cards


class AgendaInComposer:
    """Below the text: what, when and where; whom it is for is whom the message is for."""

    template = "calendar/_composer_part.html"

    def form(self, data: Mapping[str, Any] | None, viewer: Viewer) -> forms.Form:  # noqa: ARG002
        """Only asked for when it is ticked."""
        return PartForm(data)

    def send(self, form: forms.Form, sent: Sent, *, by: Viewer) -> None:
        """One entry for each organisation that is written to; a second try makes no second one."""
        assert isinstance(form, PartForm)
        if not form.cleaned_data.get("on"):
            return
        for audience in sent.audiences:
            CalendarEntry.plan(
                audience,
                by=by,
                key=sent.card_id,
                told=form.told,
                card_id=sent.card_id,
                at=sent.published_at,
            )


class AgendaOnCard:
    """What the message put in the agenda, as it stands there now; beside the feed what comes."""

    template = "calendar/_card_part.html"
    beside = "calendar/_coming.html"

    def of(self, card_ids: Iterable[UUID], viewer: Viewer) -> Mapping[UUID, Item]:
        """Siblings of a broadcast have one each; any of them says it."""
        return _by_card(on_cards(card_ids, viewer))

    def with_aside(
        self, card_ids: Iterable[UUID], viewer: Viewer
    ) -> tuple[Mapping[UUID, Item], Coming | None]:
        """Nothing for strangers."""
        if not viewer.school_ids:
            return {}, None
        found, coming = with_coming_days(card_ids, viewer)
        return _by_card(found), coming


def _by_card(found: Iterable[Found]) -> dict[UUID, Item]:
    return {one.card_id: items_of([one], {})[0] for one in found if one.card_id}


composer_parts.append(AgendaInComposer())
card_parts.append(AgendaOnCard())
