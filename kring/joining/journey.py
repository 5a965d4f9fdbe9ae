"""How far somebody is on the way in: ids and proofs in the session, for an hour."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Self
from uuid import UUID

from django.http import HttpRequest

KEY = "joining"
LASTS = 60 * 60  # seconds


@dataclass(kw_only=True)
class Journey:
    """The session knows that its holder showed a code or a link; what that opens is asked anew."""

    school: str = ""
    code: str = ""  # id of a koppelcode that was typed rightly
    token: str = ""  # of the link in an invitation
    place: str = ""  # id of the guardianship that was chosen; nothing: none that is known
    relation: str = ""
    chose: bool = False  # who one is to the child
    address: str = ""  # where a code was mailed
    fingerprint: str = ""  # of that code, until it was typed
    until: float = 0
    proven: bool = False  # the mailbox
    no_mail: bool = False  # has none: a user name
    began: float = field(default_factory=time.time)

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """The one of this session, while it lasts."""
        kept = request.session.get(KEY)
        if not kept:
            return None
        found = cls(**kept)
        return found if time.time() - found.began < LASTS else None

    def keep(self, request: HttpRequest) -> None:
        """Remember it in this session."""
        request.session[KEY] = asdict(self)

    def choose(self, place: str, relation: str) -> Self:
        """Say who one is to the child: a place that waits, or somebody else."""
        self.place, self.relation, self.chose = place, relation, True
        return self

    @staticmethod
    def end(request: HttpRequest) -> None:
        """Forget it."""
        request.session.pop(KEY, None)

    @property
    def school_id(self) -> UUID:
        """The school that the code is of."""
        return UUID(self.school)

    @property
    def code_id(self) -> UUID:
        """The code."""
        return UUID(self.code)

    @property
    def place_id(self) -> UUID | None:
        """The place that was chosen among those that wait."""
        return UUID(self.place) if self.place else None
