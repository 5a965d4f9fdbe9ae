"""Where the build keeps what it drew."""

from hashlib import sha256
from pathlib import Path


def place(folder: Path, key: str) -> Path:
    """Where the files of one picture, film or paper lie."""
    return folder / sha256(key.encode()).hexdigest()[:20]
