"""People as they are shown on pages about people: with a photo where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.media.models import Portrait
from kring.media.signing import sign_all


@dataclass(frozen=True, kw_only=True)
class Face:
    """A person: name, what they are here, initials, and a photo of themselves if they chose one."""

    name: str
    detail: str
    initials: str
    picture: str  # an address for this session, or nothing
    about: str = ""
    reads: str = ""  # when this person reads messages, in words


def pictures(people: Iterable[UUID], viewer: Viewer, session_key: str) -> dict[UUID, str]:
    """Addresses of the photos of these people, for this session, as far as one may know them."""
    seen = Portrait.objects.visible_to(viewer).filter(user__in=set(people))
    found = seen.values_list("user_id", "asset_id")
    return {person: sign_all(asset, session_key).small for person, asset in found}


def face(
    person: User, detail: str, pictures: dict[UUID, str], *, called: str = "", reads: str = ""
) -> Face:
    """One person on a page."""
    return Face(
        name=called[:1].upper() + called[1:] or person.name,
        detail=detail,
        initials=person.initials,
        picture=pictures.get(person.pk, ""),
        about=person.about,
        reads=reads,
    )
