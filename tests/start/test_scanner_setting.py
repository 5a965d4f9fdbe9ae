"""The setting that says where the virus scanner listens."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    "value", ["", "/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310", "scanner.example:3310"]
)
def test_a_place_to_listen_is_taken(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_CLAMAV", value)
    assert env.daemon("KRING_CLAMAV") == value


@pytest.mark.parametrize("value", ["clamd", "127.0.0.1", ":3310", "host:", "host:clamd", "a/b"])
def test_anything_else_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_CLAMAV", value)
    with pytest.raises(ImproperlyConfigured, match="KRING_CLAMAV"):
        env.daemon("KRING_CLAMAV")
