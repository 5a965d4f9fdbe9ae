"""What is more than a message at De Kring: an urgent one, a newsletter, a draft and a planned one.

The urgent one and the newsletter are of the day on which the demo was made, and stay there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kring.audiences.models import Audience
from kring.base import clock
from kring.demo.cast import identity
from kring.demo.kindcentrum.hanging import print_in
from kring.demo.kindcentrum.kin import Family
from kring.demo.kindcentrum.population import SCHOOL, group_id, student_id
from kring.demo.kindcentrum.posts import Calendar, post_id
from kring.demo.kindcentrum.staff import STAFF
from kring.demo.kindcentrum.writings import POSTS
from kring.feed.models import Call, Confirmation, Draft, Newsletter, NewsletterItem, Post, Reading
from kring.schools.models import Employment
from kring.schools.viewers import viewer_of

DIRECTOR, OFFICE, TEACHER = "kring director", "kring administrator", "kring juf Iris"
URGENT = identity("kring urgent")
ISSUE = identity("kring newsletter")
CALLED_AFTER = timedelta(minutes=45)
ALARMED, ISSUED = 10, 7  # days of school ago
ONE_IN = 15  # families did not confirm it
CALLS = (  # how it went, and what was noted
    (Call.Outcome.REACHED, "Oma haalt op."),
    (Call.Outcome.REACHED, ""),
    (Call.Outcome.NOT_REACHED, "Ingesproken."),
)
ALARM = (
    "Er is geen verwarming in school. Houd je kind vandaag thuis als dat kan. Wie moet werken:"
    " vanaf 8.15 uur is er opvang in de gymzaal."
)
INTRO = (
    "De herfst is voorbij en de pieten zijn in zicht. Hieronder wat er in school gebeurde en wat"
    " eraan komt."
)
OWN_ITEM = (
    "Nieuw in de hal: het prikbord",
    "Elke maand hangt een andere groep haar werk op. Groep 3 begint, met zelfportretten.",
)
OWN_PICTURES = ("board:self_portrait:6-1",)
DRAFT = "Het rekendoel van deze week was klokkijken. Thuis oefenen kan met"
PLANNED = "Morgen neemt iedereen iets mee dat begint met de letter van de week. Klein is fijn."


def build(families: Sequence[Family]) -> None:
    """Put them there. The number of statements does not grow with the number of families."""
    calendar = Calendar(clock.now())
    _alarm(calendar.moment(ALARMED, "07:10"), families)
    _newsletter(calendar.moment(ISSUED, "16:00"))
    _drafts(calendar)


def _alarm(moment: datetime, families: Sequence[Family]) -> None:
    """Of two weeks ago: most confirmed it, and three families were called."""
    post = Post(
        **Audience(identity(SCHOOL), whole_school=True).columns(),
        id=URGENT,
        card_id=identity("kring urgent card"),
        key=identity("kring urgent form"),
        author_id=identity(DIRECTOR),
        text=ALARM,
        byline=next(one.name for one in STAFF if one.key == DIRECTOR),
        byline_role=Employment.Role.PRINCIPAL,
        allows_comments=False,
        published_at=moment,
        is_urgent=True,
        asks_reading=True,
        call_at=moment + CALLED_AFTER,
    )
    Post.objects.bulk_create([post])
    _confirm(post, families)
    _call(post, families)


def _confirm(post: Post, families: Sequence[Family]) -> None:
    people = [identity(key) for key in _who_confirmed(families)]
    Reading.objects.bulk_create(
        Reading(school_id=post.school_id, post=post, user_id=one) for one in people
    )
    said = Confirmation.objects.bulk_create(
        Confirmation(school_id=post.school_id, post=post, person_id=one, way=_way(number))
        for number, one in enumerate(people)
    )
    for number, one in enumerate(said):  # the first writing puts this moment there
        one.created_at = post.published_at + timedelta(seconds=40 + 11 * number)
    Confirmation.objects.bulk_update(said, ["created_at"])


def _way(number: int) -> Confirmation.Way:
    return Confirmation.Way.APP if number % 3 else Confirmation.Way.MAIL


def _confirms(family: Family) -> bool:
    return family.number % ONE_IN != ONE_IN - 1


def _who_confirmed(families: Sequence[Family]) -> Iterator[str]:
    """Colleagues, and of each family who is in; where both live together, one is enough."""
    yield from (one.key for one in STAFF if SCHOOL in one.at and one.key != DIRECTOR)
    for family in filter(_confirms, families):
        caring = [one for one in family.guardians if one.access == "in_care" and one.joined]
        yield from (one.key for one in (caring if family.apart else caring[:1]))


def _call(post: Post, families: Sequence[Family]) -> None:
    """The office called, one after the other."""
    left = [one for one in families if not _confirms(one) and not one.apart]
    Call.objects.bulk_create(
        _called(post, number, family) for number, family in enumerate(left[: len(CALLS)])
    )


def _called(post: Post, number: int, family: Family) -> Call:
    assert post.call_at
    begun = post.call_at + timedelta(minutes=4 * number)
    outcome, said = CALLS[number]
    people = sorted(identity(one.key) for one in family.guardians if one.access == "in_care")
    return Call(
        school_id=post.school_id,
        post=post,
        card_id=post.card_id,
        student_id=student_id(family.children[0], SCHOOL),
        family=people[0],
        guardian_ids=people,
        caller_id=identity(OFFICE),
        claimed_at=begun,
        outcome=outcome,
        said=said,
        ended_at=begun + timedelta(minutes=2),
    )


def _newsletter(moment: datetime) -> None:
    """One that went: a message that was gathered, and an item of the office's own with a photo."""
    issue = Newsletter(
        id=ISSUE,
        school_id=identity(SCHOOL),
        author_id=identity(OFFICE),
        title="Nieuws van De Kring",
        intro=INTRO,
        published_at=moment,
        key=identity("kring newsletter form"),
    )
    Newsletter.objects.bulk_create([issue])
    title, text = OWN_ITEM
    of_issue = {"school_id": issue.school_id, "newsletter": issue}
    own = NewsletterItem(**of_issue, position=0, title=title, text=text)
    gathered = NewsletterItem(**of_issue, position=1, post_id=_gathered())
    NewsletterItem.objects.bulk_create([own, gathered])
    print_in(own, OWN_PICTURES, issue.author_id)


def _gathered() -> UUID:
    """The last message of the director to the school that was out before the newsletter."""
    days = {
        one.day: number
        for number, one in enumerate(POSTS)
        if (one.by, one.to) == (DIRECTOR, "school")
    }
    return post_id(days[min(day for day in days if day > ISSUED)], SCHOOL)


def _drafts(calendar: Calendar) -> None:
    """Of a teacher: one that is being written, and one that goes on the next day of school."""
    viewer, school = viewer_of(identity(TEACHER)), identity(SCHOOL)
    audience, key = Audience(school, group_ids=(group_id(5),)), identity("kring planned form")
    ticked = {"audience": [f"group:{group_id(5)}"], "allows_comments": ["on"]}
    Draft.keep(identity("kring draft"), by=viewer, school_id=school, text=DRAFT, typed=ticked)
    at = calendar.ahead("16:15")
    post = Post.publish(
        audience,
        by=viewer,
        text=PLANNED,
        key=key,
        byline=("Juf Iris", Employment.Role.TEACHER),
        at=at,
        planned=True,
    )
    when = {"send_on": [f"{at:%Y-%m-%d}"], "send_at": [f"{at:%H:%M}"]}
    Draft.keep(key, by=viewer, school_id=school, text=PLANNED, typed=ticked | when, planned=post)
