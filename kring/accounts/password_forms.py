"""The shape of passwords, user names and paper codes that people type."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.accounts import passwords
from kring.accounts.models import User

USER_NAME = re.compile(r"[a-z0-9._-]{3,40}")
LONGEST_TYPED = 1000  # characters, before anything is done with them


def password_field(label: Any, *, new: bool, **attrs: Any) -> forms.CharField:
    """A password: nothing is cut off, pasting and password managers are welcome."""
    name = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_TYPED,
        widget=forms.PasswordInput(attrs={"autocomplete": name} | attrs),
        error_messages={"required": gettext_lazy("Fill in a password.")},
    )


def paper_code_field() -> forms.CharField:
    """A code from the sheet."""
    return forms.CharField(
        label=gettext_lazy("Code from your sheet"),
        help_text=gettext_lazy("One that you did not use before. Strike it out on the paper."),
        max_length=40,  # with spaces and dashes
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Fill in a code from your sheet.")},
    )


class UserNameForm(forms.Form):
    """A user name of one's own choice, for who has no address."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy(
            "Small letters, figures, dots and dashes; at least three. You sign in with it."
        ),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Fill in a user name.")},
    )

    def clean_username(self) -> str:
        """In small letters; a name that nobody has."""
        username = str(self.cleaned_data["username"]).lower()
        if not USER_NAME.fullmatch(username):
            raise ValidationError(
                _("Use 3 to 40 small letters, figures, dots, dashes or underscores.")
            )
        people = User.objects.unscoped("nobody has this name, or somebody whom nobody may see")
        if people.filter(username=username).exists():
            raise ValidationError(_("Somebody has this name already. Take another one."))
        return username


class NewPasswordForm(forms.Form):
    """A new password, typed twice; ``words`` are those that it must not be made of."""

    password = password_field(gettext_lazy("New password"), new=True)
    again = password_field(gettext_lazy("The same once more"), new=True)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, words: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.words = set(words)
        self.fields["password"].help_text = _(
            "At least %(count)d characters. Three or four words after each other are easy to keep."
        ) % {"count": passwords.SHORTEST}

    def clean_password(self) -> str:
        """Refuse what strangers try first."""
        password = str(self.cleaned_data["password"])
        passwords.check(password, self.words | {str(self.data.get("username", ""))})
        return password

    def clean_again(self) -> str:
        """Refuse a typing mistake."""
        again = str(self.cleaned_data["again"])
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("This is not the same as above. Type it once more."))
        return again


class PasswordOrNoneForm(NewPasswordForm):
    """The same, or none at all: who makes a passkey has no need of one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password", "again"):
            self.fields[name].required = False
        rule = self.fields["password"].help_text
        leave = _("Leave it empty if you make a passkey in a moment.")
        self.fields["password"].help_text = f"{leave} {rule}"

    def clean_password(self) -> str:
        """Nothing is good, too."""
        return super().clean_password() if self.cleaned_data["password"] else ""


class PasswordSignInForm(forms.Form):
    """An address or user name, and the password that goes with it."""

    name = forms.CharField(
        label=gettext_lazy("E-mail address or user name"),
        max_length=254,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
        error_messages={"required": gettext_lazy("Fill in your e-mail address or user name.")},
    )
    password = password_field(gettext_lazy("Password"), new=False)

    def clean_name(self) -> str:
        """In one case, as names are kept."""
        return str(self.cleaned_data["name"]).lower()


class PasswordAgainForm(forms.Form):
    """The password of who is signed in."""

    password = password_field(gettext_lazy("Password"), new=False)


class PaperCodeForm(forms.Form):
    """A code from the sheet."""

    code = paper_code_field()


class ForgottenForm(UserNameForm, NewPasswordForm):
    """A new password for who has a user name and a code on paper."""

    code = paper_code_field()
    field_order = ("username", "code", "password", "again")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["username"].help_text = ""

    def clean_username(self) -> str:
        """Whoever this may be."""
        return str(self.cleaned_data["username"]).lower()


class FiguresForm(forms.Form):
    """The figures that an app shows."""

    figures = forms.CharField(
        label=gettext_lazy("Figures from the app"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        error_messages={"required": gettext_lazy("Fill in the six figures from the app.")},
    )
