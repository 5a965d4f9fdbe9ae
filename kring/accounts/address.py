"""Another address for one's account: proven at the new mailbox and at the old one.

The session keeps fingerprints of two codes for ten minutes. An address that is somebody's already
takes the same steps; only its mailbox hears that it has an account, so nobody can find out by
asking. Who has lost the old mailbox goes to the office for a new letter: no code alone moves an
account that reads of several schools.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from kring.accounts import limits, sessions
from kring.accounts.models import User
from kring.accounts.security import fingerprint

KEY = "kring.address"  # in the session; and what a fingerprint is for
GOOD_FOR = 10 * 60  # seconds


@dataclass(frozen=True, kw_only=True)
class AddressChange:
    """A change under way in this session."""

    address: str
    new: str  # fingerprint of the code that went to the new mailbox
    old: str  # of the one that went to the old mailbox; nothing where there was none
    at: float

    @classmethod
    def begin(cls, request: HttpRequest, person: User, address: str) -> None:
        """Mail the codes. Raises MailNotSentError, and then nothing is under way."""
        adapter, codes = get_adapter(), [get_adapter().generate_login_code() for _ in range(2)]
        people = User.objects.unscoped("an address is one person's in the whole installation")
        taken = people.at_address(address).exists()
        kind = "address_taken" if taken else "address_new"
        adapter.send_mail(f"account/email/{kind}", address, {"user": person, "code": codes[0]})
        if person.email:
            context = {"user": person, "code": codes[1], "address": address}
            adapter.send_mail("account/email/address_old", person.email, context)
        change = cls(
            address=address,
            new=fingerprint(KEY, codes[0]),
            old=fingerprint(KEY, codes[1]) if person.email else "",
            at=time.time(),
        )
        request.session[KEY] = vars(change)

    @classmethod
    def under_way(cls, request: HttpRequest) -> AddressChange | None:
        """The change that this session waits for, while its codes hold."""
        kept = request.session.get(KEY)
        change = cls(**kept) if kept else None
        return change if change and time.time() - change.at < GOOD_FOR else None

    def may_guess(self, request: HttpRequest) -> bool:
        """Count one guess; when they are used up nothing is under way any more."""
        allowed = limits.may_guess(request, self.new)
        if not allowed:
            request.session.pop(KEY, None)
        return allowed

    def fits_new(self, guess: str) -> bool:
        """Whether this is the code from the new mailbox."""
        return constant_time_compare(self.new, fingerprint(KEY, guess))

    def fits_old(self, guess: str) -> bool:
        """Whether this is the code from the old mailbox, where there is one."""
        return not self.old or constant_time_compare(self.old, fingerprint(KEY, guess))

    def finish(self, request: HttpRequest, person: User) -> bool:
        """Sign in at the new address from now on; False when it became somebody else's meanwhile.

        The old address hears of it, and every other session ends.
        """
        before = person.email
        request.session.pop(KEY, None)
        try:
            with transaction.atomic():
                person.move_to(self.address)
        except IntegrityError:
            return False
        sessions.end_others(request)
        for address in filter(None, (before, person.email)):
            get_adapter().send_notification_mail(
                "account/email/address_changed", person, {"address": self.address}, email=address
            )
        return True
