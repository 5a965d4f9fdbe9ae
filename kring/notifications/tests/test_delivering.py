"""What becomes of a mail: sent, skipped, failed or waiting; never lost, and never two at a time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from kring.base import clock
from kring.feed.models import Post
from kring.notifications.channels import DownError
from kring.notifications.jobs import KEPT_TRYING, MOST_TRIES, deliver, take_up_the_left
from kring.notifications.models import Notification
from kring.notifications.tests.conftest import (
    Server,
    deliveries,
    let_time_pass,
    mailers_at,
    send_all,
    states,
    tell,
    waiting,
)
from kring.schools.models import Guardianship
from tests.cast import Cast
from tests.unlocked import unlocked

HOUR = timedelta(hours=1)
BUSY = "451 Try again later"
UNKNOWN = "550 No such mailbox"


@pytest.fixture
def post(cast: Cast) -> Post:
    """A post whose recipients were told; their mails wait."""
    made = cast.post("group_5", by="teacher")
    tell(made)
    return made


def everybody(post: Post) -> int:
    """How many mails there are to send."""
    return states(post).total()


def test_all_of_a_chunk_go_over_one_connection(post: Post, server: Server) -> None:
    send_all()
    assert states(post) == {"sent": everybody(post)}
    assert server.connections == 1
    assert all(one.done_at and one.tries == 1 for one in deliveries(post).values())


def test_a_guardianship_that_ended_before_the_delivery_gets_nothing(
    cast: Cast, post: Post, server: Server
) -> None:
    with unlocked():
        ties = Guardianship.objects.filter(guardian=cast.co_parent)
        ties.update(ends_at=clock.now() - HOUR)
    send_all()
    assert cast.co_parent.email not in server.reached
    assert cast.mother.email in server.reached
    assert deliveries(post)[cast.id("co_parent")].state == "skipped"


def test_a_post_withdrawn_before_the_delivery_reaches_nobody(
    cast: Cast, post: Post, server: Server
) -> None:
    cast.change(post, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("teacher"))
    send_all()
    assert server.taken == []
    assert states(post) == {"skipped": everybody(post)}
    assert server.connections == 0


@pytest.mark.parametrize("change", [{"email": None}, {"is_active": False}])
def test_who_lost_the_address_or_the_account_gets_nothing(
    cast: Cast, post: Post, server: Server, change: dict[str, object]
) -> None:
    cast.change(cast.mother, **change)
    send_all()
    assert deliveries(post)[cast.id("mother")].state == "skipped"
    assert len(server.taken) == everybody(post) - 1


def test_who_may_see_only_a_sibling_now_is_sent_there(cast: Cast, server: Server) -> None:
    school = cast.post("wilgenhoek", by="principal")
    care = cast.post("vijver", by="aftercare", card_id=school.card_id)
    tell(school)
    cast.change(school, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))
    send_all()
    text = server.mail_to(cast.mother).get_body(("plain",))
    assert text
    assert f"/posts/{care.pk}/" in text.get_content()
    assert cast.co_parent.email not in server.reached


def test_an_address_that_is_refused_for_good_leaves_the_rest_alone(
    cast: Cast, post: Post, server: Server
) -> None:
    server.answers[cast.co_parent.email] = [UNKNOWN]
    send_all()
    assert deliveries(post)[cast.id("co_parent")].state == "failed"
    assert states(post) == {"sent": everybody(post) - 1, "failed": 1}
    send_all()
    assert len(server.taken) == everybody(post) - 1


def test_an_address_that_cannot_stand_in_a_mail_leaves_the_rest_alone(
    cast: Cast, post: Post, server: Server
) -> None:
    cast.change(cast.co_parent, email="jörg@kring.example")
    send_all()
    assert deliveries(post)[cast.id("co_parent")].state == "failed"
    assert len(server.taken) == everybody(post) - 1


def test_an_address_that_is_busy_goes_later_and_none_goes_twice(
    cast: Cast, post: Post, server: Server
) -> None:
    server.answers[cast.co_parent.email] = [BUSY, BUSY]
    for _ in range(2):
        send_all()
        assert states(post) == {"sent": everybody(post) - 1, "queued": 1}
        waits = deliveries(post)[cast.id("co_parent")]
        assert waits.due_at > clock.now()
        let_time_pass()
    send_all()
    assert states(post) == {"sent": everybody(post)}
    assert len(server.reached) == len(set(server.reached)) == everybody(post)
    assert deliveries(post)[cast.id("co_parent")].tries == 3


@pytest.mark.parametrize(("answer", "state"), [(BUSY, "queued"), (UNKNOWN, "failed")])
def test_a_mail_refused_after_its_text_is_like_one_refused_before(
    post: Post, server: Server, answer: str, state: str
) -> None:
    server.at_data = [answer]
    send_all()
    assert states(post) == {"sent": everybody(post) - 1, state: 1}


def test_a_server_that_closes_stops_the_run_and_the_rest_goes_later(
    cast: Cast, post: Post, server: Server
) -> None:
    server.answers[cast.mother.email] = 2 * ["421 Closing down"]  # over a new connection, too
    with pytest.raises(DownError):
        send_all()
    assert deliveries(post)[cast.id("mother")].state == "queued"
    send_all()
    assert states(post) == {"sent": everybody(post)}
    assert len(server.reached) == len(set(server.reached))


def test_a_server_that_closes_after_some_mails_gets_the_rest_over_a_new_connection(
    post: Post, server: Server
) -> None:
    for one in sorted(deliveries(post).values(), key=lambda one: one.pk)[1:]:  # as they go
        server.answers[str(one.person.email)] = ["421 Enough for one connection"]
    send_all()
    assert states(post) == {"sent": everybody(post)}
    assert len(server.reached) == len(set(server.reached)) == everybody(post)


def test_no_mail_server_at_all_keeps_everything_waiting(
    post: Post, server: Server, settings: Settings
) -> None:
    there = settings.MAILERS
    settings.MAILERS = mailers_at(9)  # where nobody listens
    with pytest.raises(DownError, match="Refused"):
        send_all()
    assert states(post) == {"queued": everybody(post)}
    settings.MAILERS = there
    send_all()
    assert states(post) == {"sent": everybody(post)}


def test_after_a_kill_the_one_in_flight_goes_again_with_the_same_message_id(
    cast: Cast, post: Post, server: Server
) -> None:
    send_all()
    first = server.mail_to(cast.mother)["Message-ID"]
    cast.change(deliveries(post)[cast.id("mother")], state="sending", done_at=None)
    send_all()
    again = server.taken[-1]
    assert (again["To"], again["Message-ID"]) == (cast.mother.email, first)
    assert len(server.taken) == everybody(post) + 1
    assert states(post) == {"sent": everybody(post)}


def test_one_that_breaks_the_run_holds_up_no_other(cast: Cast, post: Post, server: Server) -> None:
    first = min(deliveries(post).values(), key=lambda one: one.pk)
    with unlocked():
        broken = Notification.objects.filter(pk=first.notification_id)
        broken.update(verb="nobody.writes_this")
    for _ in range(MOST_TRIES):  # in the first run it goes first, then it waits its turn
        with pytest.raises(KeyError):
            send_all()
        send_all()
        assert states(post)["sent"] == everybody(post) - 1
        let_time_pass()
    assert states(post) == {"sent": everybody(post) - 1, "dead": 1}
    assert len(server.taken) == everybody(post) - 1


def test_what_could_not_be_sent_for_days_is_news_no_more(
    cast: Cast, post: Post, server: Server
) -> None:
    for one in deliveries(post).values():
        cast.change(one, due_at=clock.now() - KEPT_TRYING - HOUR)
    send_all()
    assert server.taken == []
    assert states(post) == {"failed": everybody(post)}


def test_a_mail_that_the_operator_sends_again_goes_however_old_it_is(
    post: Post, server: Server
) -> None:
    with unlocked():
        Notification.objects.update(created_at=clock.now() - timedelta(days=30))
    send_all()
    assert states(post) == {"sent": everybody(post)}


def test_a_chunk_whose_job_gave_up_gets_a_new_one(cast: Cast, post: Post, server: Server) -> None:
    for one in deliveries(post).values():
        cast.change(one, due_at=clock.now() - HOUR)
    (before,) = waiting(deliver)
    _take_up()
    assert waiting(deliver) == [before]  # its job still waits
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    _take_up()
    assert waiting(deliver) == [before, before]
    _take_up()
    assert waiting(deliver) == [before, before]
    send_all()
    assert len(server.taken) == everybody(post)


def test_what_was_sent_or_is_being_made_is_not_taken_up(post: Post, server: Server) -> None:
    with unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [deliver.name])
    _take_up()
    assert waiting(deliver) == []
    (chunk,) = {str(one.chunk) for one in deliveries(post).values()}
    deliver(school_id=str(post.school_id), chunk=chunk)
    assert len(server.taken) == everybody(post)
    _take_up()
    assert waiting(deliver) == []


def test_a_chunk_of_another_school_or_of_nobody_sends_nothing(
    cast: Cast, post: Post, server: Server
) -> None:
    (chunk,) = {str(one.chunk) for one in deliveries(post).values()}
    deliver(school_id=str(cast.id("kompas")), chunk=chunk)
    deliver(school_id=str(post.school_id), chunk=str(uuid4()))
    assert server.taken == []


def _take_up() -> None:
    with unlocked():  # the worker may ask this, the web process may not
        take_up_the_left(0)
