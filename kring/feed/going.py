"""Whether a message may go as it was asked, and why not: asked again whenever it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.audiences.rules import Rules
from kring.base import clock
from kring.feed.budget import Budget, sentence_of
from kring.feed.forms import ComposeForm
from kring.feed.models.attachment import Attachments
from kring.feed.moments import check_ahead, day_of
from kring.feed.readers import Readers
from kring.media.sentences import no_room_at
from kring.media.taking_in import has_room


@dataclass
class Going:
    """A form that is complete in itself, held against the school's rules and room."""

    form: ComposeForm
    readers: Readers
    besides: UUID | None = None  # the card that it takes the place of
    data: dict[str, Any] = field(init=False)
    free_day: date | None = None  # offered where the school's number of messages is reached

    def __post_init__(self) -> None:
        self.data = dict(self.form.cleaned_data)  # which loses what an error is said of

    def check(self) -> bool:
        """Say on the form what is in the way; True when nothing is."""
        self._check_files()
        self._check_moment()
        self._check_urgent()
        if not self.data["urgent"]:
            self._check_number()
        return not self.form.errors

    @property
    def _audiences(self) -> Sequence[Audience]:
        audiences: Sequence[Audience] = self.data.get("audiences", ())
        return audiences

    def _rules(self, audience: Audience) -> Rules:
        return self.readers.rules[audience.school_id]

    def _check_files(self) -> None:
        """Something is left when films failed, and copies fit in another organisation."""
        hanging = Attachments.of(self.data["assets"], by=self.readers.viewer)
        if not self.data["text"] and not hanging.standing:
            self.form.add_error("text", _("Write something, or add a photo, film or file."))
        for audience in self._audiences:
            elsewhere = [one for one in hanging.standing if one.school_id != audience.school_id]
            coming = sum(one.bytes for one in elsewhere)
            if coming and not has_room(audience.school_id, coming):
                name = self.readers.schools[audience.school_id].name
                self.form.add_error("assets", no_room_at(name))

    def _check_moment(self) -> None:
        try:
            if self.data["at"]:
                check_ahead(self.data["at"])
        except ValidationError as error:
            self.form.add_error("send_on", error)

    def _check_urgent(self) -> None:
        for audience in self._audiences if self.data["urgent"] else ():
            rules = self._rules(audience)
            if not rules.may_send_urgent:
                said = _("%(school)s lets only these roles send urgent messages: %(roles)s.") % {
                    "school": self.readers.schools[audience.school_id].name,
                    "roles": rules.who_may_send_urgent or _("nobody"),
                }
                self.form.add_error("urgent", said)

    def _check_number(self) -> None:
        """The school agreed on so many messages a day for a group."""
        day = day_of(self.data["at"] or clock.now())
        for audience in self._audiences:
            rules = self._rules(audience)
            if rules.leads or not rules.most_a_day:
                continue
            budget = Budget.around(day, audience.group_ids, besides=self.besides)
            for group_id in audience.group_ids:
                if budget.is_full([group_id], rules.most_a_day):
                    name = self.readers.groups[group_id].name
                    self.form.add_error("audience", sentence_of(name, rules.most_a_day, day))
                    self.free_day = budget.free_day(audience.group_ids, rules.most_a_day)
