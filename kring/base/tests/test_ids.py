from uuid import UUID

import pytest

from kring.base.ids import id_of, new_id


def test_an_id_that_was_sent_along_is_that_id() -> None:
    sent = new_id()
    assert id_of(str(sent)) == id_of(str(sent).upper()) == sent
    assert id_of(sent.hex) == UUID(int=sent.int)


@pytest.mark.parametrize(
    "sent", ["", "0", "none", "g" * 32, "a" * 31, "a" * 33, "\0" * 36, "é" * 32]
)
def test_what_is_no_id_is_none(sent: str) -> None:
    assert id_of(sent) is None
