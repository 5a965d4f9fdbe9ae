"""Envelope addresses that say which mail it was that came back (VERP), and prove that we sent it.

``<local>+<letter><id>.<mac>@<domain>``. The MAC is over the address that the mail went to as well:
what comes back for an address that the person has no more, is about nobody. The address to which
people answer is another (``<letter>r<id>``), and proves no bounce: whoever sees an answer, sees it.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from kring.notifications.models import digest_of

DELIVERY, INVITATION = "d", "i"  # of what sort of mail
FOR_ANSWERS = "r"  # behind that letter
MAC_LENGTH = 10  # signs of five bits
_TAG = re.compile(r"([a-z]r?)([a-z2-7]{26})\.([a-z2-7]{10})")


class Tag(NamedTuple):
    """What stands behind the plus: nothing of it is believed before ``proves``."""

    kind: str
    mail_id: UUID
    mac: str

    @property
    def sort(self) -> str:
        """Of what sort the mail was."""
        return self.kind[0]

    @property
    def is_for_answers(self) -> bool:
        """Whether people see this tag, and pass it on."""
        return self.kind.endswith(FOR_ANSWERS)

    def proves(self, address: str) -> bool:
        """Whether we gave this tag to a mail to this address."""
        return hmac.compare_digest(self.mac, _mac(self.kind, self.mail_id, address))


def leave_as(mail: EmailMultiAlternatives, kind: str, mail_id: UUID, to: str) -> None:
    """Have what comes back, and answers, come to an address of this mail alone.

    The sender that people read stays what it is. Without a bounce mailbox nothing changes.
    """
    if not settings.BOUNCE_ADDRESS:
        return
    answers = address_of(kind + FOR_ANSWERS, mail_id, to)
    mail.extra_headers |= {"From": mail.from_email, "Reply-To": answers}
    mail.from_email = address_of(kind, mail_id, to)


def address_of(kind: str, mail_id: UUID, to: str) -> str:
    """The envelope sender of one mail; the address for answers with ``FOR_ANSWERS``."""
    local, _, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    name = b32encode(mail_id.bytes).decode().rstrip("=").lower()
    return f"{local}+{kind}{name}.{_mac(kind, mail_id, to)}@{domain}"


def tag_in(text: str) -> Tag | None:
    """The first tag in the text of a header, where one stands behind our address."""
    local, _, domain = settings.BOUNCE_ADDRESS.lower().rpartition("@")
    found = re.search(rf"{re.escape(local)}\+{_TAG.pattern}@{re.escape(domain)}", text.lower())
    if found is None:
        return None
    kind, name, mac = found.groups()
    return Tag(kind, UUID(bytes=b32decode(f"{name.upper()}======")), mac)


def _mac(kind: str, mail_id: UUID, to: str) -> str:
    said = f"{kind}{mail_id.hex}{digest_of(to)}"
    made = salted_hmac("kring.notifications.verp", said, algorithm=sha256().name).digest()
    return b32encode(made).decode().lower()[:MAC_LENGTH]
