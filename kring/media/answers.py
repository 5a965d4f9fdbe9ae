"""What is said with a picture, whoever answers."""

from uuid import UUID

from kring.media.files import path_of

ALONE = {  # whatever is in the file, the browser shows a picture or nothing
    "X-Content-Type-Options": "nosniff",
    # A browser that shows a picture by itself fits it into its window by a style of its own.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def kept(seconds: int) -> str:
    """How long a browser keeps the picture: for as long as its address is good."""
    return f"private, max-age={seconds}, immutable"


def name_of(asset_id: UUID, size: str) -> str:
    """For who saves it."""
    return f"kring-{asset_id.hex[-12:]}-{size}.webp"


def handed_off(asset_id: UUID, size: str, seconds: int) -> dict[str, str]:
    """Word to the front where the file lies, with the headers that it passes on."""
    return ALONE | {
        "X-Accel-Redirect": f"/{path_of(asset_id, size)}",
        "Content-Disposition": f'inline; filename="{name_of(asset_id, size)}"',
        "Cache-Control": kept(seconds),
    }
