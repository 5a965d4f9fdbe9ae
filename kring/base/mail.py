"""Mails as text and HTML, in one layout: ``templates/mail/layout.mjml``."""

import re
from typing import Any

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

# What no mail can hold, and what would break the layout: it may stand in a name.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


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
    mail = EmailMultiAlternatives(
        " ".join(subject.split()),
        f"{text}\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(mrml.to_html(layout).content, "text/html")
    return mail
