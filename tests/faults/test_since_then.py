"""What changes between the commit of a post and its delivery: it holds for mail and push alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import seen_by
from kring.events.jobs import dispatch
from kring.feed.models import Post
from kring.notifications.kinds import Kind
from kring.notifications.models import Delivery, Notification, Preference, Wishes
from kring.notifications.tests.conftest import Server, let_time_pass, send_all, tell, waiting
from kring.schools.models import Mourning
from tests import factories
from tests.cast import Cast
from tests.push_service import Phone, PushService, running
from tests.unlocked import as_worker, unlocked

HOUR = timedelta(hours=1)


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    """A push service on this machine."""
    with running(PushService()) as listening:
        settings.PUSH_SERVICES = [listening.origin]
        yield listening


class Home:
    """Two parents of a child, each with mail and a telephone, who are told of a post."""

    def __init__(self, cast: Cast, server: Server, service: PushService) -> None:
        self.cast, self.server, self.service = cast, server, service
        self.phones = {one.pk: self._given(one) for one in (cast.mother, cast.co_parent)}
        self.post = cast.post("group_5", by="teacher")
        tell(self.post)

    def _given(self, person: User) -> Phone:
        phone = self.service.phone()
        factories.push_device(person.pk, phone.endpoint, p256dh=phone.p256dh, auth=phone.auth)
        return phone

    def got(self, person: User) -> tuple[int, int]:
        """How many mails, and how many push messages."""
        mails = self.server.reached.count(str(person.email))
        return mails, len(self.service.to(self.phones[person.pk]))

    def states(self, person: User) -> dict[str, str]:
        """Per channel what became of it."""
        with unlocked():
            found = Delivery.objects.filter(
                notification__about_id=self.post.card_id, person_id=person.pk
            )
            return dict(found.values_list("channel", "state"))


def send() -> None:
    """As the worker does."""
    with as_worker():
        send_all()


@pytest.fixture
def home(cast: Cast, server: Server, service: PushService) -> Home:
    return Home(cast, server, service)


def guardianship_ended(cast: Cast) -> None:
    with unlocked():
        cast.co_parent.guardianships.update(ends_at=clock.now() - HOUR)


def access_withheld(cast: Cast) -> None:
    with unlocked():
        cast.co_parent.guardianships.update(access="withheld")


def only_fetching(cast: Cast) -> None:
    with unlocked():
        cast.co_parent.guardianships.update(access="pick_up")


def tie_wiped_out(cast: Cast) -> None:
    with unlocked():
        cast.co_parent.guardianships.all().delete()


def account_closed(cast: Cast) -> None:
    cast.change(cast.co_parent, is_active=False)


def kind_stopped(cast: Cast) -> None:
    with seen_by(cast.viewer("co_parent")):
        for channel in ("email", "push"):
            Preference.objects.create(
                person=cast.co_parent, kind=Kind.GROUP, channel=channel, wanted=False
            )


def newsletter_only(cast: Cast) -> None:
    wish(cast, rhythm=Wishes.Rhythm.WEEKLY)


def wish(cast: Cast, **wished: object) -> None:
    with seen_by(cast.viewer("co_parent")):
        Wishes.objects.filter(person=cast.co_parent).delete()
        Wishes.objects.create(person=cast.co_parent, **wished)


def test_all_are_told_over_both_when_nothing_changes(cast: Cast, home: Home) -> None:
    send()
    assert home.got(cast.mother) == home.got(cast.co_parent) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        guardianship_ended,
        access_withheld,
        only_fetching,
        tie_wiped_out,
        account_closed,
        kind_stopped,
        newsletter_only,
    ],
)
def test_who_is_not_to_be_told_any_more_is_not_told(
    cast: Cast, home: Home, change: Callable[[Cast], None]
) -> None:
    change(cast)
    send()
    let_time_pass()
    send()
    assert home.got(cast.co_parent) == (0, 0)
    assert home.states(cast.co_parent) == {"email": "skipped", "push": "skipped"}
    assert home.got(cast.mother) == (1, 1)


def test_a_family_that_mourns_since_then_gets_nothing(cast: Cast, home: Home) -> None:
    by = cast.viewer("principal")
    with seen_by(by):
        Mourning.begin(cast.sam, by=by)
    send()
    let_time_pass()
    send()
    assert home.got(cast.mother) == home.got(cast.co_parent) == (0, 0)
    assert home.states(cast.mother) == {"email": "skipped", "push": "skipped"}
    assert home.server.taken  # other families


def test_quiet_hours_that_began_since_then_hold_it_back_until_they_end(
    cast: Cast, home: Home
) -> None:
    here = clock.now().astimezone(clock.SCHOOL_TIME)
    wish(cast, quiet_from=(here - HOUR).time(), quiet_until=(here + HOUR).time())
    send()
    let_time_pass()  # whatever moment the row says: it is asked again
    send()
    assert home.got(cast.co_parent) == (0, 0)
    assert home.got(cast.mother) == (1, 1)
    assert home.states(cast.co_parent) == {"email": "queued", "push": "queued"}
    wish(cast)
    let_time_pass()
    send()
    assert home.got(cast.co_parent) == (1, 1)


def test_what_is_urgent_asks_no_quiet_hours_and_still_asks_who_may_know(
    cast: Cast, server: Server, service: PushService
) -> None:
    home = Home(cast, server, service)
    urgent = cast.post("group_5", by="teacher", is_urgent=True)
    tell(urgent)
    here = clock.now().astimezone(clock.SCHOOL_TIME)
    wish(cast, quiet_from=(here - HOUR).time(), quiet_until=(here + HOUR).time())
    with unlocked():
        cast.mother.guardianships.update(ends_at=clock.now() - HOUR)
    send()
    assert home.got(cast.co_parent) == (1, 1)  # the urgent one
    assert home.got(cast.mother) == (0, 0)


@pytest.mark.parametrize("dispatched", [True, False])
def test_a_post_withdrawn_since_then_is_told_to_nobody_and_its_notifications_are_gone(
    cast: Cast, home: Home, *, dispatched: bool
) -> None:
    by = cast.viewer("principal")
    with seen_by(by):
        assert home.post.withdraw(by=by)
    if dispatched:  # else its mails are due before anybody took the rest away
        for arguments in waiting(dispatch):
            dispatch(**arguments)
    send()
    let_time_pass()
    send()
    assert (home.server.taken, home.service.taken) == ([], [])
    for arguments in waiting(dispatch):
        dispatch(**arguments)
    assert notifications_of(home.post) == 0


def test_a_post_withdrawn_before_anybody_was_told_makes_no_notification(
    cast: Cast, server: Server, service: PushService
) -> None:
    by, post = cast.viewer("principal"), cast.post("group_5", by="teacher")
    event = factories.event(post)
    with seen_by(by):
        assert post.withdraw(by=by)
    dispatch(school_id=str(post.school_id), event_id=str(event.pk))
    send()
    assert (server.taken, service.taken) == ([], [])
    assert notifications_of(post) == 0


def notifications_of(post: Post) -> int:
    with unlocked():
        return Notification.objects.filter(about_id=post.card_id).count()
