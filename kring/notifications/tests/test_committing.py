"""With true commits: what the database knows of a mail on its way, and what it lets be done."""

from datetime import timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection

from kring.base import clock
from kring.notifications.jobs import deliver, take_up_the_left
from kring.notifications.tests.conftest import Server, deliveries, states, tell, waiting
from tests.cast import Cast
from tests.database import Urls
from tests.unlocked import unlocked

STATES = "SELECT state, count(*) FROM notifications_delivery GROUP BY state"


def test_a_mail_is_written_down_before_it_goes_and_after_it_went(
    own_database: Urls, server: Server
) -> None:
    post = Cast().post("sam", by="teacher")
    tell(post)
    count = len(deliveries(post))
    seen: list[dict[str, int]] = []

    def look() -> None:
        with psycopg.connect(own_database.owner) as other:
            seen.append(dict(other.execute(STATES).fetchall()))

    server.when_taken = look
    (arguments,) = waiting(deliver)
    deliver(**arguments)
    look()
    assert [one.get("sending", 0) for one in seen] == [*range(count, 0, -1), 0]  # claimed together
    assert [one.get("sent", 0) for one in seen] == list(range(count + 1))


@pytest.mark.usefixtures("own_database")
def test_the_worker_tells_takes_up_and_sends_with_the_rights_that_it_has(server: Server) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION kring_worker")
    post = Cast().post("sam", by="teacher")
    tell(post)
    for one in deliveries(post).values():
        Cast().change(one, due_at=clock.now() - timedelta(hours=1))
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    take_up_the_left(0)
    (arguments,) = waiting(deliver)
    deliver(**arguments)
    assert states(post) == {"sent": len(server.taken)}
    assert Cast().mother.email in server.reached


@pytest.mark.django_db
def test_the_web_process_may_not_ask_which_mails_are_left() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        take_up_the_left(0)
