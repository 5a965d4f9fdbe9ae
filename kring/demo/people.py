"""The people of the demo, each with a link that signs in as that person."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext

from kring.base.names import full_name
from kring.demo import cast

SIGNER = Signer(salt="kring.demo.sign_in")
SCHOOLS = {"wilgenhoek": "De Wilgenhoek", "vijver": "BSO De Vijver", "kompas": "Het Kompas"}


def people(origin: str = "") -> list[dict[str, Any]]:
    """Who they are, in the order of the cast: key, name, roles, schools and sign_in, an address.

    Roles are said in the language of this moment. Asks no database.
    """
    return [
        {
            "key": key,
            "name": full_name(person.first, person.infix, person.last),
            "roles": [gettext(role) for role in person.roles],
            "schools": [SCHOOLS[school] for school in person.schools],
            "sign_in": origin + reverse("demo:sign_in", args=[SIGNER.sign(key)]),
        }
        for key, person in cast.IN_THE_DEMO.items()
    ]


def person_of(token: str) -> str | None:
    """Whose link this is; None for one that we did not make."""
    try:
        key = SIGNER.unsign(token)
    except BadSignature:
        return None
    return key if key in cast.IN_THE_DEMO else None
