"""Who reads the logs opens nothing with what stands in them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.signing import Signer, TimestampSigner

from kring.base.logging import _without_tokens

TOKENS = {
    "stops a mail": Signer(salt="a").sign("0" * 32 + ".school"),
    "for a week": TimestampSigner(salt="b").sign("0" * 32 + "." + "1" * 32),
}
SOON = 0.5  # seconds: it takes less than one of them


def logged(**event: Any) -> str:
    """The line as it is written."""
    return str(_without_tokens(None, "", event))


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("colon", [":", "%3A", "%3a", "%253A"])
def test_a_signed_link_is_left_out_however_its_colon_was_written(token: str, colon: str) -> None:
    said = logged(event=f"Not Found: /stop/{token.replace(':', colon)}/?x=1", status_code=404)
    assert token[-20:] not in said
    assert "0" * 32 not in said
    assert "Not Found: /stop/" in said
    assert "404" in said


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_so_it_is_inside_lists_and_such(token: str) -> None:
    deep: Any = token
    for _ in range(50):
        deep = [deep]
    said = logged(args=(f"/stop/{token}/",), paths={"a": [token], token: {token}}, deep=deep)
    assert token[-20:] not in said


def test_what_is_no_token_stays() -> None:
    said = logged(event="mail.bounced", at="kring/base/jobs.py:12 run", count=3, gone=["5.1.1"])
    assert "kring/base/jobs.py:12 run" in said
    assert "5.1.1" in said


@pytest.mark.parametrize("junk", ["a", "a:", ":" + "a" * 26, "%3A", "%", "/:"])
def test_a_long_address_of_junk_holds_nobody_up(junk: str) -> None:
    begun = time.process_time()
    logged(event="Not Found: /" + junk * (64_000 // len(junk)))
    assert time.process_time() - begun < SOON
