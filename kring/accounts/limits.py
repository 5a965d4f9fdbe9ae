"""How often somebody may try, counted in the shared cache, so that every web process counts along.

Nobody can lock somebody else out. A code has its own few tries. What may be asked for one address
is counted per network; over all networks together there is a wider limit, that spares a mailbox
from a flood, and it does not count for a device on which that person signed in before. A passkey
needs no code at all. The answer is the same whether an address has an account or not.

Passwords are counted as codes are: per network, and over all networks for devices that are not
known. Codes on paper have 50 bits, so they are counted per network only: with a user name and a
sheet nobody is ever locked out. Figures of an app can be tried only by who gave a first proof, so
those are counted for the person; passkey and paper stay open.
"""

from uuid import UUID

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from kring.accounts import known_devices

LIMITS = {
    "network": "120/m/ip,1800/h/ip",  # a school's whole evening may share one
    "here": "10/10m/key",  # for one address, asked from one network or known device
    "address": "30/h/key",  # for one address, asked from anywhere
    "code": "5/15m/key",  # guesses at one code, which lives for ten minutes
    "password": "10/10m/key",  # tries at one person's, from one network or known device
    "anywhere": "30/h/key",  # tries at one person's password, from devices that are not known
    "paper": "10/10m/key",  # tries at one person's codes on paper, from one network
    "push": "10/10m/key",  # messages with which a person tries the own devices
    "letter": "10/10m/key",  # mails with which a person tries a newsletter
    "app": "5/5m/key,30/d/key",  # figures of the app, 20 bits, of which three fit at a time
}


def may_knock(request: HttpRequest) -> bool:
    """Whether this network may ask once more for anything that needs no sign-in."""
    return _within(request, "network", None)


def may_ask(request: HttpRequest, address: str) -> bool:
    """Whether one more code may be mailed to this address, known or not."""
    if not may_knock(request):
        return False
    if device := known_devices.recognise(request, address):
        return _within(request, "here", f"{address}|{device}")
    here = f"{address}|{ratelimit.get_ip(request)}"
    return _within(request, "here", here) and _within(request, "address", address)


def may_guess(request: HttpRequest, code: str) -> bool:
    """Whether one more guess may be made at this code. Guesses side by side are counted too."""
    return _within(request, "code", code)


def may_try(request: HttpRequest, name: str) -> bool:
    """Whether one more password may be tried for this address or user name, known or not."""
    if not may_knock(request):
        return False
    if device := known_devices.recognise(request, name):
        return _within(request, "password", f"{name}|{device}")
    here = f"{name}|{ratelimit.get_ip(request)}"
    return _within(request, "password", here) and _within(request, "anywhere", name)


def may_try_paper(request: HttpRequest, name: str) -> bool:
    """Whether one more code on paper may be tried for this person, known or not."""
    here = f"{name}|{ratelimit.get_ip(request)}"
    return may_knock(request) and _within(request, "paper", here)


def may_try_app(request: HttpRequest, person_id: UUID) -> bool:
    """Whether this person may try the figures of an app once more."""
    return _within(request, "app", str(person_id))


def may_try_push(request: HttpRequest, person_id: UUID) -> bool:
    """Whether this person may send a message to a device of one's own once more."""
    return _within(request, "push", str(person_id))


def may_try_letter(request: HttpRequest, person_id: UUID) -> bool:
    """Whether this person may have a newsletter mailed to oneself once more."""
    return _within(request, "letter", str(person_id))


def _within(request: HttpRequest, action: str, key: str | None) -> bool:
    used = ratelimit.consume(
        request, app="kring.accounts", action=action, config=LIMITS, key=key, limit_get=True
    )
    return used is not None
