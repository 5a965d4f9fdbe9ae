"""A mail server to send invitations to."""

from kring.notifications.tests.conftest import server

__all__ = ["server"]
