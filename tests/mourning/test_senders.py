"""A family in mourning gets nothing: every place that sends something says how it keeps to that.

The source is asked, so that a new sender must choose, and stand in the table below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import modules

WAYS = "through kring_ways, which leaves out who mourns, and is asked again just before sending"
ASKED = "asked for by the person at this moment, on the page that waits for it"
SECURITY = "a warning about one's own account: who mourns must not be robbed meanwhile"
STAFF = "about work, to who leads the school; never to a family"

SENDERS = {
    # what every notification goes through
    "kring/notifications/channels/email.py::ByMail.__init__": WAYS,
    "kring/notifications/channels/email.py::Email._hand_over": "the bare connection",
    "kring/notifications/channels/email.py::compose": WAYS,
    # notifications
    "kring/calendar/notices.py::_tell": WAYS,
    "kring/feed/newsletters.py::tell_of_the_newsletter": WAYS,
    "kring/feed/notices.py::tell_who_may_see_it": WAYS,
    "kring/feed/notices.py::tell_the_writer": WAYS,
    "kring/feed/notices_calls.py::tell_who_calls": WAYS,
    "kring/feed/notices_comments.py::tell_of_a_comment": WAYS,
    "kring/feed/notices_newsletters.py::tell_that_it_did_not_go": WAYS,
    "kring/feed/notices_planned.py::tell_that_it_did_not_go": WAYS,
    "kring/feed/silence.py::tell_the_teachers": WAYS,
    "kring/notifications/digest.py::tell_of_the_day": WAYS,
    "kring/notifications/digest.py::tell_of_the_week": WAYS,
    "kring/notifications/notices.py::tell_whose_it_is": WAYS,
    # mails of their own
    "kring/joining/mailing.py::send_invitation": "asks in_mourning, and takes the invitation back",
    "kring/joining/mailing.py::compose": "asks in_mourning, and takes the invitation back",
    "kring/notifications/answering.py::answer": "asks in_mourning",
    "kring/notifications/answering.py::compose": "asks in_mourning",
    # letters on paper
    "kring/feed/printing.py::Pile.write": "leaves out who mourns",
    "kring/joining/posting.py::Post.write": "leaves out who mourns, but one by hand",
    # not held back
    "kring/accounts/adapter.py::AccountAdapter.send_mail": SECURITY,
    "kring/accounts/adapter.py::AccountAdapter.send_notification_mail": SECURITY,
    "kring/accounts/address.py::AddressChange.begin": ASKED,
    "kring/accounts/address.py::AddressChange.finish": SECURITY,
    "kring/accounts/codes.py::SignInCode.send_by_email": ASKED,
    "kring/accounts/factors.py::write": SECURITY,
    "kring/accounts/views/passkeys.py::remove": SECURITY,
    "kring/feed/newsletters.py::send_to_oneself": ASKED,
    "kring/joining/mailbox.py::send": ASKED,
    "kring/joining/telling.py::_tell": SECURITY,
    "kring/office/telling.py::_compose": STAFF,
    "kring/office/telling.py::tell_leader": STAFF,
    "kring/schools/inviting.py::_mail": "the first person of a server, invited by its operator",
}
CALLS = {
    "Email",
    "EmailMessage",
    "EmailMultiAlternatives",
    "mail_admins",
    "mail_managers",
    "notify",
    "pdf",
    "send_mail",
    "send_mass_mail",
    "send_messages",
    "send_notification_mail",
    "webpush",
}


def senders() -> Iterator[str]:
    """Every function of ours that calls one of these, or writes a letter to somebody."""
    for path, tree in modules().items():
        if not path.startswith("kring/demo/"):
            yield from (f"{path}::{name}" for name in _sending(tree, ""))


def _sending(node: ast.AST, inside: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _sending(child, f"{inside}.{child.name}".lstrip("."))
        else:
            if isinstance(child, ast.Call) and _sends(child):
                yield inside
            yield from _sending(child, inside)


def _sends(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            to_somebody = any(keyword.arg == "to" for keyword in call.keywords)
            return name in CALLS or (name == "letter" and to_somebody)
    return False


def test_a_family_in_mourning_gets_nothing_from_any_sender_that_there_is() -> None:
    """A new sender? Say in the table how it keeps to that, and try it in ``test_silence``."""
    assert set(senders()) == set(SENDERS)


def test_the_search_finds_a_sender() -> None:
    found = _sending(ast.parse("class A:\n def b(self):\n  mail.letter('x', to=1)\n  Email()"), "")
    assert set(found) == {"A.b"}
    assert not set(_sending(ast.parse("@letter('x')\ndef b():\n pass"), ""))
