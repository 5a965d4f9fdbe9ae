"""Where the next page of a list begins that is read by time."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Cursor(NamedTuple):
    """After this moment, and at that moment after this thing."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        """As it stands in an address."""
        microseconds = (self.at - EPOCH) // MICROSECOND
        return urlsafe_b64encode(microseconds.to_bytes(8) + self.id.bytes).decode()

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for what is not a cursor of ours: then the page is the first."""
        try:
            packed = urlsafe_b64decode(text)
            moment = EPOCH + MICROSECOND * int.from_bytes(packed[:8])
            return cls(moment, UUID(bytes=packed[8:]))
        except (ValueError, OverflowError):
            return None
