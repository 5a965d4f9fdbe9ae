"""What the office fills in for a newsletter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base import clock
from kring.base.text import one_line
from kring.feed.forms import IdList, PhotoInput, PhotosField, TextField
from kring.feed.models import NewsletterItem
from kring.feed.models.newsletter import LONGEST_INTRO
from kring.feed.models.newsletter_item import LONGEST_ITEM, LONGEST_TITLE
from kring.feed.models.newsletter_photo import MOST_PICTURES

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


class SharedForm(forms.Form):
    """Of what two may be changing at once."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # the mark it had

    def was_changed(self, mark: str) -> None:
        """Say that somebody else did; sent once more it takes the place of that."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = mark  # type: ignore[index]
        said = gettext("Somebody else changed this while you were writing. Below is what it says.")
        self.add_error(None, said)
        self.add_error(None, gettext("Save again to put yours in its place."))


class IssueForm(SharedForm):
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


class PictureInput(PhotoInput):
    """Pictures only, many at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.attrs["accept"] = "image/*,.heic,.heif"


class ItemForm(SharedForm):
    """An item of one's own, with pictures."""

    title = _title()
    text = TextField(label=_("Text"), longest=LONGEST_ITEM, required=False)
    assets = IdList(required=False)
    photos = PhotosField(label=_("Photos"), required=False, widget=PictureInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def clean_assets(self) -> list[UUID]:
        asked: list[UUID] = self.cleaned_data["assets"]
        if len(asked) > MOST_PICTURES:
            said = gettext("At most %(most)d photos fit with one item.")
            raise ValidationError(said % {"most": MOST_PICTURES})
        return asked


class GatheredForm(SharedForm):
    """A message that was gathered: it may stand under a title of its own."""

    title = _title(required=False)


def form_for(item: NewsletterItem | None) -> type[ItemForm | GatheredForm]:
    """What of this item the office may change."""
    return GatheredForm if item and item.post_id else ItemForm


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
