"""What an upload is kept in while it comes in: Django's upload handlers, with limits of ours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from kring.media.storage import FULL, NoRoomError


class OnlyAsMuchAsAFilm(FileUploadHandler):
    """Lets no file grow past the limit on disk: one that would arrives a single byte too long.

    Stands before Django's own handlers, and so also before anyone is signed in.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what still fits."""
        room = settings.FILM_MAX_BYTES + 1 - start
        return raw_data[:room] if room > 0 else None

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class OnDiskWithoutName(TemporaryFileUploadHandler):
    """Keeps a file on disk without a name there, so that it is gone with the process.

    What was sent still holds where a photo was taken; that is not to outlive a process.
    A file for which the disk has no room gives its room back at once, and arrives as one that
    nobody can read: the rest of the form is read on, so that what was typed is not lost.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take the name away before the first byte comes."""
        self.has_room = True
        try:
            super().new_file(*args, **kwargs)
            Path(self.file.temporary_file_path()).unlink()
        except OSError as error:
            self._lose_room(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what comes, for as long as there is room."""
        try:
            if self.has_room:
                super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._lose_room(error)

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """Give the file, or one that cannot be read."""
        try:
            if self.has_room:
                return super().file_complete(file_size)  # written to its last byte, by seek()
        except OSError as error:
            self._lose_room(error)
        return WithoutRoom(self.file_name or "", file_size)

    def upload_interrupted(self) -> None:
        """Nothing is left: the file had no name."""

    def _lose_room(self, error: OSError) -> None:
        if error.errno not in FULL:
            raise error
        self.has_room = False
        try:
            self.file.close()
        except (AttributeError, OSError):  # there is none; or what it still held did not fit either
            return


class WithoutRoom(UploadedFile):  # type: ignore[type-arg]  # it takes none when it runs
    """A file that did not fit on the disk: whoever reads it is told so."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(file=cast("IO[bytes]", _Lost(name)), name=name, size=size)


class _Lost(io.IOBase):
    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002
        raise NoRoomError(self.name)

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002
        raise NoRoomError(self.name)

    def fileno(self) -> int:
        raise NoRoomError(self.name)
