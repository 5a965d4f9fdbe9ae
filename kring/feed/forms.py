"""The shape of what comes in: a post, a change of it, a comment."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.base.text import LONGEST_TEXT, cleaned
from kring.feed.models.comment import LONGEST_COMMENT
from kring.feed.moments import at_school
from kring.feed.readers import Readers
from kring.media.accepted import ACCEPTED

MOST_PHOTOS = 40
CALL_AFTER = (15, 30, 45, 60, 90, 120, 180, 240)  # minutes


class TextField(forms.CharField):
    """Text that people type: bounded, and without characters that deceive."""

    widget = forms.Textarea
    default_error_messages = {"required": _("Write something first.")}

    def __init__(self, *, longest: int, hint: Any = "", **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(strip=True, **kwargs)
        if hint:
            self.widget.attrs["placeholder"] = hint

    def to_python(self, value: Any) -> str:
        if value and "\x00" in value:  # before Django's own check, whose sentence says "null"
            raise ValidationError(_("There are characters in this text that cannot be shown."))
        return cleaned(super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.longest:
            said = gettext("This text is too long: %(length)d characters, at most %(longest)d fit.")
            raise ValidationError(said % {"length": len(value), "longest": self.longest})


class IdList(forms.Field):
    """Ids of what was uploaded before, in their order, with commas between."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in (value or "").split(",") if one]
        except ValueError as error:
            raise ValidationError(_("One of the files is not known here. Add it again.")) from error


class Ticked(forms.MultipleChoiceField):
    """Readers that were ticked; only for these it is asked whether they may be."""

    widget = forms.CheckboxSelectMultiple
    readers: Readers
    known: AbstractSet[str] = frozenset()

    def validate(self, value: Any) -> None:
        self.known = self.readers.known(value)
        super().validate(value)

    def valid_value(self, value: Any) -> bool:
        return value in self.known


class AudienceForm(forms.Form):
    """For whom: also by itself, to count the families before sending."""

    audience = Ticked(label=_("For whom"), required=False)

    def __init__(self, *args: Any, readers: Readers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers = readers
        self.fields["audience"].readers = readers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            data["audiences"] = self.readers.audiences(data["audience"])
        except ValidationError as error:
            self.add_error("audience", error)
            return data
        if not data["audiences"]:
            self.add_error("audience", _("Choose for whom this message is."))
        return data


class PhotoInput(forms.FileInput):
    """Photos, films and files, many at a time; without script the form sends them itself."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": ",".join(ACCEPTED), "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.FileField):
    """Files that the view has rendered already: here they only count."""

    widget = PhotoInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # noqa: ARG002
        return list(data or [])


class ComposeForm(AudienceForm):
    """A new post: what it says, and how and when it goes."""

    text = TextField(
        label=_("Message"),
        hint=_("What would you like to share?"),
        longest=LONGEST_TEXT,
        required=False,
    )
    assets = IdList(required=False)
    photos = PhotosField(required=False)
    school = forms.UUIDField(widget=forms.HiddenInput, required=False)  # of the uploads
    allows_comments = forms.BooleanField(label=_("Allow comments"), required=False, initial=True)
    waits = forms.BooleanField(label=_("Wait for the films"), required=False, initial=True)
    asks_reading = forms.BooleanField(label=_("Ask for reading"), required=False)
    send_on = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y"],
    )
    send_at = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
    )
    urgent = forms.BooleanField(label=_("Urgent message"), required=False)
    call_after = forms.TypedChoiceField(
        label=_("The call list opens"), required=False, coerce=int, empty_value=None
    )
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)  # a planned message
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("audience", "text", "assets", "allows_comments", "waits", "key")

    def __init__(self, *args: Any, call_after: int = 45, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["call_after"]
        field.initial = call_after
        field.choices = [  # type: ignore[attr-defined]
            *((minutes, _after(minutes)) for minutes in sorted({*CALL_AFTER, call_after})),
            ("", _("No call list")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        photos = [*(data.get("assets") or ()), *(data.get("photos") or ())]
        if not data.get("text") and not photos and "text" not in self.errors:
            self.add_error("text", _("Write something, or add a photo, film or file."))
        if len(photos) > MOST_PHOTOS:
            said = gettext("At most %(most)d files fit in one message.")
            self.add_error("assets", said % {"most": MOST_PHOTOS})
        data["at"] = self._moment(data)
        return data

    def _moment(self, data: dict[str, Any]) -> datetime | None:
        """When it goes; None for now. A half one is a mistake, never now."""
        day, time = data.get("send_on"), data.get("send_at")
        if self.errors.keys() & {"send_on", "send_at"} or not (day or time):
            return None
        if data.get("urgent"):
            self.add_error("send_on", _("An urgent message goes at once. Leave the moment empty."))
        elif not day or not time:
            empty, said = ("send_at", _("At what time?")) if day else ("send_on", _("On what day?"))
            self.add_error(empty, said)
        else:
            try:
                return at_school(day, time)
            except ValidationError as error:
                self.add_error("send_at", error)
        return None


def _after(minutes: int) -> str:
    return gettext("after %(minutes)d minutes") % {"minutes": minutes}


class EditForm(forms.Form):
    """Another text for a post."""

    text = TextField(label=_("Message"), longest=LONGEST_TEXT, required=False)
    allows_comments = forms.BooleanField(label=_("Allow comments"), required=False)

    def __init__(
        self, *args: Any, may_be_empty: bool, may_open: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not may_be_empty
        if not may_open:  # the school takes no comments, and this has none
            del self.fields["allows_comments"]


class CommentForm(forms.Form):
    """A comment on a post."""

    text = TextField(label=_("Your comment"), longest=LONGEST_COMMENT)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
