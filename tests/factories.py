"""Rows for tests, made by the owner of the tables: neither lock is asked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models

from kring.accounts.models import TabletPin, User
from kring.audiences.models import Audience
from kring.base import clock
from kring.calendar.models import CalendarEntry
from kring.events.models import AuditEntry, Event
from kring.feed.models import (
    Call,
    Comment,
    Confirmation,
    Draft,
    Like,
    Newsletter,
    NewsletterItem,
    NewsletterPhoto,
    Post,
    PostFile,
    PostPhoto,
    PostRevision,
    Reading,
    Slip,
)
from kring.importing.models import Import, ImportedRow
from kring.joining.models import Invitation, LinkCode, LinkCodeUse
from kring.media.models import Asset, Portrait
from kring.notifications.kinds import MAIL, Kind
from kring.notifications.models import (
    Bounce,
    Delivery,
    Notification,
    Preference,
    PushSubscription,
    Reply,
)
from kring.schools.models import (
    ClosedDay,
    Enrollment,
    Guardianship,
    Household,
    Mourning,
    SameChild,
    StaffProposal,
    Student,
    WorkingHours,
)
from tests.unlocked import unlocked

MINUTE = timedelta(minutes=1)


def made[M: models.Model](row: M) -> M:
    """Write a row as the owner."""
    with unlocked():
        row.save(force_insert=True)
    return row


def person(first_name: str = "Anneke", **fields: Any) -> User:
    """Somebody whom no school knows yet."""
    return made(User(**{"first_name": first_name, "last_name": "Nieuw"} | fields))


def student(school_id: UUID, first_name: str = "Puck", **fields: Any) -> Student:
    """A child of a school, in no group yet."""
    names = {"first_name": first_name, "last_name": "Nieuw"}
    return made(Student(school_id=school_id, **names | fields))


def enrolled(child: Student, group_id: UUID, **days: Any) -> Enrollment:
    """Put a child in a group, since a month ago unless told otherwise."""
    since = {"starts_on": clock.today() - timedelta(days=30)}
    place = Enrollment(school_id=child.school_id, student=child, group_id=group_id)
    for name, value in (since | days).items():
        setattr(place, name, value)
    return made(place)


def guarded(child: Student, guardian_id: UUID, **fields: Any) -> Guardianship:
    """Tie a person to a child: in care, with authority, since a month ago unless told otherwise."""
    usual = {"has_authority": "yes", "starts_at": clock.now() - timedelta(days=30)}
    tie = {"school_id": child.school_id, "student": child, "guardian_id": guardian_id}
    return made(Guardianship(**tie | usual | fields))


def post(audience: Audience, author_id: UUID, **fields: Any) -> Post:
    """A post that came out a minute ago unless told otherwise."""
    usual = {
        "text": "Morgen gaan we naar het bos.",
        "byline": "Juf Sanne",
        "byline_role": "teacher",
        "card_id": uuid4(),
        "key": uuid4(),
        "published_at": clock.now() - MINUTE,
    }
    return made(Post(**audience.columns() | {"author_id": author_id} | usual | fields))


def comment(under: Post, author_id: UUID, **fields: Any) -> Comment:
    """A comment under a post."""
    usual = {"byline": "Fatima Amrani", "text": "Wat leuk.", "key": uuid4()}
    return made(_hung(Comment, under, author_id=author_id, **usual | fields))


def like(under: Post, user_id: UUID) -> Like:
    """Somebody likes a post."""
    return made(_hung(Like, under, user_id=user_id))


def reading(under: Post, user_id: UUID) -> Reading:
    """Somebody has read a post."""
    return made(_hung(Reading, under, user_id=user_id))


def confirmation(under: Post, person_id: UUID, **fields: Any) -> Confirmation:
    """Somebody said to have read a post."""
    return made(_hung(Confirmation, under, person_id=person_id, **{"way": "app"} | fields))


def call(about: Post, student_id: UUID, caller_id: UUID, **fields: Any) -> Call:
    """Somebody calls the family of a child about a post, from this moment on."""
    usual = {"card_id": about.card_id, "family": student_id, "claimed_at": clock.now()}
    ids = {"student_id": student_id, "caller_id": caller_id}
    return made(_hung(Call, about, **usual | ids | fields))


def revision(under: Post, edited_by_id: UUID) -> PostRevision:
    """A former text of a post."""
    return made(_hung(PostRevision, under, text="Wat er stond.", edited_by_id=edited_by_id))


def draft(school_id: UUID, author_id: UUID, **fields: Any) -> Draft:
    """What somebody is writing."""
    usual: dict[str, Any] = {"key": uuid4(), "text": "Bijna af.", "touched_at": clock.now()}
    return made(Draft(school_id=school_id, author_id=author_id, **usual | fields))


def asset(school_id: UUID, uploaded_by_id: UUID) -> Asset:
    """A photo that hangs nowhere yet; there are no files with it."""
    size: dict[str, Any] = {"width": 1600, "height": 1200, "bytes": 1, "placeholder": "data:,"}
    return made(Asset(school_id=school_id, uploaded_by_id=uploaded_by_id, **size))


def tablet_pin(user_id: UUID) -> TabletPin:
    """A code for a shared tablet that nobody knows."""
    return made(TabletPin(user_id=user_id, tablet="0" * 64, digest="!", expires_at=_later()))


def portrait(user_id: UUID) -> Portrait:
    """A photo of oneself; there are no files with it."""
    return made(Portrait(user_id=user_id, asset_id=uuid4()))


def photo(under: Post, position: int = 0) -> PostPhoto:
    """A photo on a post, uploaded by its author."""
    hung = asset(under.school_id, under.author_id)
    size: dict[str, Any] = {"width": 1600, "height": 1200, "placeholder": "data:,"}
    return made(_hung(PostPhoto, under, asset=hung, position=position, **size))


def document(school_id: UUID, uploaded_by_id: UUID) -> Asset:
    """A document that hangs nowhere yet; there is no file with it."""
    size: dict[str, Any] = {"width": 0, "height": 0, "bytes": 1, "placeholder": ""}
    told = {"kind": Asset.Kind.DOCUMENT, "name": "lunch.pdf", "extension": "pdf"}
    return made(Asset(school_id=school_id, uploaded_by_id=uploaded_by_id, **size | told))


def paper(under: Post, position: int = 0) -> PostFile:
    """A document on a post, uploaded by its author."""
    hung = document(under.school_id, under.author_id)
    told: dict[str, Any] = {"name": hung.name, "extension": "pdf", "bytes": 1}
    return made(_hung(PostFile, under, asset=hung, position=position, **told))


def newsletter(school_id: UUID, author_id: UUID, **fields: Any) -> Newsletter:
    """A newsletter that came out a minute ago unless told otherwise."""
    usual = {"title": "Nieuws van de maand", "published_at": clock.now() - MINUTE, "key": uuid4()}
    return made(Newsletter(school_id=school_id, author_id=author_id, **usual | fields))


def newsletter_item(of: Newsletter, **fields: Any) -> NewsletterItem:
    """Words of the office in a newsletter, unless told otherwise."""
    usual = {"title": "De tuin", "text": "Wie helpt mee?", "position": 0}
    return made(NewsletterItem(school_id=of.school_id, newsletter=of, **usual | fields))


def printed(item: NewsletterItem, uploaded_by_id: UUID, **fields: Any) -> NewsletterPhoto:
    """A photo with an item of a newsletter."""
    hung = asset(item.school_id, uploaded_by_id)
    usual: dict[str, Any] = {"kind": hung.kind, "width": 1600, "height": 1200, "position": 0}
    ids = {"school_id": item.school_id, "item": item, "asset": hung, "placeholder": "data:,"}
    return made(NewsletterPhoto(**ids | usual | fields))


def notification(about: Post, person_id: UUID) -> Notification:
    """A person is told of a post."""
    ids = {"event_id": uuid4(), "about_id": about.card_id, "subject_id": about.pk}
    told = {"school_id": about.school_id, "person_id": person_id, "verb": "post.published"}
    return made(Notification(**told | ids))


def delivery(of: Notification) -> Delivery:
    """The mail of a notification."""
    ids = {"school_id": of.school_id, "person_id": of.person_id, "chunk": uuid4()}
    return made(Delivery(notification=of, channel="email", **ids))


def push_device(person_id: UUID, endpoint: str = "", **keys: str) -> PushSubscription:
    """A device that takes push messages, with the session that it goes with."""
    key = uuid4().hex
    made(Session(session_key=key, session_data="", expire_date=_later()))
    session = UserSession(user_id=person_id, session_key=key, ip="127.0.0.1", user_agent="")
    at = endpoint or f"https://fcm.googleapis.com/fcm/send/{key}"
    told = {"p256dh": "B" * 87, "auth": "A" * 22} | keys
    return made(PushSubscription(person_id=person_id, session=made(session), endpoint=at, **told))


def preference(person_id: UUID, **fields: Any) -> Preference:
    """No mail of the group, unless told otherwise."""
    usual = {"kind": Kind.GROUP, "channel": MAIL, "wanted": False}
    return made(Preference(person_id=person_id, **usual | fields))


def bounce(school_id: UUID, person_id: UUID, **fields: Any) -> Bounce:
    """A mail to a person came back for good, to no address of now unless told otherwise."""
    usual = {"mail_id": uuid4(), "address": "0" * 64, "is_hard": True, "code": "5.1.1"}
    return made(Bounce(school_id=school_id, person_id=person_id, **usual | fields))


def reply(school_id: UUID, person_id: UUID, **fields: Any) -> Reply:
    """Somebody answered a mail."""
    told = {"delivery_id": uuid4()} | fields
    return made(Reply(school_id=school_id, person_id=person_id, **told))


def slip(about: Post, student_id: UUID, printed_by_id: UUID) -> Slip:
    """A note on paper for the family of a child, about a post."""
    return made(_hung(Slip, about, student_id=student_id, printed_by_id=printed_by_id))


def event(about: Post) -> Event:
    """What the bus says of a post."""
    ids = {"school_id": about.school_id, "subject_id": about.pk, "actor_id": about.author_id}
    return made(Event(verb="post.published", **ids))


def audit_entry(about: Post) -> AuditEntry:
    """A line in the trail."""
    ids = {"school_id": about.school_id, "subject_id": about.pk, "actor_id": about.author_id}
    return made(AuditEntry(verb="post.edited", **ids))


def entry(audience: Audience, author_id: UUID, **fields: Any) -> CalendarEntry:
    """In the agenda: next week for an hour, put there a minute ago, unless told otherwise."""
    begin = clock.start_of(clock.today() + timedelta(days=7)) + timedelta(hours=14)
    usual = {
        "title": "Naar het bos",
        "place": "het bos",
        "whole_day": False,
        "starts_at": begin,
        "ends_at": begin + timedelta(hours=1),
        "key": uuid4(),
        "published_at": clock.now() - MINUTE,
    }
    return made(CalendarEntry(**audience.columns() | {"author_id": author_id} | usual | fields))


def closed_day(school_id: UUID) -> ClosedDay:
    """Nobody is expected."""
    today = clock.today()
    return made(ClosedDay(school_id=school_id, name="Studiedag", starts_on=today, ends_on=today))


def working_hours(school_id: UUID, person_id: UUID, **fields: Any) -> WorkingHours:
    """Somebody works on Mondays."""
    usual: dict[str, Any] = {"weekday": 1, "starts_at": time(8), "ends_at": time(16, 30)}
    return made(WorkingHours(school_id=school_id, person_id=person_id, **usual | fields))


def mourning(around: Student | Household, **fields: Any) -> Mourning:
    """Nothing goes by itself to the family of a child, or to a home."""
    name = "student_id" if isinstance(around, Student) else "household_id"
    return made(Mourning(school_id=around.school_id, **{name: around.pk} | fields))


def same_child(one: Student, other: Student) -> SameChild:
    """Two students that are one child."""
    elsewhere = {"other_school_id": other.school_id, "other_student": other}
    return made(SameChild(school_id=one.school_id, student=one, **elsewhere))


def waiting_card(child: Student, **fields: Any) -> Guardianship:
    """A guardian whom the school knows of, and who has no account yet."""
    card = person("Wacht", email=None)
    return guarded(child, card.pk, **{"email": "wacht@post.example"} | fields)


def staff_proposal(school_id: UUID, **fields: Any) -> StaffProposal:
    """A member of staff as a file names one."""
    names = {"first_name": "Kim", "last_name": "Vries", "source_id": f"LK{uuid4()}"}
    return made(StaffProposal(school_id=school_id, **names | fields))


def invitation(card: User, school_id: UUID, **fields: Any) -> Invitation:
    """A mail to the address of a card that waits."""
    usual = {"kind": "guardian", "email": "wacht@post.example", "expires_at": _later()}
    return made(Invitation(person=card, school_id=school_id, **usual | fields))


def link_code(child: Student, **fields: Any) -> LinkCode:
    """A koppelcode that nobody knows: its digest fits nothing."""
    usual = {
        "selector": uuid4().hex[:12].upper(),
        "digest": "!",
        "asks_birth_date": True,
        "places": 2,
        "expires_at": _later(),
    }
    return made(LinkCode(school_id=child.school_id, student=child, **usual | fields))


def link_code_use(code: LinkCode, tie: Guardianship) -> LinkCodeUse:
    """Somebody came in by a code."""
    return made(
        LinkCodeUse(school_id=code.school_id, code=code, guardianship=tie, user_id=tie.guardian_id)
    )


def imported(school_id: UUID, **fields: Any) -> Import:
    """An import that was applied."""
    usual: dict[str, Any] = {"source": "edexml", "state": Import.State.APPLIED}
    return made(Import(school_id=school_id, **usual | fields))


def imported_row(of: Import, row: models.Model) -> ImportedRow:
    """What undoing an import needs to know of a row that it made."""
    made_row: dict[str, Any] = {"model": row._meta.label, "row_id": row.pk, "after": {}}
    return made(ImportedRow(school_id=of.school_id, of=of, **made_row))


def _later() -> datetime:
    return clock.now() + timedelta(days=14)


def _hung[M: models.Model](model: type[M], under: Post, **fields: Any) -> M:
    return model(school_id=under.school_id, post=under, **fields)
