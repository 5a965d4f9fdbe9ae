"""The settings that say to which address mail comes back, and where it is read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize("value", ["", "kring@school.example", f"{'a' * 25}@x.example"])
def test_an_address_is_taken(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_BOUNCE_ADDRESS", value)
    assert env.address("KRING_BOUNCE_ADDRESS") == value


@pytest.mark.parametrize(
    "value",
    ["kring", "@school.example", "kring@", "kring+x@school.example", f"{'a' * 26}@x.example"],
)
def test_an_address_with_no_room_for_a_tag_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_BOUNCE_ADDRESS", value)
    with pytest.raises(ImproperlyConfigured, match="KRING_BOUNCE_ADDRESS"):
        env.address("KRING_BOUNCE_ADDRESS")


@pytest.mark.parametrize(
    ("value", "mailbox"),
    [
        ("imaps://kring@mail.example", ("mail.example", 993, "kring", "geheim", "INBOX")),
        (
            "imaps://a%40b.example@mail.example:1993/Back%20again",
            ("mail.example", 1993, "a@b.example", "geheim", "Back again"),
        ),
    ],
)
def test_a_mailbox_over_tls_is_taken(
    value: str, mailbox: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_BOUNCE_IMAP", value)
    monkeypatch.setenv("KRING_BOUNCE_IMAP_PASSWORD", "geheim")
    assert env.mailbox("KRING_BOUNCE_IMAP") == mailbox


def test_no_mailbox_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KRING_BOUNCE_IMAP", raising=False)
    assert env.mailbox("KRING_BOUNCE_IMAP") is None


@pytest.mark.parametrize(
    "value", ["imap://kring@mail.example", "imaps://mail.example", "mail", "imaps://a@b:x/"]
)
def test_anything_else_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_BOUNCE_IMAP", value)
    monkeypatch.setenv("KRING_BOUNCE_IMAP_PASSWORD", "geheim")
    with pytest.raises(ImproperlyConfigured, match="KRING_BOUNCE_IMAP"):
        env.mailbox("KRING_BOUNCE_IMAP")


def test_a_mailbox_needs_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRING_BOUNCE_IMAP", "imaps://kring@mail.example")
    monkeypatch.delenv("KRING_BOUNCE_IMAP_PASSWORD", raising=False)
    with pytest.raises(ImproperlyConfigured, match="KRING_BOUNCE_IMAP_PASSWORD"):
        env.mailbox("KRING_BOUNCE_IMAP")
