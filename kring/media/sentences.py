"""Why a file was not taken, in a sentence for the person who sent it."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kring.media.names import shown_name
from kring.media.photo import Reason

_SENTENCES = {
    Reason.EMPTY: gettext_noop("%(name)s is empty. Choose the file again."),
    Reason.TOO_LARGE: gettext_noop(
        "%(name)s is too large: photos fit up to %(photo)d MB, films up to %(film)d MB,"
        " documents up to %(document)d MB."
    ),
    Reason.TOO_MANY_PIXELS: gettext_noop(
        "%(name)s has too many pixels. Make it smaller and choose it again."
    ),
    Reason.TOO_MANY_FRAMES: gettext_noop(
        "%(name)s is too long for a moving picture. Choose it as a film instead."
    ),
    Reason.UNKNOWN_KIND: gettext_noop(
        "%(name)s is not a photo, film or document that Kring can read."
        " Save it as JPEG, MP4 or PDF."
    ),
    Reason.BROKEN: gettext_noop(
        "%(name)s is damaged or not complete. Choose the file again, or another one."
    ),
    Reason.TOO_SLOW: gettext_noop(
        "%(name)s took too long to read. Make it smaller or choose another one."
    ),
    Reason.BUSY: gettext_noop(
        "Kring is busy and could not take %(name)s. Try again in a few minutes."
    ),
    Reason.TOO_LONG: gettext_noop(
        "%(name)s takes more than %(minutes)d minutes. Make the film shorter and choose it again."
    ),
    Reason.NO_PICTURE: gettext_noop("%(name)s holds sound only. Kring shows films with a picture."),
    Reason.INFECTED: gettext_noop(
        "The virus scanner refuses %(name)s. Delete the file and warn whom you got it from."
    ),
    Reason.NOT_SCANNED: gettext_noop(
        "The virus scanner does not answer, so %(name)s waits. Try again in a few minutes."
    ),
    Reason.MACROS: gettext_noop(
        "%(name)s holds macros: small programs that can do harm. Save it as PDF, or without macros."
    ),
    Reason.LOCKED: gettext_noop("%(name)s is locked with a password. Save it without one."),
    Reason.TOO_MUCH_INSIDE: gettext_noop(
        "%(name)s holds more than Kring can look through. Save it as PDF."
    ),
    Reason.NOT_A_DOCUMENT: gettext_noop(
        "%(name)s is an old or unusual kind of document. Save it as PDF and choose it again."
    ),
}


def sentence(reason: Reason, name: str | None) -> str:
    """Names the file, says what is wrong and what to do."""
    megabyte = 1024 * 1024
    return _(_SENTENCES[reason]) % {
        "name": shown_name(name),
        "photo": settings.PHOTO_MAX_BYTES // megabyte,
        "film": settings.FILM_MAX_BYTES // megabyte,
        "document": settings.DOCUMENT_MAX_BYTES // megabyte,
        "minutes": settings.FILM_MAX_SECONDS // 60,
    }


def no_room_at(school: str) -> str:
    """The same of files that go along to another organisation."""
    said = _("The files do not fit any more at %(school)s: its storage is full. Tell the office.")
    return said % {"school": school}


def no_room(name: str | None) -> str:
    """The school's part of the storage is full."""
    said = _("%(name)s does not fit any more: the storage of the school is full. Tell the office.")
    return said % {"name": shown_name(name)}
