"""The newsletter of the school: gathered and arranged by the office, told once, kept for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock
from kring.base.jobs import at_work
from kring.base.visibility import Viewer, seen_by
from kring.events.jobs import dispatch
from kring.events.models import AuditEntry, Event
from kring.feed.models import Newsletter, NewsletterItem, Post
from kring.feed.models.newsletter import MOST_ITEMS, FullError
from kring.feed.models.newsletter_item import SentError
from kring.feed.newsletters import TooEarlyError, send_to_oneself
from kring.notifications.letters import liners
from kring.notifications.models import Delivery, Notification
from kring.notifications.tests.conftest import (  # noqa: F401
    Server,
    send_all,
    server,
    waiting,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def principal(viewer: Callable[[str], Viewer]) -> Viewer:
    return viewer("principal")


@pytest.fixture
def draft(cast: Cast, principal: Viewer) -> Newsletter:
    """A draft with two messages and an item of the office."""
    posts = [cast.post("wilgenhoek", by="principal", ago=days * DAY) for days in (2, 1)]
    with seen_by(principal):
        made = Newsletter.begin(
            cast.id("wilgenhoek"), by=principal, title="November", key=uuid4(), posts=posts
        )
        made.write(by=principal, title="De tuin", text="Wie helpt mee?")
    return made


def items(of: Newsletter) -> list[NewsletterItem]:
    with unlocked():
        return list(NewsletterItem.objects.filter(newsletter=of).order_by("position"))


def again(of: Newsletter) -> Newsletter:
    with unlocked():
        return Newsletter.objects.get(pk=of.pk)


def come_out(of: Newsletter) -> None:
    """Its moment came, and the worker tells of it."""
    moment = clock.now() - factories.MINUTE
    with unlocked():
        mine = Newsletter.objects.filter(pk=of.pk)
        later = mine.filter(goes_at__isnull=False).update(goes_at=moment)
    if later:
        tell(of)
    with unlocked():
        mine.filter(published_at__isnull=False).update(published_at=moment)
    tell(of)


def tell(of: Newsletter) -> None:
    with unlocked():
        events = list(Event.objects.filter(subject_id=of.pk))
    for event in events:
        dispatch(school_id=str(of.school_id), event_id=str(event.pk))


def told(cast: Cast) -> set[str | None]:
    with unlocked():
        rows = Notification.objects.filter(verb="newsletter.published")
        return {cast.key(person) for person in rows.values_list("person_id", flat=True)} - {None}


def trail(of: Newsletter) -> list[str]:
    with unlocked():
        entries = AuditEntry.objects.filter(subject_id=of.pk).order_by("created_at", "pk")
        return [one.verb for one in entries]


# ── making it ────────────────────────────────────────────────────────────────
def test_the_same_form_again_makes_no_second_one(cast: Cast, principal: Viewer) -> None:
    key = uuid4()
    with seen_by(principal):
        first, second = (
            Newsletter.begin(cast.id("wilgenhoek"), by=principal, title="Nieuws", key=key)
            for _ in range(2)
        )
    assert first.pk == second.pk


def test_items_are_written_gathered_arranged_and_removed(
    cast: Cast, principal: Viewer, draft: Newsletter
) -> None:
    one, two, own = items(draft)
    assert (one.post_id is not None, own.title) == (True, "De tuin")
    third = cast.post("wilgenhoek", by="principal")
    with seen_by(principal):
        draft.gather([third, third], by=principal)
        own.move(by=principal, up=True)
        own.move(by=principal, up=True)
        own.move(by=principal, up=True)  # it is the first already
        own.rewrite(by=principal, title="De moestuin", text="Kom ook.")
        one.rewrite(by=principal, title="Het bos", text="dit hoort hier niet")
        two.remove(by=principal)
        draft.describe(by=principal, title="Winter", intro="Beste ouders", tells_staff=False)
    assert [(item.title, item.text, item.post_id) for item in items(draft)] == [
        ("De moestuin", "Kom ook.", None),
        ("Het bos", "", one.post_id),
        ("", "", third.pk),
    ]
    assert again(draft).intro == "Beste ouders"
    assert trail(draft)[0] == "newsletter.begun"


def test_it_holds_no_more_than_it_can(cast: Cast, principal: Viewer, draft: Newsletter) -> None:
    post = cast.post("wilgenhoek", by="principal")
    with seen_by(principal):
        for number in range(MOST_ITEMS - len(items(draft))):
            draft.write(by=principal, title=f"Punt {number}", text="")
        with pytest.raises(FullError):
            draft.write(by=principal, title="Nog een", text="")
        draft.gather([post], by=principal)
    assert len(items(draft)) == MOST_ITEMS


def test_a_draft_can_be_thrown_away(principal: Viewer, draft: Newsletter) -> None:
    with seen_by(principal):
        draft.discard(by=principal)
    with unlocked():
        assert not Newsletter.objects.filter(pk=draft.pk).exists()
        assert not NewsletterItem.objects.filter(newsletter=draft.pk).exists()


def test_nothing_of_one_that_goes_out_changes(principal: Viewer, draft: Newsletter) -> None:
    item = items(draft)[0]
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
        changes: list[Callable[[], object]] = [
            lambda: draft.describe(by=principal, title="x", intro="", tells_staff=True),
            lambda: draft.write(by=principal, title="x", text=""),
            lambda: draft.gather([], by=principal),
            lambda: draft.send(by=principal),
            lambda: draft.discard(by=principal),
            lambda: item.move(by=principal, up=False),
            lambda: item.rewrite(by=principal, title="x", text=""),
            lambda: item.remove(by=principal),
        ]
        for change in changes:
            with pytest.raises(SentError):
                change()


# ── sending it ───────────────────────────────────────────────────────────────
def test_it_goes_to_families_and_team_once(
    cast: Cast, principal: Viewer, draft: Newsletter
) -> None:
    with seen_by(principal):
        draft.send(by=principal)
    come_out(draft)
    tell(draft)
    assert {"mother", "co_parent", "teacher", "informed_father"} <= told(cast)
    assert told(cast).isdisjoint(
        {"grandmother", "withheld_father", "ex_guardian", "guardian_elsewhere", "principal"}
    )
    with unlocked():
        rows = Notification.objects.filter(verb="newsletter.published")
        assert rows.count() == len(set(rows.values_list("person_id", flat=True)))


def test_or_to_families_only(cast: Cast, principal: Viewer, draft: Newsletter) -> None:
    with seen_by(principal):
        draft.describe(by=principal, title="November", intro="", tells_staff=False)
        draft.send(by=principal)
    come_out(draft)
    assert {"mother", "teacher_parent"} <= told(cast)
    assert told(cast).isdisjoint({"teacher", "administrator"})


def test_it_can_be_held_back_until_its_moment(
    cast: Cast, principal: Viewer, draft: Newsletter
) -> None:
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
        assert again(draft).state == "scheduled"
        assert draft.hold_back(by=principal)
        assert not draft.hold_back(by=principal)
    assert again(draft).state == "draft"
    tell(draft)  # the job of the moment that was
    assert told(cast) == set()


def test_a_scheduled_one_is_seen_when_a_job_let_it_go_and_not_before(
    cast: Cast, principal: Viewer, draft: Newsletter, viewer: Callable[[str], Viewer]
) -> None:
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
    with unlocked():  # the worker is away
        Newsletter.objects.filter(pk=draft.pk).update(goes_at=clock.now() - HOUR)
    mother = viewer("mother")
    with seen_by(mother):
        assert not Newsletter.objects.visible_to(mother).exists()
        assert not Newsletter.objects.exists()  # nor by row security alone
    come_out(draft)
    come_out(draft)
    assert again(draft).state == "sent"
    assert "mother" in told(cast)
    with unlocked():
        assert Event.objects.filter(subject_id=draft.pk, verb="newsletter.published").count() == 1


@pytest.mark.parametrize("why", ["dismissed", "another role", "closed account"])
def test_one_of_who_may_send_no_more_by_then_is_a_draft_again(
    cast: Cast, principal: Viewer, draft: Newsletter, why: str
) -> None:
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
    with unlocked():
        held = cast.principal.employments.all()
        if why == "dismissed":
            held.update(ends_on=clock.today() - DAY)
        elif why == "another role":
            held.update(role="teacher")
        else:
            User.objects.filter(pk=cast.id("principal")).update(is_active=False)
    come_out(draft)
    assert (again(draft).state, again(draft).moment) == ("draft", None)
    assert told(cast) == set()
    assert "newsletter.stopped" in trail(draft)


def test_who_sent_it_last_decides_whether_it_goes(
    cast: Cast, principal: Viewer, draft: Newsletter, viewer: Callable[[str], Viewer]
) -> None:
    office = viewer("administrator")
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
        draft.hold_back(by=principal)
    with seen_by(office):
        again(draft).send(by=office, at=clock.now() + HOUR)
    with unlocked():
        cast.principal.employments.all().update(ends_on=clock.today() - DAY)
    come_out(draft)
    assert again(draft).state == "sent"


def test_one_of_which_nothing_is_left_by_then_is_a_draft_again(
    cast: Cast, principal: Viewer
) -> None:
    posts = [cast.post("wilgenhoek", by="principal") for _ in range(2)]
    here = cast.id("wilgenhoek")
    with seen_by(principal):
        made = Newsletter.begin(here, by=principal, title="Leeg", key=uuid4(), posts=posts)
        made.send(by=principal, at=clock.now() + HOUR)
    for number, post in enumerate(posts):
        with unlocked():
            Post.objects.filter(pk=post.pk).update(withdrawn_at=clock.now())
        if not number:
            with at_work(here):
                assert made.holds_something(Viewer.service(here))
    come_out(made)
    assert again(made).state == "draft"
    assert told(cast) == set()
    assert "newsletter.stopped" in trail(made)


def test_one_that_was_put_off_is_told_at_its_new_moment_only(
    cast: Cast, principal: Viewer, draft: Newsletter
) -> None:
    with seen_by(principal):
        draft.send(by=principal, at=clock.now() + HOUR)
        draft.hold_back(by=principal)
        draft.send(by=principal, at=clock.now() + 2 * HOUR)
    tell(draft)
    assert told(cast) == set()
    come_out(draft)
    assert "mother" in told(cast)


def test_clocks_that_differ_a_little_let_it_wait(principal: Viewer, draft: Newsletter) -> None:
    with seen_by(principal):
        draft.send(by=principal)
    with pytest.raises(TooEarlyError):
        tell(draft)


def test_withdrawing_takes_it_out_of_the_archive_and_of_every_list(
    cast: Cast,
    principal: Viewer,
    draft: Newsletter,
    sign_in: Callable[[str], Client],
) -> None:
    with seen_by(principal):
        assert not draft.withdraw(by=principal)  # it is not out
        draft.send(by=principal)
    come_out(draft)
    with seen_by(principal):
        assert draft.withdraw(by=principal)
        assert not draft.withdraw(by=principal)
    tell(draft)
    assert told(cast) == set()
    assert status(sign_in("mother"), draft) == 404
    assert "November" not in archive(sign_in("mother"))


def test_withdrawn_before_the_mail_it_is_not_mailed(
    principal: Viewer,
    draft: Newsletter,
    server: Server,  # noqa: F811
) -> None:
    with seen_by(principal):
        draft.send(by=principal)
    come_out(draft)
    with seen_by(principal):
        draft.withdraw(by=principal)
    send_all()
    assert server.taken == []


def test_the_mail_has_its_words_and_titles_and_nothing_of_the_messages(
    cast: Cast,
    principal: Viewer,
    draft: Newsletter,
    server: Server,  # noqa: F811
) -> None:
    with seen_by(principal):
        draft.describe(by=principal, title="Winter", intro="Beste ouders,", tells_staff=True)
        draft.send(by=principal)
    come_out(draft)
    with unlocked():
        Delivery.objects.exclude(person=cast.mother).update(state="skipped")
    send_all()
    mail = server.mail_to(cast.mother)
    assert mail["Subject"] == "Winter"
    text = mail.get_body(("plain",))
    assert text
    said = text.get_content()
    assert "Beste ouders," in said
    assert "De tuin" in said
    assert "Wie helpt mee" not in said
    assert "bos" not in said
    assert f"/newsletters/{draft.pk}/" in said
    assert list(mail.iter_attachments()) == []


def test_the_office_mails_a_draft_to_itself_and_to_nobody_else(
    cast: Cast,
    draft: Newsletter,
    server: Server,  # noqa: F811
    sign_in: Callable[[str], Client],
) -> None:
    answer = sign_in("principal").post(reverse("feed:issue_trial", args=_ids(draft)))
    assert answer.status_code == 303
    for arguments in waiting(send_to_oneself):
        send_to_oneself(**arguments)
    assert server.reached == [cast.principal.email]
    school_id = str(draft.school_id)
    for who in ("teacher", "principal_elsewhere", "mother"):
        send_to_oneself(school_id=school_id, newsletter=str(draft.pk), person=str(cast.id(who)))
    assert server.reached == [cast.principal.email]


def test_the_office_cannot_flood_its_own_mailbox(
    draft: Newsletter, sign_in: Callable[[str], Client]
) -> None:
    principal, address = sign_in("principal"), reverse("feed:issue_trial", args=_ids(draft))
    for _time in range(13):
        assert principal.post(address).status_code == 303
    assert len(waiting(send_to_oneself)) == 10
    sign_in("administrator").post(address)
    assert len(waiting(send_to_oneself)) == 11


def test_the_list_in_the_app_names_it(
    cast: Cast, principal: Viewer, draft: Newsletter, viewer: Callable[[str], Viewer]
) -> None:
    with seen_by(principal):
        draft.send(by=principal)
    come_out(draft)
    mother = viewer("mother")
    with seen_by(mother):
        own = list(Notification.objects.visible_to(mother))
        (line,) = liners["newsletter.published"](own, mother).values()
    assert line.said == "November"
    assert line.path == f"/newsletters/{draft.pk}/"


# ── reading it ───────────────────────────────────────────────────────────────
def status(client: Client, of: Newsletter) -> int:
    return client.get(reverse("feed:newsletter", args=[of.pk])).status_code


def html(client: Client, of: Newsletter) -> str:
    return client.get(reverse("feed:newsletter", args=[of.pk])).content.decode()


def archive(client: Client) -> str:
    return client.get(reverse("feed:newsletters")).content.decode()


def _ids(of: Newsletter) -> list[UUID]:
    return [of.school_id, of.pk]


def test_a_message_that_was_withdrawn_or_is_not_for_all_is_not_in_it(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"))
    shown = cast.post("wilgenhoek", by="principal", text="Wij vieren feest.")
    gone = cast.post("wilgenhoek", by="principal", text="Dit was een vergissing.")
    of_a_group = cast.post("group_5", by="teacher", text="Alleen voor groep vijf.")
    cast.change(gone, withdrawn_at=clock.now(), withdrawn_by_id=cast.id("principal"))
    for place, post in enumerate((shown, gone, of_a_group)):
        factories.newsletter_item(issue, post_id=post.pk, title="", text="", position=place)
    said = html(sign_in("mother"), issue)
    assert "Wij vieren feest." in said
    assert "vergissing" not in said
    assert "Alleen voor groep vijf" not in said


def test_who_came_later_finds_the_archive_and_who_left_before_does_not(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    old = factories.newsletter(
        cast.id("wilgenhoek"),
        cast.id("principal"),
        title="Van lang geleden",
        published_at=clock.now() - 600 * DAY,
    )
    assert "Van lang geleden" in archive(sign_in("mother"))
    assert status(sign_in("mother"), old) == 200
    for key in ("ex_guardian", "withheld_father", "grandmother", "guardian_elsewhere"):
        assert "Van lang geleden" not in archive(sign_in(key))


def test_words_of_the_office_are_no_markup(cast: Cast, sign_in: Callable[[str], Client]) -> None:
    hostile = "<script>alert(1)</script>"
    issue = factories.newsletter(
        cast.id("wilgenhoek"), cast.id("principal"), title=hostile, intro=hostile
    )
    factories.newsletter_item(issue, title=hostile, text=hostile)
    assert hostile not in html(sign_in("mother"), issue)
    mail = sign_in("principal").get(reverse("feed:issue_mail", args=_ids(issue)))
    assert hostile not in mail.content.decode()


# ── the pages of the office ──────────────────────────────────────────────────
def test_a_new_one_begins_with_what_the_whole_school_got_since_the_last(
    cast: Cast, sign_in: Callable[[str], Client]
) -> None:
    factories.newsletter(
        cast.id("wilgenhoek"), cast.id("principal"), published_at=clock.now() - 5 * DAY
    )
    before = cast.post("wilgenhoek", by="principal", ago=6 * DAY)
    first = cast.post("wilgenhoek", by="principal", ago=2 * DAY)
    second = cast.post("wilgenhoek", by="principal", ago=DAY)
    cast.post("group_5", by="teacher")
    cast.post("staff of wilgenhoek", by="principal")
    here = reverse("feed:issues", args=[cast.id("wilgenhoek")])
    sign_in("administrator").post(here, {"title": "Nieuws", "key": uuid4()})
    with unlocked():
        made = Newsletter.objects.get(title="Nieuws")
    assert [item.post_id for item in items(made)] == [first.pk, second.pk]
    assert before.pk not in {item.post_id for item in items(made)}


def test_only_messages_to_the_whole_school_can_be_gathered(
    cast: Cast, draft: Newsletter, sign_in: Callable[[str], Client]
) -> None:
    posts = {
        "school": cast.post("wilgenhoek", by="principal"),
        "group": cast.post("group_5", by="teacher"),
        "staff": cast.post("staff of wilgenhoek", by="principal"),
        "elsewhere": cast.post("kompas", by="principal_elsewhere"),
    }
    before = len(items(draft))
    asked = [str(post.pk) for post in posts.values()] + ["no id"]
    sign_in("principal").post(reverse("feed:issue_posts", args=_ids(draft)), {"post": asked})
    assert [item.post_id for item in items(draft)][before:] == [posts["school"].pk]


def test_it_is_sent_and_held_back_over_the_pages(
    draft: Newsletter, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("principal")
    sending = reverse("feed:issue_sending", args=_ids(draft))
    assert "famil" in client.get(sending).content.decode()
    late = client.post(sending, {"at": "2020-01-01T08:00"})
    assert late.status_code == 422
    assert client.post(sending, {"at": "2090-01-01T08:00"}).status_code == 422
    assert client.post(sending).status_code == 303
    assert again(draft).state == "scheduled"
    client.post(reverse("feed:issue_holding", args=_ids(draft)))
    assert again(draft).state == "draft"


def test_the_preview_is_the_mail_and_nothing_from_elsewhere_is_loaded(
    draft: Newsletter, sign_in: Callable[[str], Client]
) -> None:
    answer = sign_in("principal").get(reverse("feed:issue_mail", args=_ids(draft)))
    assert "November" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("address", ["feed:issue", "feed:newsletter", "feed:issue_posts"])
def test_a_page_asks_the_database_as_often_for_thirty_as_for_three(
    cast: Cast,
    sign_in: Callable[[str], Client],
    address: str,
) -> None:
    issue = factories.newsletter(cast.id("wilgenhoek"), cast.id("principal"), published_at=None)
    client = sign_in("principal")
    args = [issue.pk] if address == "feed:newsletter" else _ids(issue)

    def fill(count: int, start: int) -> None:
        for place in range(start, count):
            post = cast.post("wilgenhoek", by="principal")
            factories.newsletter_item(issue, post_id=post.pk, title="", text="", position=place)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(address, args=args)).status_code == 200
        return len(queries)

    fill(3, 0)
    client.get(reverse(address, args=args))
    few = asked()
    fill(28, 3)
    assert asked() == few
