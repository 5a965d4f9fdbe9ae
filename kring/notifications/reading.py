"""What a mail in the bounce mailbox says: that another came back, or that somebody answered.

All of it is written by strangers, so whatever cannot be read says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses
from enum import Enum

from flufl.bounce import all_failures

from kring.notifications import verp
from kring.notifications.verp import Tag

LONGEST_HEADER = 1_000  # signs that are looked at
MOST_HEADERS = 10  # of one name
TO_US = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# The address itself (RFC 3463): who does not exist, or a mailbox that was closed. Not a full one,
# nothing that was refused for what it says or who sends it, and nothing that a provider says of all
# of its mailboxes at once in a bad night: no way there, a time that ran out.
HARD = re.compile(r"5\.(?:1\.(?:[0-6]|10)|2\.1)")
OF_A_MACHINE = {"bulk", "list", "junk", "auto_reply"}
MACHINES = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "bounce")


class Says(Enum):
    """What came."""

    BOUNCE = "bounce"
    REPLY = "reply"
    NOTHING = "nothing"  # still on its way, somebody's holiday, a list


@dataclass(frozen=True, kw_only=True)
class Came:
    """A mail that came in about one of ours, as far as it is looked at."""

    tag: Tag
    says: Says
    status: str = ""  # of a bounce: 5.1.1
    by: str = ""  # of an answer: the address that it claims to come from


def is_hard(status: str) -> bool:
    """Whether this answer is about the address, and will stay."""
    return HARD.fullmatch(status) is not None


def status_in(answer: str) -> str:
    """The enhanced status in an answer of a mail server (RFC 3463); a plain one has a likely one.

    '552' is a full mailbox; '550' may be a person who is gone and a list that we stand on, so it
    counts as what may pass.
    """
    if found := STATUS.search(answer):
        return found[0]
    plain = {"550": "5.0.0", "551": "5.1.6", "553": "5.1.3", "552": "5.2.2"}
    return plain.get(answer.strip()[:3], "5.7.0")


def read(raw: bytes) -> Came | None:
    """What a mail says; None where it is not about a mail of ours.

    Raises whatever parsing a hostile mail raises: the caller puts such a mail aside.
    """
    message = message_from_bytes(raw, policy=policy.compat32)
    tag = _tag(message)
    if tag is None:
        return None
    if (status := _bounced(raw, message)) is not None:
        says = Says.BOUNCE if status else Says.NOTHING
        return Came(tag=tag, says=says, status=status)
    if _is_of_a_machine(message):
        return Came(tag=tag, says=Says.NOTHING)
    return Came(tag=tag, says=Says.REPLY, by=_author(message))


def _tag(message: Message) -> Tag | None:
    for header in TO_US:
        for value in message.get_all(header, [])[:MOST_HEADERS]:
            if tag := verp.tag_in(str(value)[:LONGEST_HEADER]):
                return tag
    return None


def _bounced(raw: bytes, message: Message) -> str | None:
    """The status of a mail that came back, '' where it may still arrive; None for no bounce."""
    if message.get_content_type() == "multipart/report":
        said = list(_reported(message))
        if said:
            failed = [status for action, status in said if action == "failed"]
            return max(failed, key=is_hard) if failed else ""
    modern = message_from_bytes(raw, _class=EmailMessage, policy=policy.compat32)
    temporary, permanent = all_failures(modern)
    if permanent:
        return "5.0.0"
    return "4.0.0" if temporary else None


def _reported(message: Message) -> Iterator[tuple[str, str]]:
    """Action and status per recipient, of the machine-readable part (RFC 3464)."""
    for part in message.walk():
        if part.get_content_type() not in {
            "message/delivery-status",
            "message/global-delivery-status",
        }:
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action = _header(block, "Action").strip().lower()
            status = STATUS.search(_header(block, "Status"))
            if action:
                yield action, status[0] if status else "5.0.0"


def _is_of_a_machine(message: Message) -> bool:
    """What nobody wrote (RFC 3834), and what one does not answer."""
    automatic = _header(message, "Auto-Submitted").strip().lower()
    return bool(
        (automatic and not automatic.startswith("no"))
        or _header(message, "Precedence").strip().lower() in OF_A_MACHINE
        or _header(message, "Return-Path").strip() == "<>"
        or any(_header(message, name) for name in ("List-Id", "X-Autoreply", "X-Autorespond"))
        or _author(message).startswith(MACHINES)
        or not _author(message)
    )


def _author(message: Message) -> str:
    """The address that a mail claims to come from; none where it names several."""
    named = getaddresses([_header(message, "From")])
    return named[0][1].strip().lower() if len(named) == 1 else ""


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))[:LONGEST_HEADER]
