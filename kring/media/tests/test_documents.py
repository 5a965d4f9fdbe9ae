import io
import zipfile
import zlib
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pytest_django import Settings

from kring.media.documents import Document, DocumentRefused, content_type, inspect
from kring.media.documents.archive import MOST_ENTRIES, MOST_UNPACKED
from kring.media.documents.office import MOST_HELD
from kring.media.photo import Reason
from kring.media.tests import papers, pictures
from kring.media.tests.papers import compound, office, open_document, packed, pdf, related, zipped

MEGABYTE = 1024 * 1024
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def told(data: bytes, name: str = "brief") -> str:
    return inspect(io.BytesIO(data), name).extension


def reason(data: bytes, name: str = "brief.pdf") -> Reason:
    with pytest.raises(DocumentRefused) as refused:
        inspect(io.BytesIO(data), name)
    return refused.value.reason


def a_workbook() -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Groep", "Kinderen"])  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def a_pdf() -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    return writer


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


# ── what is taken ────────────────────────────────────────────────────────────
TAKEN = {
    "pdf": papers.PDF,
    "pdf-after-a-mark": b"\xef\xbb\xbf\r\n" + papers.PDF,
    "pdf-filled-up": papers.PDF + bytes(5000),
    "pdf-with-packed-objects": pdf(packed(b"<</Type/Page>>")),
    "pdf-with-noise": pdf(b"stream\n" + papers.noise(300_000) + b"\nendstream"),
    "pdf-with-names-like-others": pdf(b"<</JavaScripting/A#20B /Launched/XFAR/Fl#6fat>>"),
    "pdf-encrypted": pdf(b"<</Encrypt 9 0 R>>" + packed(b"")[:-60] + b"\1\2\3noise"),
    "docx": office(papers.WORD),
    "xlsx": office(papers.EXCEL),
    "pptx": office(papers.POWERPOINT),
    "ppsx": office(papers.SHOW),
    "docx-of-one-from-the-file-server": office(
        parts=related("attachedTemplate", "file:///C:/Sjablonen/Brief.dotx")
    ),
    "docx-with-links": office(parts=related("hyperlink", "https://kring.example")),
    "pptx-with-a-chart": office(papers.POWERPOINT, {"ppt/embeddings/a.xlsx": office(papers.EXCEL)}),
    "docx-with-a-formula": office(parts={"word/embeddings/a.bin": compound("Equation Native")}),
    "odt": open_document("text"),
    "ods": open_document("spreadsheet"),
    "odp": open_document("presentation"),
    "rtf": papers.RTF,
    "ics": papers.CALENDAR,
    "ics-in-small-letters": b"\r\nbegin:vcalendar\r\nend:vcalendar\r\n",
    "txt-of-slides": b"Hallo\x0bouders\x0c",
    "txt": b"Hallo ouders,\n\nTot morgen.\n",
    "txt-of-one-line": b"Hallo",
    "txt-with-a-mark": b"\xef\xbb\xbfHallo",
    "txt-of-windows": "Één crèche kost €\xa05, zei ze".encode("cp1252"),
    "txt-of-utf16": "Één crèche".encode("utf-16"),
    "txt-of-utf16-the-other-way": b"\xfe\xff" + "Één".encode("utf-16-be"),
    "txt-about-figures": b"a < b en b > c; <3",
}


@pytest.mark.parametrize("which", TAKEN)
def test_a_document_is_told_by_its_content(which: str) -> None:
    assert told(TAKEN[which], "foto.jpg") == which.partition("-")[0]


def test_what_programs_write_is_taken() -> None:
    assert told(a_workbook()) == "xlsx"
    assert told(written(a_pdf())) == "pdf"


def test_a_table_is_known_by_its_name_only() -> None:
    assert told(b"naam;groep\nSam;4\n", "lijst.CSV ") == "csv"
    assert told(b"naam;groep\nSam;4\n", "lijst.xls") == "txt"
    assert told(papers.PDF, "lijst.csv") == "pdf"


@pytest.mark.parametrize(
    ("name", "data", "safe"),
    [
        ("vakantie.pdf.exe", papers.PDF, "vakantie.pdf"),
        ("brief.pdf", TAKEN["docx"], "brief.docx"),
        ("agenda.html", papers.CALENDAR, "agenda.ics"),
        ("start.bat", b"Hallo", "start.txt"),
        ("../../etc/passwd", b"Hallo", "passwd.txt"),
    ],
)
def test_the_extension_fits_the_content(name: str, data: bytes, safe: str) -> None:
    assert inspect(io.BytesIO(data), name) == Document(safe, safe.rpartition(".")[2])


def test_every_kind_has_its_type() -> None:
    types = [content_type(which.partition("-")[0]) for which in TAKEN]
    assert "application/octet-stream" not in types
    assert content_type("pdf") == "application/pdf"
    assert content_type("exe") == content_type("") == "application/octet-stream"


# ── what is not ──────────────────────────────────────────────────────────────
UNKNOWN = {
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "html-after-words": b"Hallo\n<SCRIPT >alert(1)</script>",
    "html-in-utf16": "<html><script>".encode("utf-16"),
    "html-after-a-mark": b"\xef\xbb\xbf  <p>Hallo",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "xml": b'<?xml version="1.0"?><a/>',
    "php": b"Hallo <?php system($_GET[0]); ?>",
    "shell": b"#!/bin/sh\nrm -rf ~",
    "batch": b"@echo off\r\nformat c:",
    "registry": b"Windows Registry Editor Version 5.00\r\n",
    "shortcut": b"[InternetShortcut]\r\nURL=file:///x",
    "program": b"MZ\x90\0\3\0\0\0",
    "elf": b"\x7fELF\2\1\1\0",
    "zip": zipped({"a.txt": b"a"}),
    "empty-zip": zipped({}),
    "jar": zipped({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"}),
    "apk": zipped({"AndroidManifest.xml": b"\3\0", "classes.dex": b"dex\n"}),
    "epub": zipped({"mimetype": b"application/epub+zip"}),
    "package": zipped({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}),
    "two-at-a-time": office(parts={"mimetype": b"application/vnd.oasis.opendocument.text"}),
    "two-kinds": office(
        types='<Override PartName="/_rels/.rels" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    ),
    "rar": b"Rar!\x1a\7\1\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "gzip": b"\x1f\x8b\x08\0",
    "control": b"Hallo\x1b[31m",
    "nothing": b"\0\0\0",
    "utf16-without-mark": "Hallo".encode("utf-16-le"),
    "half-utf16": "Hallo".encode("utf-16")[:-1],
    "no-windows": b"\x81\x8d",
    "pdf-behind-html": b"<html>" + papers.PDF,
    "pdf-behind-a-program": b"MZ\0\0" + papers.PDF,
    "installer": compound("Property"),
}


@pytest.mark.parametrize("which", UNKNOWN)
def test_what_is_no_document_is_refused(which: str) -> None:
    assert reason(UNKNOWN[which]) == Reason.UNKNOWN_KIND


@pytest.mark.parametrize("which", ["WordDocument", "Workbook", "Book", "PowerPoint Document"])
def test_office_of_before_2007_is_refused(which: str) -> None:
    assert reason(compound("Root Entry", which), "brief.doc") == Reason.NOT_A_DOCUMENT


ACTIVE = {
    "macro-type": office(types=f'<Default Extension="xml" ContentType="{MACRO}"/>'),
    "vba": office(parts={"word/vbaProject.bin": compound("VBA")}),
    "vba-by-type": office(
        types='<Default Extension="x" ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    "excel-4": office(papers.EXCEL, {"xl/macrosheets/sheet1.xml": b"<a/>"}),
    "activex": office(parts={"word/activeX/activeX1.bin": b"a"}),
    "vba-in-an-object": office(parts={"word/a.bin": compound("_VBA_PROJECT")}),
    "vba-in-a-workbook": office(
        papers.POWERPOINT, {"ppt/a.xlsx": office(papers.EXCEL, {"xl/vbaProject.bin": b"a"})}
    ),
    "template-from-the-web": office(
        parts=related("attachedTemplate", " HTTPS://x.example/a.dotm", "external")
    ),
    "object-from-the-web": office(parts=related("oleObject", "mhtml:http://x.example!x-usc:")),
    "basic": open_document("text", {"Basic/Standard/Module1.xml": b"<a/>"}),
    "python": open_document("text", {"Scripts/python/a.py": b"print()"}),
    "pdf-script": pdf(b"<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"),
    "pdf-script-disguised": pdf(b"<</S/J#61v#61Script>>"),
    "pdf-launch": pdf(b"<</S /Launch /F(cmd.exe)>>"),
    "pdf-xfa": pdf(b"<</AcroForm<</XFA[1 0 R]>>>>"),
    "pdf-packed-script": pdf(packed(b"<</S/JavaScript/JS(1)>>")),
    "pdf-packed-far": pdf(packed(b" " * 65_530 + b"<</S/JavaScript/JS(1)>>")),
    "pdf-packed-in-disguise": pdf(packed(b"").replace(b"/ObjStm", b"/Obj#53tm")),
}


@pytest.mark.parametrize("which", ACTIVE)
def test_what_acts_by_itself_is_refused(which: str) -> None:
    assert reason(ACTIVE[which], "brief.docx") == Reason.MACROS


def test_a_script_that_a_program_wrote_is_found() -> None:
    writer = a_pdf()
    writer.add_open_action(JavaScript("app.alert(1)"))
    assert reason(written(writer)) == Reason.MACROS


LOCKED = {
    "docx": compound("EncryptionInfo", "EncryptedPackage"),
    "odt": open_document(parts={"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
    "odt-of-today": open_document(parts={"encrypted-package": b"\1"}),
    "entries": bytes(bytearray(office()).replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1")),
}


@pytest.mark.parametrize("which", LOCKED)
def test_what_has_a_password_is_refused(which: str) -> None:
    assert reason(LOCKED[which], "brief.docx") == Reason.LOCKED


def nested(depth: int) -> bytes:
    inner = office()
    for _ in range(depth - 1):
        inner = office(parts={"word/embeddings/a.docx": inner})
    return inner


TOO_MUCH: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: office(parts={"word/document.xml": bytes(20 * MEGABYTE)}),
    "bomb-that-lies": lambda: papers.lying(
        office(parts={"word/a.xml": bytes(20 * MEGABYTE)}), 1000
    ),
    "entries": lambda: zipped(dict.fromkeys(map(str, range(MOST_ENTRIES + 1)), b"")),
    "deep": lambda: nested(4),
    "archive": lambda: office(parts={"word/embeddings/a.docx": zipped({"a.exe": b"MZ"})}),
    "package": lambda: office(parts={"word/embeddings/a.bin": compound("\1Ole10Native")}),
    "locked-object": lambda: office(parts={"word/embeddings/a.bin": compound("EncryptedPackage")}),
    "types": lambda: office(types="<a/>" * 60_000),
    "many-types": lambda: office(
        types='<a a="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>' * 45_000
    ),
    "large-object": lambda: office(parts={"word/a.bin": papers.COMPOUND * (MOST_HELD // 1024 + 1)}),
    "pdf-attachment": lambda: pdf(b"<</Names<</EmbeddedFiles 3 0 R>>>>"),
    "pdf-packed-attachment": lambda: pdf(packed(b"<</Subtype/FileAttachment>>")),
    "pdf-bomb": lambda: pdf(packed(bytes(40 * MEGABYTE))),
    "pdf-of-streams": lambda: pdf(b"obj<</Type/ObjStm>>stream\n" * 5001),
    "rtf-object": lambda: papers.RTF.replace(b"Hallo", b"{\\OBJect\\objdata 0105}"),
    "rtf-template": lambda: papers.RTF.replace(b"Hallo", b"{\\*\\template http://x.example}"),
}


@pytest.mark.parametrize("which", TOO_MUCH)
def test_what_holds_too_much_is_refused(which: str) -> None:
    assert reason(TOO_MUCH[which](), "brief.docx") == Reason.TOO_MUCH_INSIDE


def test_a_letter_may_hold_a_presentation_with_a_chart() -> None:
    assert told(nested(3)) == "docx"


def test_an_unpacked_size_beyond_all_is_refused() -> None:
    parts = {"word/a.bin": papers.noise(2 * MEGABYTE), "word/b.xml": bytes(MOST_UNPACKED)}
    assert reason(office(parts=parts)) == Reason.TOO_MUCH_INSIDE


def replaced(old: bytes, new: bytes, *, count: int = -1) -> bytes:
    data = office(parts={"word/aaaaaa": b"a"})
    assert old in data
    return data.replace(old, new, count)


def streamed() -> bytes:
    """As programs write that cannot go back: sizes come behind each entry."""

    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

    file = OneWay()
    with zipfile.ZipFile(io.BytesIO(office())) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            with new.open(name, "w") as part:
                part.write(old.read(name))
    return file.getvalue()


def test_sizes_may_stand_behind() -> None:
    assert told(streamed()) == "docx"


def prepended() -> bytes:
    file = io.BytesIO(b"PK\3\4<html>")
    with zipfile.ZipFile(io.BytesIO(office())) as old, zipfile.ZipFile(file, "a") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return file.getvalue()


def directory_with_more() -> bytes:
    """An entry more in the count than there is room for, which only the first is too long for."""
    data = papers.by_hand(bytes(100), 100, method=0)
    start = data.rfind(b"PK\1\2")
    padded = bytearray(data[:-22] + bytes(60) + data[-22:])
    end = len(padded) - 22
    padded[start + 30 : start + 32] = (50).to_bytes(2, "little")  # of extra data
    padded[end + 8 : end + 12] = b"\2\0\2\0"
    padded[end + 12 : end + 16] = (end - start).to_bytes(4, "little")
    return bytes(padded)


BROKEN = {
    "half": office()[: len(office()) // 2],
    "one-byte-short": office()[:-1],
    "head-only": b"PK\3\4",
    "appended": office() + b"<html>",
    "prepended": b"PK\3\4" + office(),
    "prepended-with-places-that-fit": prepended(),
    "comment": office()[:-2] + b"\5\0hallo",
    "path-up": replaced(b"word/aaaaaa", b"../../aaaaa"),
    "path-from-the-root": replaced(b"word/aaaaaa", b"/ord/aaaaaa"),
    "path-of-windows": replaced(b"word/aaaaaa", b"C:\\d/aaaaaa"),
    "newline-in-a-name": replaced(b"word/aaaaaa", b"word/a\r\naaa"),
    "twice": replaced(b"word/aaaaaa", b"_RELS/.RELS"),
    "other-name-in-front": replaced(b"word/aaaaaa", b"word/bbbbbb", count=1),
    "noise-for-a-part": papers.by_hand(b"\xff" * 50, 10),
    "part-that-ends-early": papers.by_hand(zlib.compress(bytes(10), wbits=-15)[:-1], 10),
    "part-with-more-behind": papers.by_hand(zlib.compress(bytes(10), wbits=-15) + b"more", 10),
    "plain-part-of-two-sizes": papers.by_hand(bytes(10), 9, method=0),
    "rare-packing": papers.by_hand(bytes(10), 10, method=12),
    "part-beyond-the-end": papers.by_hand(bytes(10), 10, header=1000),
    "directory-longer-than-its-entries": directory_with_more(),
    "header-of-a-secret": papers.by_hand(bytes(10), 10, method=0).replace(
        b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0"
    ),
    "part-with-a-gap": papers.by_hand(bytes(10), 10, header=2),
    "directory-cut-short": office().replace(b"PK\1\2", b"PK\1\3"),
    "overlapping": papers.overlapping(20, 100_000),
    "garbled": office().replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x09\0"),
    "wrong-sum": papers.lying(office(parts={"a": b"abc"}), 4),
    "doctype": office(
        parts={"a.rels": b'<!DOCTYPE a [<!ENTITY b "bbbb">]><Relationships>&b;</Relationships>'}
    ),
    "no-xml": office(parts={"a.rels": b"<Relationships>"}),
    "xml-of-no-language": office(parts={"a.rels": b'<?xml version="1.0" encoding="x"?><a/>'}),
    "long-tag": office(parts={"a.rels": b"<a " + b"a" * 20_000 + b"='b'/>"}),
    "pdf-half": papers.PDF[:-10],
    "pdf-and-zip": papers.PDF + zipped({"a": b"b"})[:-2] + b"\6\0%%EOF\n",
    "pdf-odd-filter": pdf(packed(b"a", b"/Filter[/ASCIIHexDecode/FlateDecode]")),
    "pdf-odd-predictor": pdf(packed(b"a", b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>")),
    "pdf-no-stream": pdf(b"2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\nhallo"),
    "pdf-only-named": pdf(b"2 0 obj<</Type/ObjStm>>"),
    "pdf-of-codes": pdf(b"#41" * 6000),
    "rtf-half": papers.RTF[:-4],
    "rtf-control": papers.RTF.replace(b"Hallo", b"Hal\0lo"),
}


@pytest.mark.parametrize("which", BROKEN)
def test_what_is_broken_or_two_things_at_a_time_is_refused(which: str) -> None:
    assert reason(BROKEN[which]) == Reason.BROKEN


def test_an_empty_and_a_large_file_are_refused(settings: Settings) -> None:
    assert reason(b"") == Reason.EMPTY
    settings.DOCUMENT_MAX_BYTES = len(papers.PDF)
    assert told(papers.PDF) == "pdf"
    assert reason(papers.PDF + b"\n") == Reason.TOO_LARGE


@pytest.mark.parametrize("name", pictures.named("kapot", "bom", "bijzonder", "heic", "gewoon"))
def test_no_picture_is_a_document(name: str) -> None:
    assert reason(pictures.real(name).read_bytes()) in {Reason.UNKNOWN_KIND, Reason.EMPTY}
