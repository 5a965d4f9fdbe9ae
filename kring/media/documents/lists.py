"""The lists in an office file that say what its parts are: flat XML, of elements without text."""

import re
from collections.abc import Callable
from xml.parsers import expat

from kring.media.documents.kinds import DocumentRefused
from kring.media.photo import Reason

_MOST = 50_000  # elements of one list
_LONG = re.compile(rb"<[^<]{16384}")  # a list holds nothing so long, and expat would hold it whole

type Attributes = dict[str, str]
type Look = Callable[[str, Attributes], None]


def show_elements(xml: bytes, look: Look) -> None:
    """Show each element to ``look``: its name without prefix, and its attributes.

    Raises ``DocumentRefused`` for anything but a plain list; so there are no entities either.
    Namespaces are not resolved: to resolve them can cost far more than their bytes.
    """
    seen = 0

    def begin(tag: str, attributes: Attributes) -> None:
        nonlocal seen
        seen += 1
        if seen > _MOST:
            raise DocumentRefused(Reason.TOO_MUCH_INSIDE)
        look(tag.rpartition(":")[2], attributes)

    if b"\0" in xml or _LONG.search(xml):
        raise DocumentRefused(Reason.BROKEN)
    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - takes no keywords
    except (expat.ExpatError, LookupError, ValueError):
        raise DocumentRefused(Reason.BROKEN) from None


def _refuse(*_: object) -> None:
    raise DocumentRefused(Reason.BROKEN)
