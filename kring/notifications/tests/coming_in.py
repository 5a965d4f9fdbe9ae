"""Mails as they come into the bounce mailbox."""

from __future__ import annotations

from email.message import EmailMessage

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{name}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

This is the mail system at host mx.example.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; who@post.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--cut
Content-Type: message/rfc822

Subject: New message from group 5

Text
--cut--
"""


def report(to: str, status: str = "5.1.1", action: str = "failed", name: str = "one") -> bytes:
    """A delivery status notification (RFC 3464), as Postfix writes it."""
    said = REPORT.format(to=to, status=status, action=action, name=name)
    return said.replace("\n", "\r\n").encode()


def reply(to: str, sender: str, name: str = "one", **headers: str) -> bytes:
    """Somebody answers from a mail program."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: New message"
    mail["Message-ID"] = f"<{name}@phone.example>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content("Dank je wel. Sam is morgen ziek.")
    return mail.as_bytes()
