"""A rendered picture whose files are words: for tests of what happens to files."""

from pathlib import Path

from pytest_django import Settings

from kring.media.photo import Rendered

RENDERED = Rendered(
    width=2,
    height=1,
    small=b"the small",
    medium=b"the medium",
    large=b"the large",
    thumbhash="3OcRJYB4d3h_iIeHeEh3eIhw",
    colour="#336699",
    animated=False,
)


def store_in(folder: Path, settings: Settings) -> None:
    """Have storage in a folder of the test."""
    options = settings.STORAGES["default"]["OPTIONS"] | {"location": folder}
    changed = settings.STORAGES["default"] | {"OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": changed}
