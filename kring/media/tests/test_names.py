import unicodedata
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kring.media.names import LONGEST, MOST_BYTES, disposition, in_address, safe_name, shown_name


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


NAMES = {
    "Nieuwsbrief week 47.pdf": "Nieuwsbrief week 47.pdf",
    "Zoë's uitnodiging 🎉.pdf": "Zoë's uitnodiging 🎉.pdf",
    "Notulen MR 12.5": "Notulen MR 12.5.pdf",
    "brief.PDF": "brief.pdf",
    "vakantie.pdf.exe": "vakantie.pdf",
    "vakantie.exe.pdf": "vakantie.pdf",
    "brief.docx . exe. ": "brief.docx . exe.pdf",
    "brief.docx.": "brief.pdf",
    "a/../../etc/passwd": "passwd.pdf",
    "C:\\Users\\juf\\brief.pdf": "brief.pdf",
    "/": "document.pdf",
    "..": "document.pdf",
    ".....pdf": "document.pdf",
    "   ": "document.pdf",
    "": "document.pdf",
    ".htaccess": "htaccess.pdf",
    ".pdf": "document.pdf",
    "x\r\nSet-Cookie: a=b": "x Set-Cookie- a=b.pdf",
    "tab\there\x00\x1b\x7f\x85.pdf": "tab here.pdf",
    "brief\u2028\u2029\u00a0\u3000twee.pdf": "brief twee.pdf",
    "brief\u202efdp.exe": "brieffdp.pdf",
    "\u2066a\u2069\u200b\u200d\u2060\ufeff\u00ad\U000e0041.pdf": "a.pdf",
    "\u200b\u3164\u2800\u115f.pdf": "document.pdf",
    "half \ud83d.pdf": "half.pdf",
    "\ue000\uffff\U0010ffff.pdf": "document.pdf",
    'a<b>c:d"e|f?g*h.pdf': "a-b-c-d-e-f-g-h.pdf",
    "NUL": "_NUL.pdf",
    "con.pdf": "_con.pdf",
    "aux .brief.pdf": "_aux .brief.pdf",
    "com¹.pdf": "_com¹.pdf",
    "LPT9.tekst.pdf": "_LPT9.tekst.pdf",
    "contact.pdf": "contact.pdf",
    "com10.pdf": "com10.pdf",
    "cafe\u0301.pdf": "caf\u00e9.pdf",
    "e\u200b\u0301.pdf": "\u00e9.pdf",
    "Tie\u0302\u0301ng Vie\u0302\u0323t.pdf": "Tiếng Việt.pdf",
    "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306.pdf": "z\u0300\u0301\u0302\u0303.pdf",
    "\u0301\u0301a.pdf": "a.pdf",
    "رسالة إلى أولياء الأمور.pdf": "رسالة إلى أولياء الأمور.pdf",
    "מכתב להורים.pdf": "מכתב להורים.pdf",
    "お知らせ.pdf": "お知らせ.pdf",
    "100%s %(name)s ;.pdf": "100%s %(name)s ;.pdf",
    "⁄etc∕passwd.pdf": "⁄etc∕passwd.pdf",
    "x" * 300 + ".pdf": "x" * (LONGEST - 5) + ".pdf",
}


@pytest.mark.parametrize("name", NAMES, ids=map(ascii, NAMES))
def test_a_name_is_made_safe(name: str) -> None:
    assert safe_name(name, "pdf") == NAMES[name]
    assert safe_name(NAMES[name], "pdf") == NAMES[name]


def test_a_file_without_a_name_gets_one() -> None:
    assert safe_name(None, "docx") == "document.docx"
    with translation.override("nl"):
        assert safe_name(None, "docx").endswith(".docx")


def test_a_long_name_is_cut_between_letters() -> None:
    for letter in ("é", "e\u0327\u0301\u0302", "🎉", "👍🏽", "日", "क\u0941"):
        name = safe_name(letter * 300, "pdf")
        assert len(name) <= LONGEST
        assert len(name.encode()) <= MOST_BYTES
        stem = name.removesuffix(".pdf")
        whole = unicodedata.normalize("NFC", letter)
        assert stem == whole * (len(stem) // len(whole))
        assert len(name.encode()) > MOST_BYTES - 20 or len(name) > LONGEST - 20


def is_safe(name: str) -> bool:
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return (
        name.endswith(".pdf")
        and len(name) <= LONGEST
        and len(name.encode()) <= MOST_BYTES
        and name[0] not in ". "
        and name == unicodedata.normalize("NFC", name)
        and not set(name) & set('/\\<>:"|?*')
        and not {unicodedata.category(sign) for sign in name} & unseen
    )


HOSTILE = st.text(
    st.sampled_from("a.é/\\:\r\n\0 \u202e\u200d\u0301\u0308🎉🏽\ud800\u1160%;'\"CONpdfexe")
    | st.characters(),
    max_size=300,
)


@given(HOSTILE)
def test_every_name_is_made_safe(name: str) -> None:
    safe = safe_name(name, "pdf")
    assert is_safe(safe)
    assert is_safe(safe_name(safe, "pdf"))


@given(HOSTILE)
def test_every_name_fits_into_a_header_and_an_address(name: str) -> None:
    safe = safe_name(name, "pdf")
    header = disposition(safe)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(in_address(safe)) == safe
    assert in_address(safe).isascii()
    if "filename*" in header:
        assert unquote(header.partition("filename*=UTF-8''")[2]) == safe
    else:
        assert message.get_filename() == safe


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("brief week 4.pdf", 'attachment; filename="brief week 4.pdf"'),
        ("Zoë.pdf", "attachment; filename=\"Zoe.pdf\"; filename*=UTF-8''Zo%C3%AB.pdf"),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        (
            "お知.pdf",
            "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E3%81%8A%E7%9F%A5.pdf",
        ),
        ("日本", "attachment; filename=\"document\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC"),
        (
            'a"; \\\r\n.pdf',
            "attachment; filename=\"a__ ___.pdf\"; filename*=UTF-8''a%22%3B%20%5C%0D%0A.pdf",
        ),
    ],
    ids=["plain", "accent", "percent", "japanese", "bare", "hostile"],
)
def test_a_name_stands_in_the_header(name: str, header: str) -> None:
    assert disposition(name) == header
    assert disposition(name, inline=True) == header.replace("attachment", "inline")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_0001.jpg", "IMG_0001.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fotos\\vakantie.png", "vakantie.png"),
        ("a\nb\r\n\tc.jpg", "a b c.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("\u2066\u200f\x00\x1b[31mrood.jpg", "[31mrood.jpg"),
        ("Zoë's schoolfeest 🎉.jpg", "Zoë's schoolfeest 🎉.jpg"),
        ("100%s.jpg", "100%s.jpg"),
        ("", "The file"),
        (None, "The file"),
        ("\u202e\u200b\u3164", "The file"),
        ("x" * 300 + ".jpeg", "x" * 44 + "…" + "x" * 10 + ".jpeg"),
    ],
)
def test_a_name_is_shown(name: str | None, shown: str) -> None:
    assert shown_name(name) == shown
