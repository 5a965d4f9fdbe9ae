"""Names of files: what a person called them, made fit to show, to save and to put in a header."""

import re
import unicodedata
from urllib.parse import quote

from django.utils.translation import gettext as _

LONGEST = 120  # characters of a safe name, its extension among them
MOST_BYTES = 200  # of its UTF-8: systems of files and of storage stop at 255
_LONGEST_SHOWN = 60  # characters of a name in a sentence
_LONGEST_READ = 4096  # of what was sent; no system has longer names
_MARKS_IN_A_ROW = 4  # enough for every script; more only climb over the lines above

# Controls, what turns the direction of reading, what has no width, what is no character at all.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"))
_MARKS = {"Mn", "Mc", "Me", "Sk"}  # Sk: the skin colours of emoji; an accent alone goes along
_RESERVED = str.maketrans(dict.fromkeys('<>:"|?*', "-"))
_MARK = "_"  # goes before the name of a device
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE
)
_SENT = """
pdf doc docx docm dot dotx dotm xls xlsx xlsm xlsb xlt xltx xltm ppt pptx pptm pps ppsx ppsm pot
potx potm odt ods odp odg ott ots otp rtf txt text csv tsv ics md pages numbers key pub jpg jpeg
png gif webp avif heic heif bmp tif tiff svg mp3 m4a wav mp4 mov webm mkv avi
"""
_DECEIVING = """
htm html xhtml shtml mht mhtml xml json js mjs php py sh bash bat cmd com exe scr pif msi msp dll
cpl hta vbs vbe jse ws wsf wsh ps1 lnk url reg chm app dmg pkg deb rpm apk ipa jar iso img zip 7z
rar gz tgz bz2 xz tar cab swf desktop one eml msg
"""
_EXTENSIONS = frozenset(f"{_SENT} {_DECEIVING}".split())


def safe_name(name: str | None, extension: str) -> str:
    """What a file is called from now on, with the extension that its content has.

    No path, no sign that deceives the eye or that a system keeps for itself, NFC, at most
    ``LONGEST`` characters and ``MOST_BYTES`` bytes. Endings that say what kind of file it is go,
    so that ``brief.pdf.exe`` with a PDF in it is ``brief.pdf``.
    """
    ending = f".{extension}"
    room = len(ending) + len(_MARK)
    stem = _within(_plain(name), LONGEST - room, MOST_BYTES - room)
    stem = _without_extensions(stem) or _("document")
    return f"{_MARK}{stem}{ending}" if _DEVICES.match(stem) else f"{stem}{ending}"


def shown_name(name: str | None) -> str:
    """A file's name in a sentence: no path, nothing that deceives, at most 60 characters."""
    words = " ".join(_seen(_last(name)).split()) or _("The file")
    return words if len(words) <= _LONGEST_SHOWN else f"{words[:44]}…{words[-15:]}"


def disposition(name: str, *, inline: bool = False) -> str:
    """The header Content-Disposition of RFC 6266 for a safe name.

    A name beyond plain ASCII is told twice: in UTF-8 (RFC 8187), and spelled near it in ASCII
    for a program that knows no better.
    """
    kind = "inline" if inline else "attachment"
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .,()+@=&'!-]", "_", bare, flags=re.ASCII)
    if not bare.rpartition(".")[0].strip(" _"):
        plain = f"document{plain[plain.rfind('.') :]}" if "." in plain else "document"
    told = f'{kind}; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{in_address(name)}"


def in_address(name: str) -> str:
    """A safe name as the last part of an address."""
    return quote(name, safe="", errors="replace")


def _last(name: str | None) -> str:
    """The name without its path, whichever system it comes from."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return unicodedata.normalize("NFC", last[:_LONGEST_READ])


def _seen(text: str) -> str:
    """What of a text can be seen; every kind of white space stands for itself."""
    return "".join(
        sign for sign in text if sign.isspace() or unicodedata.category(sign) not in _UNSEEN
    ).translate(_BLANK)


def _plain(name: str | None) -> str:
    words = " ".join(_seen(_last(name)).translate(_RESERVED).split())
    return _without_extensions(_few_marks(unicodedata.normalize("NFC", words)))


def _few_marks(text: str) -> str:
    """The text with no marks in front, and no more in a row than a script could mean."""
    kept: list[str] = []
    row = _MARKS_IN_A_ROW
    for sign in text:
        row = row + 1 if unicodedata.category(sign) in _MARKS else 0
        if row <= _MARKS_IN_A_ROW:
            kept.append(sign)
    return "".join(kept)


def _without_extensions(stem: str) -> str:
    """The name without dots and spaces around it, and without endings that are extensions."""
    stem = stem.strip(" .")
    while (cut := stem.rpartition("."))[2].casefold() in _EXTENSIONS:
        stem = cut[0].strip(" .")
    return stem


def _within(text: str, characters: int, size: int) -> str:
    """So much of a text as fits, never cut between a letter and its marks."""
    kept = text[:characters].encode()[:size].decode(errors="ignore")
    while len(kept) < len(text) and kept and unicodedata.category(text[len(kept)]) in _MARKS:
        kept = kept[:-1]
    return kept
