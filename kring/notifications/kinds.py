"""What people are told of, in kinds that each can be switched on and off."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Of what a person is told. ``OWN`` is about what one sent oneself, and has no switch."""

    SCHOOL = "school", _("Messages of the school")
    GROUP = "group", _("Messages of the group")
    COMMENTS = "comments", _("Comments")
    CONVERSATIONS = "conversations", _("Conversations")
    ABSENCE = "absence", _("Absence")
    PLANNING = "planning", _("Planning and agenda")
    DIGEST = "digest", _("Weekly newsletter and daily overview")
    SILENCE = "silence", _("A quiet week in your group")
    OWN = "own", _("About your own messages")


BROADCAST = (Kind.SCHOOL, Kind.GROUP, Kind.COMMENTS, Kind.PLANNING)
"""Kinds that wait for the newsletter where a person chose 'only the weekly newsletter'."""

offered: set[Kind] = set()
"""Kinds that something tells of: an app that begins to tell says so in its ``notices``."""


MAIL = "email"
"""The channel that the link below a mail stops. All of them: ``kring.notifications.channels``."""
