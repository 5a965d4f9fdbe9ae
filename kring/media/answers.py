"""What is said with a file, whoever answers."""

from uuid import UUID

from django.conf import settings

from kring.media.documents import content_type
from kring.media.files import path_of
from kring.media.names import disposition
from kring.media.presigning import presigned

# Whatever is in the file, the browser shows a picture or nothing, and runs nothing. A browser that
# shows one by itself fits it into its window by a style of its own.
_LOOKED_AT = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox"
ALONE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": _LOOKED_AT}
_SAVED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Download-Options": "noopen",  # an old browser would open it in the name of Kring
}
_TYPES = {"film": "video/mp4", "original": "image/jpeg"}
_ENDINGS = {"film": "mp4", "original": "jpg"}


def kept(seconds: int) -> str:
    """How long a browser keeps the file: for as long as its address is good."""
    return f"private, max-age={seconds}, immutable"


def type_of(size: str, name: str = "") -> str:
    """The content type of a file: ours, or of a document after its extension, which we chose."""
    if size == "document":
        return content_type(name.rpartition(".")[2])
    return _TYPES.get(size, "image/webp")


def name_of(asset_id: UUID, size: str) -> str:
    """For who saves what is looked at."""
    return f"kring-{asset_id.hex[-12:]}-{size}.{_ENDINGS.get(size, 'webp')}"


def headers(seconds: int, name: str = "") -> dict[str, str]:
    """What goes with the bytes of a file, whoever sends them."""
    shown = disposition(name) if name else "inline"  # the page says what it is saved as
    rules = _SAVED if name else ALONE
    return rules | {"Content-Disposition": shown, "Cache-Control": kept(seconds)}


def handed_off(
    asset_id: UUID, size: str, seconds: int, name: str = "", *, method: str = "GET"
) -> dict[str, str]:
    """Word to the front where the file lies, with the headers that it passes on."""
    path = path_of(asset_id, size)
    if settings.OBJECT_STORE is None:
        where = {"X-Accel-Redirect": f"/{path}"}
    else:
        where = {"X-From-Bucket": presigned(path, method)}
    return where | headers(seconds, name)
