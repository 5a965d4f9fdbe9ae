"""Which children of two organisations are one, as somebody said who may know both."""

from uuid import UUID

from kring.base.visibility import Viewer
from kring.schools.models import SameChild


def keys_of(viewer: Viewer) -> dict[UUID, UUID]:
    """For each child that is known elsewhere too one key, the same for all that it is known as.

    A name says nothing here: two children of one family may have the same.
    """
    found: dict[UUID, UUID] = {}
    pairs = SameChild.objects.visible_to(viewer).values_list("student", "other_student")
    for one, other in pairs:
        both = {found.get(one, one), found.get(other, other)}
        found |= dict.fromkeys((one, other), min(both))
        found |= {child: min(both) for child, key in found.items() if key in both}
    return found
