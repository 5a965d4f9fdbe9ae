"""To whom one may write: asked for what was ticked, however many children a school has."""

from typing import Any

import pytest

from kring.base.visibility import seen_by
from kring.feed.readers import Readers
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_only_the_children_that_were_ticked_are_asked_for(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    viewer = cast.viewer("teacher")
    group, sam = f"group:{cast.id('group_5')}", f"student:{cast.id('sam')}"
    hers = f"staff:{cast.id('wilgenhoek')}"
    next_door, elsewhere = f"group:{cast.id('group_6')}", f"student:{cast.id('child_elsewhere')}"
    with seen_by(viewer):
        readers = Readers(viewer)
        with django_assert_num_queries(0):
            assert readers.known([group, hers, next_door, "student:x", "x"]) == {group, hers}
        with django_assert_num_queries(1):
            assert readers.known([sam, elsewhere]) == {sam}
            assert readers.known([sam, elsewhere]) == {sam}
        [audience] = readers.audiences([sam])
    assert audience.student_ids == (cast.id("sam"),)
    assert audience.school_id == cast.id("wilgenhoek")
