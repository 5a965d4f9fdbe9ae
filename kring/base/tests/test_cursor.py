from datetime import UTC, datetime
from uuid import uuid4

from kring.base.cursor import Cursor


def test_a_cursor_keeps_its_microseconds() -> None:
    cursor = Cursor(datetime(2026, 11, 21, 14, 30, 5, 123457, tzinfo=UTC), uuid4())
    assert Cursor.read(str(cursor)) == cursor
