"""Where files lie, and what goes wrong there through no fault of the files.

A folder of this machine; or a bucket (``bucket.py``), where the setting KRING_S3 names one.
"""

import errno
from contextlib import suppress
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageError(OSError):
    """Nobody's fault who sent or asked for a file."""

    status: ClassVar[HTTPStatus]
    told: ClassVar[str]
    seconds: ClassVar = 0  # after which it makes sense to try again by itself

    @property
    def sentence(self) -> str:
        """For the person who waits."""
        return _(self.told)


class StorageAwayError(StorageError):
    """The storage does not answer: it may be back in a moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    told = gettext_noop(
        "Kring cannot get at its files at this moment."
        " What you typed is still here; try again in a few minutes."
    )
    seconds = 5


class NoRoomError(StorageError):
    """The disk or the bucket is full: somebody has to make room first."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    told = gettext_noop(
        "Kring has no room for files at this moment. What you typed is still here; try again later."
    )


class Folder(FileSystemStorage):
    """A folder of the data folder, which holds a file whole or not at all."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # not in the stubs
        except OSError as error:
            if error.errno not in FULL:
                raise
            with suppress(OSError):  # names are chosen anew for each file: it is ours
                self.delete(name)
            raise NoRoomError(name) from error
