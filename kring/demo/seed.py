"""What the demo begins with: a few weeks of a school, so that every page has something to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kring.accounts.models import User
from kring.audiences.models import Audience
from kring.audiences.recipients import recipients_of
from kring.base import clock
from kring.base.ids import new_id
from kring.demo import agenda, cast, newcomers
from kring.demo.cast import identity, student_id
from kring.demo.kindcentrum import centre
from kring.feed.models import Comment, Like, Post, Reading
from kring.feed.models.attachment import Attachments
from kring.feed.notices import kind_of
from kring.media.files import store
from kring.media.models import Asset
from kring.media.rendering import render
from kring.notifications.models import Notification
from kring.schools.models import Employment, Guardianship
from kring.schools.viewers import viewer_of

PHOTOS = Path(__file__).with_name("photos")
SCHOOL, BSO = "wilgenhoek", "vijver"


@dataclass(frozen=True)
class Written:
    """A post of the demo: by whom, to whom, how long ago, and what became of it."""

    by: str
    to: tuple[str, ...]  # keys of groups, of children, or "school", "team"
    hours: float
    text: str
    photos: tuple[str, ...] = ()
    likes: int = 0
    readers: int = 0
    comments: tuple[tuple[str, str], ...] = ()
    allows_comments: bool = True
    school: str = SCHOOL


POSTS = (
    Written(
        "teacher",
        ("group_5",),
        3,
        "Vanmiddag zijn we het bos in geweest. We zochten blaadjes van vijf bomen en maakten er "
        "een kaart van. Vraag thuis eens welke boom de dikste stam had.",
        photos=("forest", "leaves", "boat", "house", "cake", "leaves"),
        likes=12,
        readers=17,
        comments=(
            ("mother", "Wat leuk. Sam vertelde dat de eik het dikst was."),
            ("co_parent", "Mooie kaart, die hangt hier nu aan de deur."),
            ("teacher", "De eik heeft gewonnen, met drie meter omtrek."),
        ),
    ),
    Written(
        "aftercare",
        ("school",),
        7,
        "Woensdag is er studiedag op school. Wij zijn de hele dag open en gaan pannenkoeken "
        "bakken. Geef je kind op vóór maandag 12.00 uur.",
        likes=1,
        allows_comments=False,
        school=BSO,
    ),
    Written(
        "principal",
        ("school",),
        26,
        "De agenda voor december staat klaar. We vieren Sinterklaas op vrijdag; alle groepen zijn "
        "dan om 12.00 uur uit.\n\nDe hele agenda: https://dewilgenhoek.example/agenda",
        likes=9,
        readers=30,
        allows_comments=False,
    ),
    Written(
        "aide",
        ("group_2",),
        29,
        "We bakten een taart voor de verjaardag van de groep. Iedereen mocht roeren.",
        photos=("cake",),
        likes=4,
        readers=5,
    ),
    Written(
        "principal",
        ("team",),
        31,
        "Morgen zijn er twee collega's ziek. Wie kan groep 6 het eerste uur opvangen?",
    ),
    Written(
        "teacher",
        ("sam", "lina"),
        50,
        "Sam en Lina hebben samen de leeshoek opnieuw ingericht. Kom gerust even kijken.",
        photos=("house", "forest"),
        likes=2,
        readers=2,
    ),
    Written("teacher_next_door", ("group_6",), 52, "Donderdag gymmen we buiten: warme kleren mee."),
    Written("teacher_parent", ("group_7",), 54, "De spreekbeurten beginnen maandag."),
    Written(
        "duo_teacher",
        ("group_5",),
        76,
        "Dinsdag gaan we naar de bibliotheek. Neem je pasje mee.",
        likes=6,
        readers=20,
    ),
    Written(
        "principal_elsewhere", ("school",), 20, "Het schoolplein is weer open.", school="kompas"
    ),
)

LESSONS = (
    "De tafels van 6 en 7 zitten erin. Deze week oefenen we die van 8.",
    "We lezen voor uit een boek over een jongen die met dieren praat.",
    "Morgen is het pyjamadag. Knuffels mogen mee.",
    "Wie heeft er nog lege eierdozen? We maken er rupsen van.",
    "De bonen op de vensterbank zijn al tien centimeter hoog.",
    "Vandaag maakten we muziek met potten en pannen.",
)
EARLIER = 24  # older posts, so that the feed has more than one page
TOLD_SINCE = timedelta(days=21)


@transaction.atomic
def load() -> None:
    """Make the demo, or bring its days up to date where it stands already."""
    cast.build()
    if not Post.objects.exists():
        _begin()
    agenda.build()
    if not settings.DEMO_SMALL:
        centre.build()
    cast.settle_everybody()


def _begin() -> None:
    cast.hire_the_director()
    newcomers.build()
    for written in POSTS:
        _write(written)
    _broadcast()
    for number in range(EARLIER):
        lesson = LESSONS[number % len(LESSONS)]
        hours = 24 * (5 + 2 * number)
        _write(Written("teacher", ("group_5",), hours, lesson, likes=number % 5, readers=22))
    _tell()


def _broadcast() -> None:
    """One message for everybody of school and after-school care: shown and counted once."""
    text = "Vanaf maandag is het hek aan de Dijkstraat weer open. Fietsen kunnen daar staan."
    card_id, moment = new_id(), clock.now() - timedelta(hours=5)
    for school in (SCHOOL, BSO):
        written = Written("director", ("school",), 5, text, school=school, likes=0)
        _write(written, card_id=card_id, published_at=moment)


def _write(written: Written, **fields: Any) -> None:
    author = identity(written.by)
    job = Employment.objects.filter(user=author).first()
    called = job.called[:1].upper() + job.called[1:] if job else ""
    usual: dict[str, Any] = {
        "card_id": new_id(),
        "published_at": clock.now() - timedelta(hours=written.hours),
    }
    post = Post(
        **_audience(written).columns(),
        author_id=author,
        key=uuid4(),
        text=written.text,
        byline=called or User.objects.get(pk=author).name,
        byline_role=job.role if job else Employment.Role.TEACHER,
        allows_comments=written.allows_comments,
        **usual | fields,
    )
    post.save(force_insert=True)
    _hang(post, written.photos)
    _react(post, written)


def _tell() -> None:
    """What the people of the demo find under the bell: of the last weeks, and only there."""
    known = [identity(key) for key in cast.PEOPLE]
    for post in Post.objects.filter(published_at__gt=clock.now() - TOLD_SINCE):
        ids = {"about_id": post.card_id, "subject_id": post.pk, "event_id": new_id()}
        told = {"school_id": post.school_id, "verb": "post.published", "kind": kind_of(post)}
        people = recipients_of(post).filter(pk__in=known).exclude(pk=post.author_id)
        rows = [Notification(person=person, **told, **ids) for person in people]
        made = Notification.objects.bulk_create(rows, ignore_conflicts=True)  # of siblings, one
        mine = Notification.objects.filter(pk__in=[one.pk for one in made])
        mine.update(created_at=post.published_at)


def _audience(written: Written) -> Audience:
    school = identity(written.school)
    if written.to == ("school",):
        return Audience(school, whole_school=True)
    if written.to == ("team",):
        return Audience(school, staff_only=True)
    if written.to[0] in cast.GROUPS:
        return Audience(school, group_ids=tuple(identity(key) for key in written.to))
    return Audience(
        school, student_ids=tuple(student_id(key, written.school) for key in written.to)
    )


def _hang(post: Post, names: Sequence[str]) -> None:
    assets = []
    for name in names:
        content = (PHOTOS / f"{name}.webp").read_bytes()
        rendered = render(UploadedFile(BytesIO(content), f"{name}.webp", size=len(content)))
        asset_id = new_id()
        store(asset_id, rendered)
        asset = Asset.take(
            rendered,
            asset_id=asset_id,
            name=f"{name}.webp",
            school_id=post.school_id,
            by=viewer_of(post.author_id),
        )
        assets.append(asset.pk)
    Attachments.of(assets, by=viewer_of(post.author_id)).hang_on(post, {})


def _react(post: Post, written: Written) -> None:
    families = _families(post)
    for user_id in families[: written.readers]:
        Reading(school_id=post.school_id, post=post, user_id=user_id).save(force_insert=True)
    for user_id in families[: written.likes]:
        Like(school_id=post.school_id, post=post, user_id=user_id).save(force_insert=True)
    for number, (by, text) in enumerate(written.comments, 1):
        comment = Comment(
            school_id=post.school_id,
            post=post,
            author_id=identity(by),
            byline=post.byline if by == written.by else User.objects.get(pk=identity(by)).name,
            text=text,
            key=uuid4(),
        )
        comment.save(force_insert=True)
        moment = post.published_at + timedelta(minutes=20 * number)
        Comment.objects.filter(pk=comment.pk).update(created_at=moment)


def _families(post: Post) -> list[UUID]:
    """Guardians of the group in an order that stays; the cast reads last, by hand."""
    ties = Guardianship.objects.filter(school=post.school_id, guardian__joined_at__isnull=False)
    if post.group_ids:
        ties = ties.filter(student__enrollments__group__in=post.group_ids)
    if post.student_ids:
        ties = ties.filter(student__in=post.student_ids)
    crowd = ties.filter(guardian__email__startswith="ouder").order_by("guardian__email")
    return list(dict.fromkeys(crowd.values_list("guardian", flat=True)))
