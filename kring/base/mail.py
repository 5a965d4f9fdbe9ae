"""Mails as text and HTML, in one layout: ``templates/mail/layout.mjml``."""

from __future__ import annotations

import re
from binascii import b2a_qp
from email.contentmanager import ContentManager
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from functools import lru_cache
from typing import Any
from uuid import uuid4

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

# What no mail can hold, and what would break the layout: it may stand in a name.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
ALIKE = frozenset(
    {"auto-submitted", "content-transfer-encoding", "content-type", "from", "mime-version"}
)


class AsItStands(UnstructuredHeader, BaseHeader):
    """A header with an address longer than a line: it is no text, so it is never encoded."""

    def fold(self, *, policy: Policy[Any]) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Headers(HeaderRegistry):
    """Makes the class of a header once, not again for each header of each mail."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("list-unsubscribe", AsItStands)
        self.made: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        if (known := self.made.get(name)) is None:
            known = self.made[name] = super().__getitem__(name)
        return known

    def __call__(self, name: str, value: str) -> BaseHeader:
        """Read what all mails of a school say alike once, too."""
        if name.lower() in ALIKE and "boundary" not in value:
            return self.read(name, str(value))
        return super().__call__(name, value)

    @staticmethod
    @lru_cache(maxsize=1024)
    def read(name: str, value: str) -> BaseHeader:
        """Nobody changes a header: another one takes its place."""
        return HeaderRegistry.__call__(HEADERS, name, value)


def _set_text(
    made: EmailMessage, text: str, subtype: str = "plain", charset: str = "utf-8"
) -> None:
    """Quoted-printable, by the encoder in C: a third of a mail's time went to the one in Python."""
    made["Content-Type"] = f'text/{subtype}; charset="{charset}"'
    made["Content-Transfer-Encoding"] = "quoted-printable"
    made.set_payload(b2a_qp(text.encode(charset), istext=True).decode("ascii"))


HEADERS, CONTENTS = Headers(), ContentManager()
CONTENTS.add_set_handler(str, _set_text)


class Mail(EmailMultiAlternatives):
    """Text and HTML."""

    def message(self, *, policy: Any = default) -> EmailMessage:
        """As it goes out."""
        ours = policy.clone(header_factory=HEADERS, content_manager=CONTENTS)
        made = super().message(policy=ours)
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
