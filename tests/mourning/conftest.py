"""A mail server to send to."""

from kring.notifications.tests.conftest import server

__all__ = ["server"]
