"""Two of the office at the same moment, on one newsletter."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import uuid4

from django.urls import reverse

from kring.events.models import Event
from kring.feed.models import Newsletter, NewsletterItem
from tests import factories
from tests.cast import Cast
from tests.database import Urls
from tests.faults.at_once import browser, gate, table
from tests.unlocked import unlocked

SENT = HTTPStatus.SEE_OTHER


def draft(cast: Cast) -> Newsletter:
    return factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=None)


def post(who: str, address: str, **form: str) -> int:
    return browser(who).post(address, form).status_code


def test_two_who_send_it_at_once_send_it_once(own_database: Urls) -> None:
    issue = draft(Cast())
    factories.newsletter_item(issue)
    sending = reverse("feed:issue_sending", args=[issue.school_id, issue.pk])
    with gate(own_database, table("feed_newsletter")) as held:
        both = [held.keep(partial(post, who, sending)) for who in ("principal", "administrator")]
    assert [one.result() for one in both] == [SENT, SENT]
    with unlocked():
        assert Event.objects.filter(verb="newsletter.published").count() == 1


def test_a_form_sent_twice_at_once_writes_one_item(own_database: Urls) -> None:
    issue = draft(Cast())
    writing = reverse("feed:issue_writing", args=[issue.school_id, issue.pk])
    write = partial(post, "principal", writing, title="De tuin", key=str(uuid4()))
    with gate(own_database, table("feed_newsletteritem")) as held:
        both = [held.keep(write) for _ in range(2)]
    assert [one.result() for one in both] == [SENT, SENT]
    with unlocked():
        assert NewsletterItem.objects.filter(newsletter=issue).count() == 1
