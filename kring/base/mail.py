"""Mails as text and HTML, in one layout: ``templates/mail/layout.mjml``."""

from __future__ import annotations

import re
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from typing import Any
from uuid import uuid4

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

# What no mail can hold, and what would break the layout: it may stand in a name.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class AsItStands(UnstructuredHeader, BaseHeader):
    """A header with an address longer than a line: it is no text, so it is never encoded."""

    def fold(self, *, policy: Policy[Any]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", AsItStands)


class Mail(EmailMultiAlternatives):
    """Text and HTML."""

    def message(self, *, policy: Any = default) -> EmailMessage:
        """As it goes out."""
        made = super().message(policy=policy.clone(header_factory=HEADERS))
        # Random, so that nobody has to compile a pattern and look whether the text holds it.
        made.set_boundary(uuid4().hex)
        return made


def letter(template: str, *, to: str, **context: Any) -> EmailMultiAlternatives:
    """A mail from three templates, in the language of this moment; not sent yet.

    For ``account/email/login_code`` they are ``account/email/login_code_subject.txt``,
    ``…_message.txt`` and ``…_message.mjml``. Each knows ``origin``, the address of this Kring.
    """
    known = {"origin": settings.ORIGIN} | context
    subject, text, layout = (
        _CONTROL.sub("", render_to_string(f"{template}_{part}", known).strip())
        for part in ("subject.txt", "message.txt", "message.mjml")
    )
    mail = Mail(
        " ".join(subject.split()),
        f"{text}\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(mrml.to_html(layout).content, "text/html")
    return mail
