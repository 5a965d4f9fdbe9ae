"""What a device is told that Kring takes: its file chooser and its share menu offer these.

Both the type and the ending of a document are named, for some systems know only one of them. What
is taken in the end is decided by what is in a file.
"""

from kring.media.documents import content_type

PICTURES = ("jpeg", "png", "webp", "gif", "heic", "heif", "avif")
DOCUMENTS = (
    *("pdf", "docx", "xlsx", "pptx", "ppsx", "odt", "ods", "odp"),
    *("rtf", "txt", "csv", "ics"),
)
ACCEPTED = (
    *(f"image/{kind}" for kind in PICTURES),
    *(".heic", ".heif"),  # which many systems have no type for
    "video/*",
    *(content_type(extension) for extension in DOCUMENTS),
    *(f".{extension}" for extension in DOCUMENTS),
)
