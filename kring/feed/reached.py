"""How many people an audience is, said before sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kring.audiences.families import Neighbourhood
from kring.audiences.models import Audience
from kring.base import clock
from kring.base.visibility import Viewer
from kring.schools.models import Employment


@dataclass(frozen=True)
class Reached:
    """The people of an audience, counted."""

    families: int = 0
    children: int = 0
    unconnected: int = 0
    colleagues: int = 0

    @classmethod
    def of(cls, audiences: Sequence[Audience], viewer: Viewer) -> Reached:
        """Siblings of one broadcast together: a family in two of them counts once."""
        today = clock.today()
        around = Neighbourhood(viewer, {one.school_id for one in audiences}, [today])
        families = around.families(audiences, today)
        teams = [one.school_id for one in audiences if one.staff_only]
        colleagues = Employment.objects.visible_to(viewer).on(today).filter(school__in=teams)
        return cls(
            families=len(families),
            children=len({child for one in audiences for child in around.children(one, today)}),
            unconnected=sum(not family.joined for family in families),
            colleagues=colleagues.values("user").distinct().count() if teams else 0,
        )

    @property
    def mark(self) -> str:
        """The count as a form carries it, to see whether it is still the same."""
        return f"{self.families}.{self.children}.{self.unconnected}.{self.colleagues}"
