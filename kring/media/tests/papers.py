"""Documents that the tests make: whole ones, and such as nobody sends in good faith."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping

type Parts = Mapping[str, bytes]

WORD = "wordprocessingml.document"
EXCEL = "spreadsheetml.sheet"
POWERPOINT = "presentationml.presentation"
SHOW = "presentationml.slideshow"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1024, b"\0")
RTF = b"{\\rtf1\\ansi Hallo ouders}\r\n"
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def noise(size: int) -> bytes:
    return random.Random(4).randbytes(size)  # noqa: S311 - the same every time


def zipped(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(kind: str = WORD, parts: Parts | None = None, *, types: str = "") -> bytes:
    """An office file of today with its main part, and whatever else."""
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    listed = f'<Override PartName="/main.xml" ContentType="{main}"/>{types}'
    return zipped(
        {
            "[Content_Types].xml": f"<Types>{listed}</Types>".encode(),
            "_rels/.rels": b"<Relationships/>",
            "main.xml": b"<main/>",
        }
        | dict(parts or {})
    )


def open_document(kind: str = "text", parts: Parts | None = None) -> bytes:
    said = {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode()}
    return zipped(said | {"META-INF/manifest.xml": b"<manifest/>"} | dict(parts or {}))


def related(kind: str, target: str, mode: str = "External") -> Parts:
    """A part that stands in a relation to something outside."""
    relation = f'<Relationship Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return {"word/_rels/settings.xml.rels": f"<Relationships>{relation}</Relationships>".encode()}


def pdf(inside: bytes) -> bytes:
    return PDF.replace(b"trailer", inside + b"\ntrailer")


def packed(objects: bytes, said: bytes = b"/Filter/FlateDecode") -> bytes:
    """Objects of a PDF in a stream of objects, as most programs write them."""
    stream = zlib.compress(objects)
    return b"2 0 obj<</Type/ObjStm" + said + b">>stream\r\n" + stream + b"\nendstream endobj"


def compound(*names: str) -> bytes:
    return COMPOUND + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def lying(data: bytes, size: int) -> bytes:
    """The archive, whose directory and header give the last entry another size than it has."""
    changed = bytearray(data)
    entry = data.rfind(b"PK\1\2")
    (header,) = struct.unpack_from("<L", data, entry + 42)
    struct.pack_into("<L", changed, entry + 24, size)
    struct.pack_into("<L", changed, header + 22, size)
    return bytes(changed)


def by_hand(packed: bytes, size: int, *, method: int = 8, header: int = 0) -> bytes:
    """An archive of one entry that says what it likes; the directory may say another place."""
    name, crc = b"mimetype", zlib.crc32(bytes(size))
    told = struct.pack("<5H3L2H", 20, 0, method, 0, 0, crc, len(packed), size, len(name), 0)
    local = b"PK\3\4" + told + name + packed
    entry = b"PK\1\2\x14\0" + told + struct.pack("<3H2L", 0, 0, 0, 0, header) + name
    return local + entry + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)


def overlapping(count: int, size: int) -> bytes:
    """Many entries of a directory that all name the same bytes."""
    file = io.BytesIO(office(parts={"bomb": bytes(size)}))
    data = file.getvalue()
    start = data.find(b"PK\1\2")
    last, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    entries = data[start:end] + data[last:end] * count
    number = data[start:end].count(b"PK\1\2") + count
    return (
        data[:start]
        + entries
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(entries), start, 0)
    )
