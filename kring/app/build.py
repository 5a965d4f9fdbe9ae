"""Which build of Kring this is, and what a device keeps of it: static files, never a page."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

# What the page needs that is shown without a connection. All else is kept when it is first used.
NEEDED_OFFLINE = (
    "atkinson/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "icons/kring.svg",
    "icons/sprite.svg",
    "js/offline-page.js",
    *(f"css/{name}.css" for name in ("look", "offline", "print")),
)


def version() -> str:
    """Another word for every build whose static files differ."""
    return str(getattr(staticfiles_storage, "manifest_hash", "") or "plain")


def kept() -> list[str]:
    """The addresses of the static files that the page without a connection needs."""
    return [static(path) for path in NEEDED_OFFLINE]


def source(path: str) -> str:
    """The text of a static file."""
    stored = getattr(staticfiles_storage, "stored_name", str)(path)
    with staticfiles_storage.open(stored) as file:
        return str(file.read().decode())
