"""What the office fills in for a newsletter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.text import one_line
from kring.feed.forms import TextField
from kring.feed.models import NewsletterItem
from kring.feed.models.newsletter import LONGEST_INTRO, LONGEST_ITEM, LONGEST_TITLE

FARTHEST = timedelta(days=365)


class TitleField(forms.CharField):
    """One line, that stands in a mail as it is."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


def _title(**kwargs: Any) -> TitleField:
    return TitleField(label=_("Title"), max_length=LONGEST_TITLE, **kwargs)


class BeginForm(forms.Form):
    """A new issue."""

    title = _title()
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class IssueForm(forms.Form):
    """The whole of it."""

    title = _title()
    intro = TextField(
        label=_("First words"),
        required=False,
        longest=LONGEST_INTRO,
        help_text=_(
            "The title, these words and the titles below go along in the mail. So do not write"
            " about a single child here. Texts, messages and photos stay in Kring."
        ),
    )
    tells_staff = forms.BooleanField(
        label=_("Tell the team too"),
        required=False,
        help_text=_("The team can read it in any case."),
    )


class ItemForm(forms.Form):
    """An item of one's own."""

    title = _title()
    text = TextField(label=_("Text"), longest=LONGEST_ITEM, required=False)


class GatheredForm(forms.Form):
    """A message that was gathered: it may stand under a title of its own."""

    title = _title(required=False)

    def clean(self) -> dict[str, Any]:
        return {"title": self.cleaned_data.get("title", ""), "text": ""}


def form_for(item: NewsletterItem) -> type[forms.Form]:
    """What of this item the office may change."""
    return GatheredForm if item.post_id else ItemForm


class SendingForm(forms.Form):
    """Now, or at a moment of school time."""

    at = forms.DateTimeField(
        label=_("Send at"),
        required=False,
        help_text=_("Leave it empty to send now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def clean_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["at"]
        if moment and moment <= clock.now():
            raise ValidationError(gettext("This moment is over. Choose one of later."))
        if moment and moment > clock.now() + FARTHEST:
            raise ValidationError(gettext("Choose a moment within a year."))
        return moment
