"""Whatever a file is: an answer, soon, and in little memory."""

import io
import random
import time
import tracemalloc
from collections.abc import Callable
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.media.documents import DocumentRefused, inspect
from kring.media.tests import papers
from kring.media.tests.papers import compound, office, open_document, packed, pdf

MEGABYTE = 1024 * 1024

SEEDS = [
    papers.PDF,
    pdf(b"<</S/JavaScript>>"),
    pdf(packed(b"<</Type/Page>>")),
    office(),
    office(papers.POWERPOINT, {"ppt/a.xlsx": office(papers.EXCEL), "ppt/b.bin": compound("a")}),
    open_document(),
    papers.by_hand(bytes(50), 50, method=0),
    compound("EncryptedPackage"),
    papers.RTF,
    papers.CALENDAR,
    "Één crèche".encode("utf-16"),
    "Één crèche".encode("cp1252"),
]


def outcome(file: IO[bytes]) -> str:
    try:
        return inspect(file, "brief").extension
    except DocumentRefused as refused:
        return refused.reason


@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
def test_a_garbled_document_is_taken_or_refused(data: bytes, chance: random.Random) -> None:
    garbled = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        place, size = chance.randrange(len(garbled) + 1), chance.choice([1, 1, 2, 4, 40])
        kind = chance.randrange(3)
        garbled[place : place + (0 if kind == 0 else size)] = (
            b"" if kind == 1 else chance.choice([chance.randbytes(size), b"\xff" * size, b"\0"])
        )
    assert outcome(io.BytesIO(bytes(garbled)))


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"PK\3\4", b"%PDF-1.", b"{\\rtf1", b"\xff\xfe"])
)
def test_noise_is_taken_or_refused(said: bytes, head: bytes) -> None:
    assert outcome(io.BytesIO(head + said))


def filled(unit: bytes, size: int = 25 * MEGABYTE - 64) -> bytes:
    return (unit * (size // len(unit) + 1))[:size]


COSTLY: dict[str, Callable[[], bytes]] = {
    "noise": lambda: pdf(papers.noise(24 * MEGABYTE)),
    "slashes": lambda: pdf(filled(b"/", 24 * MEGABYTE)),
    "slashes, packed": lambda: pdf(packed(b"/" * 31 * MEGABYTE)),
    "half of names": lambda: pdf(filled(b"/JavaScripty ", 24 * MEGABYTE)),
    "codes": lambda: pdf(filled(b"#41".ljust(250), 24 * MEGABYTE)),
    "ends of archives": lambda: pdf(filled(b"PK\5\6", 24 * MEGABYTE)),
    "text": lambda: filled("één ‘ü’ 日本\n".encode()),
    "text of Windows in the end": lambda: filled(b"a") + b"\xe9",
    "rtf": lambda: b"{\\rtf1" + filled(b"\\ob x ") + b"}",
    "compound": lambda: papers.COMPOUND + filled(b"E\0n\0"),
    "directory": lambda: b"PK\3\4" + filled(b"PK\1\2".ljust(46, b"\0")),
    "parts": lambda: office(parts={f"word/{n}": b"a" for n in range(9990)}),
    "large parts": lambda: office(
        parts={"a": papers.noise(2 * MEGABYTE)}
        | {f"word/{n}": filled(b"<p>hallo%d</p>" % n, 14 * MEGABYTE) for n in range(10)}
    ),
    "lists": lambda: office(
        parts={f"{n}.rels": b"<R>" + b"<a/>" * 49_000 + b"</R>" for n in range(9)}
    ),
    "inside": lambda: office(parts={"a.docx": office(parts={"b": papers.noise(15 * MEGABYTE)})}),
}


@pytest.mark.parametrize("which", COSTLY)
def test_no_file_costs_much(which: str) -> None:
    file = io.BytesIO(COSTLY[which]())
    before = time.thread_time()
    first = outcome(file)
    assert time.thread_time() - before < 1.5
    tracemalloc.start()
    try:
        assert outcome(file) == first
        assert tracemalloc.get_traced_memory()[1] < 50 * MEGABYTE
    finally:
        tracemalloc.stop()
