"""An EDEXML file as a stream of records: pupils, teachers and groups, one after the other.

What we do not keep is passed over as it comes by: the text of a BSN is never in a variable of ours.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat  # a document type, and with it every entity, is refused

from kring.importing.sources import SourceFile, heads, values
from kring.importing.sources.report import Report

MOST_DEPTH = 32
MOST_ELEMENTS = 4_000_000
CHUNK = 64 * 1024

# Element → kind of datum, as it is counted for the report.
DROPPED = {
    "bsn": "bsn",
    "sofinummer": "bsn",
    "onderwijsnummer": "bsn",
    "bsn_ondwnr-4": "bsn",
    "rijksregisternummer": "bsn",
    "etniciteit": "ethnicity",
    "gewicht": "weight",
    "gewicht_nieuw": "weight",
    "land": "countries",
    "land_vader": "countries",
    "land_moeder": "countries",
    "postcodenl": "postcode",
    "postnummerbe": "postcode",
    "postcodeoverig": "postcode",
    "fotourl": "photo",
    "geslacht": "sex",
    "gebruikersnaam": "username",
}
DROPPED_OF_PUPILS = DROPPED | {"emailadres": "pupil_email"}

RECORDS = {
    ("groepen", "groep"),
    ("groepen", "samengestelde_groep"),
    ("leerlingen", "leerling"),
    ("leerkrachten", "leerkracht"),
}
SECTIONS = {"vestigingen", *(section for section, _ in RECORDS)}
REFERENCES = {"groep", "samengestelde_groep"}
FIELDS = {
    *("schooljaar", "brincode", "dependancecode", "instellingsnummer", "xsdversie"),
    *("naam", "jaargroep", "roepnaam", "voornamen", "voorletters-1", "voorvoegsel", "achternaam"),
    *("geboortedatum", "instroomdatum", "uitstroomdatum", "emailadres", "rol", "rolomschrijving"),
}
OTHERS = {  # of the standard, of no use to us
    *("peildatum", "schoolkey", "aanmaakdatum", "auteur", "commentaar", "omschrijving"),
    *("mutatiedatum", "start_ondw_jgr3", "vestiging", "groepen", "samengestelde_groepen"),
}
ENCODINGS = {"utf-8", "utf-16", "ascii", "cp1252", "iso8859-1", "iso8859-15"}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}encoding\s*=\s*["']([\w.-]{1,40})["']""")
_OLD_NAME = re.compile(r"edex\w{0,8}\.(txt|asc|dat|prn)", re.IGNORECASE)


class Field(NamedTuple):
    """The text of an element, and where it stands."""

    text: str
    line: int


class Reference(NamedTuple):
    """A group that a pupil or a teacher names."""

    element: str
    key: str
    line: int


@dataclass(slots=True)
class Record:
    """One pupil, teacher or group, or the school, as the file has it."""

    kind: str
    line: int
    key: str = ""
    eck_id: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


class EdexmlFile:
    """Reads one file, and hands over each record when its end tag comes."""

    def __init__(self, file: SourceFile, report: Report, take: Callable[[Record], object]) -> None:
        self.file, self.report, self.take = file, report, take
        self.dropped: Counter[str] = Counter()
        self.additions = 0
        self._unknown: set[str] = set()
        self._elements = 0
        self._path: list[str] = []
        self._passing_over = 0  # the depth at which that began
        self._record: Record | None = None
        self._record_depth = 0
        self._text: list[str] | None = None
        self._length = 0
        self._line = 0

    def read(self) -> None:
        """Read it to its end, or stop with a reason."""
        parser = expat.ParserCreate(self._encoding(heads.head_of(self.file, self.report)))
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser
        try:
            while chunk := self.file.content.read(CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat's own
            parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            self._broken(error)

    def _encoding(self, head: bytes) -> str | None:
        """What to read it as; nothing where the file says so itself."""
        mark, encoding = heads.mark_of(head)
        start = head.removeprefix(mark).replace(b"\0", b"").lstrip()
        self._see_that_it_is_xml(head, start.lower())
        declared = _DECLARED.match(start)
        if encoding:
            return self._known(encoding)
        if declared:
            self._known(declared[1].decode("ascii"))
        return None

    def _known(self, encoding: str) -> str:
        try:
            name = codecs.lookup(encoding).name
        except LookupError:
            name = ""
        if name not in ENCODINGS:
            self.report.stop("encoding", value=encoding)
        return encoding

    def _see_that_it_is_xml(self, head: bytes, start: bytes) -> None:
        if head.startswith(heads.ZIP):
            self.report.stop("packed")
        if start.startswith((b"<html", b"<!doctype html")):
            self.report.stop("html")
        if not start.startswith(b"<"):
            name = self.file.name.replace("\\", "/").rsplit("/", 1)[-1]
            self.report.stop("edex_before_xml" if _OLD_NAME.fullmatch(name) else "no_xml")

    def _stop(self, code: str, value: str = "") -> None:
        column = self._path[-1] if self._path else ""
        self.report.stop(code, line=self._parser.CurrentLineNumber, column=column, value=value)

    def _broken(self, error: expat.ExpatError) -> None:
        is_empty = (
            not self._elements
            and error.code == (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS])
        )
        wrong_encoding = error.code in {
            expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
            expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
        }
        self._stop("empty" if is_empty else "encoding" if wrong_encoding else "broken_xml")

    def _doctype(self, *_declaration: object) -> None:
        self._stop("document_type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._elements += 1
        self._text = None
        depth = len(self._path)
        if depth > MOST_DEPTH or self._elements > MOST_ELEMENTS:
            self._stop("too_complex")
        if self._passing_over:
            self.additions += name == "blok"
        elif depth == 1:
            if name != "EDEX":
                self._stop("no_edexml", value=name)
        elif self._record is None:
            self._open(name, attributes)
        else:
            self._inside(self._record, name, attributes)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        """A section, or the record that begins here."""
        depth = len(self._path)
        is_school = depth == 2 and name == "school"  # noqa: PLR2004 - below the root
        is_record = depth == 3 and (self._path[1], name) in RECORDS  # noqa: PLR2004
        if is_school or is_record:
            key, eck_id = attributes.get("key", ""), attributes.get("eckid", "")
            line = self._parser.CurrentLineNumber
            self._record = Record(name, line, key=key.strip(), eck_id=eck_id.strip())
            self._record_depth = depth
        elif depth > 2 or name not in SECTIONS:  # noqa: PLR2004
            self._pass_over()
            self._note_unknown(name)

    def _inside(self, record: Record, name: str, attributes: dict[str, str]) -> None:
        """A datum of a record."""
        dropped = DROPPED_OF_PUPILS if record.kind == "leerling" else DROPPED
        if name in dropped:
            self.dropped[dropped[name]] += 1
            self._pass_over()
        elif name == "toevoegingen":
            self._pass_over()
        elif name in REFERENCES:
            key = attributes.get("key", "").strip()
            record.references.append(Reference(name, key, self._parser.CurrentLineNumber))
        elif name in FIELDS:
            self._text, self._length = [], 0
            self._line = self._parser.CurrentLineNumber
        else:
            self._note_unknown(name)

    def _note_unknown(self, name: str) -> None:
        if name in OTHERS | SECTIONS or self._path[1] == "vestigingen" or name in self._unknown:
            return
        if len(self._unknown) < 10:  # noqa: PLR2004 - names enough to see what kind of file it is
            self._unknown.add(name)
            line = self._parser.CurrentLineNumber
            self.report.warn("unknown_element", line=line, column=name)

    def _pass_over(self) -> None:
        self._passing_over = len(self._path)

    def _characters(self, text: str) -> None:
        if self._text is not None and self._length <= values.CONTENT:
            self._text.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        depth, record = len(self._path), self._record
        self._path.pop()
        if self._passing_over:
            self._passing_over = 0 if self._passing_over == depth else self._passing_over
        elif record and depth == self._record_depth:
            self._record = None
            self.take(record)
        elif record and self._text is not None:
            self._keep(record, name, "".join(self._text).strip())
        self._text = None

    def _keep(self, record: Record, name: str, text: str) -> None:
        if name == "rol":
            record.roles.append(text)
        elif text:
            record.fields.setdefault(name, Field(text, self._line))
