"""Signing in with a code from the mail: allauth's flow, mended where it told who has an account.

Known and unknown addresses take the same steps: one code made, one mail sent, the same things in
the session, the same queries. Only the mail differs, and only the mailbox sees it.
"""

from __future__ import annotations

from typing import Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from kring.accounts import limits
from kring.accounts.models import User
from kring.accounts.security import fingerprint

CODE = "kring.accounts.code"  # what a fingerprint is for


class SignInCode(LoginCodeVerificationProcess):  # type: ignore[misc]
    """A code under way to a mailbox. It counts in this session only, once, for ten minutes."""

    @classmethod
    def begin(cls, request: HttpRequest, address: str) -> Self:
        """Mail a code, or the news that there is no account, and wait for the code."""
        people = User.objects.unscoped("nobody is signed in yet").filter(is_active=True)
        # A stranger is a person of this moment, in no table: later steps look, and find nobody.
        person = people.at_address(address).first() or User(email=address)
        login = Login(user=person, email=person.email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(person, person.email), initiated_by_user=True)
        process = cls(stage)
        process.send()
        process.persist()
        return process

    @classmethod
    def under_way(cls, request: HttpRequest) -> Self | None:
        """The code that this session waits for, while it holds."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        return cls(stage).abort_if_invalid() if stage else None

    @property
    def address(self) -> str:
        """Where the code went."""
        return str(self.state["email"])

    def may_guess(self) -> bool:
        """Count one guess; when they are used up the code is gone."""
        allowed = limits.may_guess(self.request, self.code)
        if not allowed:
            self.abort()
        return allowed

    def fits(self, guess: str) -> bool:
        """Whether this is the code, and there is somebody to sign in."""
        return constant_time_compare(self.code, fingerprint(CODE, guess)) and self.user is not None

    def generate_code(self) -> str:
        """A new code; the session keeps its fingerprint, so that its table gives no code away."""
        code: str = get_adapter().generate_login_code()
        self.state["code"] = fingerprint(CODE, code)
        return code

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  (allauth's signature)
        """One mail either way."""
        kind = "unknown_account" if self.user.is_stranger else "login_code"
        context = {"user": self.user, "code": self.generate_code()}
        get_adapter().send_mail(f"account/email/{kind}", email, context)
