"""What the office hands over: files of a source, and which column holds what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.importing.sources import MOST_BYTES, Column, SourceFile
from kring.media.names import shown_name

MOST_FILES = 10
KINDS = ".xml,.csv,.txt,.xlsx,.zip,text/csv,text/xml,application/xml"  # a hint to the browser only


class FilesInput(forms.FileInput):
    """Several files at a time."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": KINDS, "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Files that are neither empty nor too large, ready to be read."""

    widget = FilesInput
    default_error_messages = {"required": _("Choose the file to check.")}

    def clean(self, data: Any, initial: Any = None) -> list[SourceFile]:  # noqa: ARG002
        files: list[UploadedFile[bytes]] = list(data or [])
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            said = gettext("At most %(most)d files fit in one import.")
            raise ValidationError(said % {"most": MOST_FILES})
        if wrong := [sentence for one in files if (sentence := _refused(one))]:
            raise ValidationError(wrong)
        return [SourceFile(shown_name(one.name), one.file) for one in files]  # type: ignore[arg-type]


def _refused(file: UploadedFile[bytes]) -> str:
    """Why a file is not even read; empty where it is."""
    if not file.size:
        said = gettext("%(name)s is empty. Choose the file again.")
    elif file.size > MOST_BYTES:
        said = gettext("%(name)s is larger than %(megabytes)d MB. Export fewer data, or split it.")
    else:
        return ""
    return said % {"name": shown_name(file.name), "megabytes": MOST_BYTES // (1024 * 1024)}


class FilesForm(forms.Form):
    """A form with files; what was chosen stays chosen when htmx shows the form anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["hx-preserve"] = "true"

    def full_clean(self) -> None:
        super().full_clean()
        if "file" in self.errors:  # another file is wanted, and its field says so
            self.fields["file"].widget.attrs.pop("hx-preserve", None)


class UploadForm(FilesForm):
    """A source, and its files."""

    source = forms.ChoiceField(
        label=_("What do you have?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of file it is.")},
    )
    file = FilesField(label=_("Files"))

    def __init__(
        self, *args: Any, sources: Iterable[tuple[str, str | Promise]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = list(sources)  # type: ignore[attr-defined]


class ColumnsForm(FilesForm):
    """What each column of a list holds; with the files again where that is not as was guessed."""

    file = FilesField(label=_("The same files"), required=False)

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Column],
        names: Mapping[str, str | Promise],
        is_readable: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.names, self.is_readable = columns, names, is_readable
        choices = [("", _("Do not read")), *names.items()]
        for one in columns:
            self.fields[f"column-{one.number}"] = forms.ChoiceField(
                label=one.header or gettext("Column %(number)d") % {"number": one.number},
                choices=choices,
                initial=one.taken_for,
                required=False,
            )

    @property
    def rows(self) -> list[tuple[Column, forms.BoundField]]:
        """Each column with its choice."""
        return [(one, self[f"column-{one.number}"]) for one in self.columns]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["mapping"] = self._mapping(data)
        if self.errors:
            return data
        for name, times in Counter(filter(None, data["mapping"].values())).items():
            if times > 1:
                said = gettext("More than one column is “%(name)s”. Choose one of them.")
                self.add_error(None, said % {"name": self.names[name]})
        data["is_as_guessed"] = all(
            data["mapping"][one.number] == one.taken_for for one in self.columns
        )
        if not data["file"] and not (data["is_as_guessed"] and self.is_readable):
            self.add_error("file", _("Choose the same files again: Kring has not kept them."))
        return data

    def _mapping(self, data: dict[str, Any]) -> dict[int, str]:
        return {one.number: data.get(f"column-{one.number}", "") for one in self.columns}
