"""What a device is told that Kring takes is what it does take: no more and no less."""

import io

import pytest

from kring.app.manifest import share_target
from kring.feed.forms import PhotoInput
from kring.media.accepted import ACCEPTED, DOCUMENTS, PICTURES
from kring.media.documents import content_type, inspect
from kring.media.documents.kinds import MAIN_PARTS, MIME_TYPES
from kring.media.kinds import Kind
from kring.media.tests import papers

WHOLE = {
    "pdf": papers.PDF,
    "docx": papers.office(),
    "xlsx": papers.office(papers.EXCEL),
    "pptx": papers.office(papers.POWERPOINT),
    "ppsx": papers.office(papers.SHOW),
    "odt": papers.open_document(),
    "ods": papers.open_document("spreadsheet"),
    "odp": papers.open_document("presentation"),
    "rtf": papers.RTF,
    "txt": b"Hallo ouders",
    "csv": b"kind;groep\r\n",
    "ics": papers.CALENDAR,
}


@pytest.mark.parametrize("extension", DOCUMENTS)
def test_each_document_that_is_offered_is_taken(extension: str) -> None:
    assert inspect(io.BytesIO(WHOLE[extension]), f"brief.{extension}").extension == extension
    assert {f".{extension}", content_type(extension)} <= set(ACCEPTED)


def test_each_kind_that_is_taken_is_offered() -> None:
    assert {*MAIN_PARTS.values(), *MIME_TYPES.values()} <= set(DOCUMENTS)
    assert {kind.value for kind in Kind} == set(PICTURES) - {"heif"}  # another word for HEIC


def test_the_share_menu_and_the_chooser_offer_the_same() -> None:
    [told] = share_target()["params"]["files"]
    assert told["accept"] == list(ACCEPTED)
    assert PhotoInput().attrs["accept"] == ",".join(ACCEPTED)
