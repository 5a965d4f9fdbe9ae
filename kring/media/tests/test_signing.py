import string
import time
from uuid import UUID, uuid4

import pytest
from django.urls import resolve
from pytest_django import Settings

from kring.media.signing import PERIOD, SIZES, seconds_left, sign

ASSET = UUID("0193a1b2-0000-7000-8000-00000000abcd")
MINE, THEIRS = "k" * 32, "l" * 32
NOON = PERIOD * 12_000_000


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NOON)


def at(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    monkeypatch.setattr(time, "time", lambda: moment)


def left(path: str, session_key: str = MINE) -> int:
    found = resolve(path)
    assert found.view_name == "media:rendition"
    return seconds_left(session_key=session_key, **found.kwargs)


@pytest.mark.parametrize("size", sorted(SIZES))
def test_an_address_is_good_for_the_session_that_it_was_signed_for(size: str) -> None:
    assert left(sign(ASSET, size, MINE)) == 2 * PERIOD


def test_no_other_session_picture_or_size_gets_in_with_it() -> None:
    signature = sign(ASSET, "small", MINE).rpartition("/")[2]
    assert seconds_left(ASSET, "small", MINE, signature)
    for asset, size, session in [
        (ASSET, "small", THEIRS),
        (ASSET, "small", ""),
        (ASSET, "large", MINE),
        (ASSET, "original", MINE),
        (ASSET, "film", MINE),
        (ASSET, "source", MINE),
        (uuid4(), "small", MINE),
    ]:
        assert seconds_left(asset, size, session, signature) == 0


def test_it_lives_between_two_and_a_half_and_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    for made in (NOON, NOON + 0.5, NOON + 100, NOON + PERIOD - 0.01, NOON + PERIOD):
        at(monkeypatch, made)
        path = sign(ASSET, "small", MINE)
        assert 150 <= left(path) <= 300
        at(monkeypatch, made + 150)
        assert left(path) > 0
        at(monkeypatch, made + 300)
        assert left(path) == 0


def test_within_a_period_the_address_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = sign(ASSET, "small", MINE)
    at(monkeypatch, NOON + PERIOD - 1)
    assert sign(ASSET, "small", MINE) == first
    at(monkeypatch, NOON + PERIOD)
    assert sign(ASSET, "small", MINE) != first


def test_an_address_of_the_future_is_not_good(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NOON + 10 * PERIOD)
    path = sign(ASSET, "small", MINE)
    at(monkeypatch, NOON)
    assert left(path) == 0


def test_no_character_can_be_changed_left_out_or_added() -> None:
    signature = sign(ASSET, "small", MINE).rpartition("/")[2]
    for at_character, old in enumerate(signature):
        for new in {"", "A", "b", "7", "-", "_", "é", "\0"} - {old}:
            forged = signature[:at_character] + new + signature[at_character + 1 :]
            assert seconds_left(ASSET, "small", MINE, forged) == 0
    for forged in ("", "-", f"0{signature}", f"{signature}=", f"{signature}A", f" {signature}"):
        assert seconds_left(ASSET, "small", MINE, forged) == 0


def test_the_seal_has_128_bits_and_needs_no_escaping() -> None:
    seal = sign(ASSET, "small", MINE).rpartition("/")[2].partition("-")[2]
    assert len(seal) == 22
    assert set(seal) <= {*string.ascii_letters, *string.digits, "-", "_"}


def test_another_secret_makes_another_seal(settings: Settings) -> None:
    path = sign(ASSET, "small", MINE)
    settings.SECRET_KEY = "another one"
    assert left(path) == 0


@pytest.mark.parametrize(("size", "session_key"), [("original", MINE), ("small", "")])
def test_what_nobody_could_fetch_is_not_signed(size: str, session_key: str) -> None:
    with pytest.raises(ValueError, match="No address"):
        sign(ASSET, size, session_key)


def test_a_page_of_120_pictures_is_signed_in_an_instant() -> None:
    sign(ASSET, "small", MINE)
    before = time.process_time()
    for _ in range(120):
        sign(ASSET, "small", MINE)
    assert time.process_time() - before < 0.006  # 0.4 ms as a rule; the aim is below 0.6
