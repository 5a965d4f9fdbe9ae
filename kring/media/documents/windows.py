"""A large file looked at in parts, so that what is searched for is never copied whole."""

from collections.abc import Iterator

OVERLAP = 128  # longer than anything that is searched for
_SIZE = 1024 * 1024


def windows(data: bytes) -> Iterator[bytes]:
    """Parts one after another, each with the beginning of the next."""
    for start in range(0, len(data), _SIZE):
        yield data[start : start + _SIZE + OVERLAP]
