"""The edges of the rules: nobody may what no rule allows, and migrations say what they do."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.base.row_security import Grant, Secure, secure_everything
from kring.base.visibility import Writes
from kring.schools.models import SchoolBoard
from tests.cast import Cast
from tests.unlocked import unlocked


def test_where_no_rule_allows_a_change_nobody_may(cast: Cast) -> None:
    principal = cast.viewer("principal")
    with unlocked():
        assert SchoolBoard.objects.visible_to(principal).exists()
        assert not SchoolBoard.objects.changeable_by(principal).exists()
        assert not SchoolBoard.objects.removable_by(principal).exists()


def test_who_may_have_written_a_post_is_its_writer(cast: Cast) -> None:
    post = cast.post("group_5", by="teacher")
    assert Writes().people(post).children == [("pk", cast.id("teacher"))]


def test_the_operations_of_migrations_say_what_they_do() -> None:
    assert Secure("Post", "Like").describe() == "Secure Post, Like"
    assert Grant("SELECT", ["a", "b"], to="kring_web").describe() == "Let kring_web reach a, b"


def test_tables_that_stand_as_they_should_are_left_alone(cast: Cast) -> None:
    with unlocked(), CaptureQueriesContext(connection) as asked:
        secure_everything()
    assert not [query for query in asked if "POLICY" in query["sql"]]
