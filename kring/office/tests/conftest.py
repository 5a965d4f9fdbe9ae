"""A mail server to write to."""

from kring.notifications.tests.conftest import server

__all__ = ["server"]
