"""What a composer is told of an asset."""

from kring.media.models import Asset
from kring.media.photo import Reason
from kring.media.sentences import sentence
from kring.media.signing import sign_all


def told(asset: Asset, session_key: str) -> dict[str, str | int]:
    """What a composer shows of an asset: pictures have ``url``, films ``progress`` or ``error``."""
    answer: dict[str, str | int] = {
        "id": str(asset.pk),
        "name": asset.name,
        "kind": asset.kind,
        "state": asset.state,
        "progress": asset.progress,
        "width": asset.width,
        "height": asset.height,
        "bytes": asset.bytes,
        "extension": asset.extension,
    }
    if asset.width:
        answer["url"] = sign_all(asset.pk, session_key).small
    if asset.trouble:
        answer["error"] = sentence(Reason(asset.trouble), asset.name)
    return answer
