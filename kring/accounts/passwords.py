"""Passwords, for who cannot or will not use a passkey or a code: how they are kept, which are good.

Any characters, 10 to 128 of them, nothing cut off, no rule about capitals and figures. Refused is
what a stranger tries first: what stands in the lists of used passwords, and words about the person.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base.visibility import Viewer

SHORTEST, LONGEST = 10, 128  # characters
FEWEST_DIFFERENT = 4  # characters: "abababababab" is as good as none
SHORTEST_WORD = 3  # letters of a word about the person that counts
OWN_LETTERS = 5  # that a password with such a word must have besides
NO_PASSWORD = "!"  # noqa: S105 - opens nothing; looking at it takes as long as at a real one

# Who a person is to schools lives above: there it is said which words that gives.
words_about: list[Callable[[Viewer], Iterable[str]]] = []


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP): some 22 ms, so a rush stays a rush."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1


def normal(password: str) -> str:
    """One spelling for what looks the same: keyboards write é in one sign or in two."""
    return unicodedata.normalize("NFKC", password)


def fits(person: User | None, password: str) -> bool:
    """Whether this is the password; as slow where there is nobody, or nobody with a password."""
    return check_password(normal(password), person.password if person else NO_PASSWORD)


def choose(person: User, password: str | None) -> None:
    """Let this person sign in with it from now on; None: with none. Older sessions end."""
    person.password = encoded(password)
    person.save(update_fields=["password"])


def encoded(password: str | None) -> str:
    """As it is kept."""
    return make_password(password if password is None else normal(password))


def words_of(person: User | None, viewer: Viewer | None = None) -> set[str]:
    """Words that a password of this person must not be made of."""
    told = [person.name, person.email or "", person.username or ""] if person else []
    if viewer:
        told += [word for source in words_about for word in source(viewer)]
    return set(told)


def check(password: str, words: Iterable[str] = ()) -> None:
    """Refuse what is too short, too long, or what a stranger tries first."""
    given = normal(password)
    if len(given) < SHORTEST:
        said = _("Take at least %(count)d characters: a few words after each other, for instance.")
        raise ValidationError(said % {"count": SHORTEST})
    if len(given) > LONGEST:
        said = _("Take at most %(count)d characters.")
        raise ValidationError(said % {"count": LONGEST})
    if _is_common(given):
        raise ValidationError(_("Many people use this password, so strangers try it first."))
    if _is_made_of(_folded(given), words):
        raise ValidationError(
            _("Your name, your school or Kring is most of this password. Take other words.")
        )


def _is_common(password: str) -> bool:
    """Whether it stands in the list of used ones, perhaps with figures or marks behind it."""
    known, lowered = _common(), password.lower().strip()
    bare = re.sub(r"[\W\d_]+$", "", lowered)
    few = len(set(lowered)) < FEWEST_DIFFERENT
    return few or lowered in known or (len(bare) < SHORTEST and bare in known)


@cache
def _common() -> set[str]:
    return set(CommonPasswordValidator().passwords)


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether little is left when the words about the person are taken out."""
    left, parts = password, set[str]()
    for text in {"kring", *words}:
        parts.update(re.findall(r"[^\W_]+", _folded(text)), {re.sub(r"[\W_]+", "", _folded(text))})
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= SHORTEST_WORD:
            left = left.replace(part, " ")
    own = sum(letter.isalpha() for letter in left)
    return left != password and own < OWN_LETTERS


def _folded(text: str) -> str:
    """Without capitals and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
