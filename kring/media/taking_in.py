"""What a school allows: how much it may keep, and whether originals are kept."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from kring.base.visibility import Viewer
from kring.media.models import bytes_of
from kring.media.names import shown_name
from kring.media.sentences import no_room
from kring.media.uploads import Refusal, Taken, Upload
from kring.schools.models import Policy


def keeps_originals(school_id: UUID, viewer: Viewer) -> bool:
    """Whether photos are kept at full size, too (written anew, as all are)."""
    policies = Policy.objects.visible_to(viewer).filter(school=school_id)
    newest = policies.order_by("-version").values_list("keeps_originals", flat=True).first()
    return bool(newest)


def has_room(school_id: UUID, coming: int) -> bool:
    """Whether so many bytes fit in what a school may keep; asked in a block of who works there."""
    return bytes_of(school_id) + coming <= settings.MEDIA_QUOTA_BYTES


def refused_for_room(school_id: UUID, files: Sequence[Upload]) -> list[Taken | Refusal]:
    """A refusal of each file where these would not fit in what the school may keep."""
    if has_room(school_id, sum(file.size or 0 for file in files)):
        return []
    return [Refusal(name=shown_name(file.name), sentence=no_room(file.name)) for file in files]
