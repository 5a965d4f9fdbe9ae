"""The people of the demo, each with a link that signs in as that person."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext

from kring.base.names import full_name
from kring.demo import cast
from kring.demo.kindcentrum import people as centre

SIGNER = Signer(salt="kring.demo.sign_in")
SCHOOLS = {
    "wilgenhoek": "De Wilgenhoek",
    "vijver": "BSO De Vijver",
    "kompas": "Het Kompas",
    **centre.SCHOOLS,
}


def people(origin: str = "") -> list[dict[str, Any]]:
    """Those of De Kring, then the cast: key, name, roles, schools and sign_in, an address.

    Roles are said in the language of this moment. Asks no database.
    """
    return [*of_the_centre(origin), *of_the_cast(origin)]


def of_the_centre(origin: str = "") -> list[dict[str, Any]]:
    """Those of kindcentrum De Kring, where the demo has it."""
    if settings.DEMO_SMALL:
        return []
    return [_told(key, known.person, origin) for key, known in centre.PEOPLE.items()]


def of_the_cast(origin: str = "") -> list[dict[str, Any]]:
    """The people of the tests: each of them is some special case."""
    return [_told(key, person, origin) for key, person in cast.IN_THE_DEMO.items()]


def person_of(token: str) -> UUID | None:
    """Whose link this is, by id; None for one that we did not make."""
    try:
        key = SIGNER.unsign(token)
    except BadSignature:
        return None
    if key in centre.PEOPLE:
        return cast.identity(centre.PEOPLE[key].identity)
    return cast.identity(key) if key in cast.IN_THE_DEMO else None


def _told(key: str, person: cast.Person, origin: str) -> dict[str, Any]:
    return {
        "key": key,
        "name": full_name(person.first, person.infix, person.last),
        "roles": [gettext(role) for role in person.roles],
        "schools": [SCHOOLS[school] for school in person.schools],
        "sign_in": origin + reverse("demo:sign_in", args=[SIGNER.sign(key)]),
    }
