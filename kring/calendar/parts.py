"""A message can put something in the agenda, and shows it on its card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from kring.base.registry import Sent, card_parts, composer_parts
from kring.base.visibility import Viewer
from kring.calendar.forms import PartForm
from kring.calendar.items import Item, items_of
from kring.calendar.models import CalendarEntry


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
    """What the message put in the agenda, as it stands there now."""

    template = "calendar/_card_part.html"

    def of(self, card_ids: Iterable[UUID], viewer: Viewer) -> Mapping[UUID, Item]:
        """Siblings of a broadcast have one each; any of them says it."""
        seen = CalendarEntry.objects.visible_to(viewer).filter(card_id__in=list(card_ids))
        found = seen.exclude(withdrawn_at__isnull=False, is_called_off=False)
        entries = list(found.select_related("school").order_by("pk"))
        return {entry.card_id: items_of([entry], {})[0] for entry in entries if entry.card_id}


composer_parts.append(AgendaInComposer())
card_parts.append(AgendaOnCard())
