"""What must hold in any Kring at rest, whatever died: quality.md §3, checked from the outside.

Nothing here asks how the rows came to be. Who may see a post is asked of ``visible_to``, person by
person, so that the way by which people were told (``recipients_of``) is not its own judge. I4 has
no tables yet. Looks at everything, so it must run as the owner of the tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import F, Q

from kring.accounts.models import User
from kring.base import clock
from kring.events.models import AuditEntry, Event, EventQuerySet
from kring.feed.models import Comment, Post, PostPhoto, PostRevision
from kring.media.files import path_of, stored_ids
from kring.media.models import Asset
from kring.notifications.models import Delivery, Notification
from kring.schools.models import Employment, Enrollment, Guardianship, TeachingAssignment
from kring.schools.viewers import viewer_of

AT_REST_AFTER = timedelta(minutes=1)  # in which everybody is told and every job is done
DUE = (Delivery.State.QUEUED, Delivery.State.SENDING)


def violations(*, at_rest_after: timedelta = AT_REST_AFTER) -> list[str]:
    """A sentence for everything that is wrong with what was written before ``at_rest_after``."""
    until = clock.now() - at_rest_after
    return [
        *_whole_posts(),
        *_told(until),
        *_delivered(until),
        *_left_in_the_queue(until),
        *_audited(),
        *_files(),
    ]


def _whole_posts() -> Iterator[str]:
    """A post is there with its event, and an event with its subject."""
    told = Counter(_published().values_list("subject_id", flat=True))
    posts = set(Post.objects.filter(created_at__gte=_memory()).values_list("pk", flat=True))
    for post in told.keys() - set(Post.objects.values_list("pk", flat=True)):
        yield f"I1: there is an event of the post {post}, and no post"
    for post, count in told.items():
        if count > 1:
            yield f"I1: the post {post} was published {count} times"
    # A seed and a test may write posts without the verb; who uses it, does so for all that is new.
    if told:
        oldest = min(_published().values_list("created_at", flat=True))
        sent = Post.objects.filter(pk__in=posts, created_at__gte=oldest)
        for post in set(sent.values_list("pk", flat=True)) - told.keys():
            yield f"I1: nothing was heard of the post {post}"


def _told(until: datetime) -> Iterator[str]:
    """I1 and I3: each who may see a post is told once, its writer and others are not."""
    events = _published().filter(created_at__lt=until)
    posts = Post.objects.filter(withdrawn_at=None, published_at__lt=until)
    cards: defaultdict[UUID, list[Post]] = defaultdict(list)
    for post in posts.filter(pk__in=events.values("subject_id")):
        cards[post.card_id].append(post)
    entitled = _who_may_see(cards)
    rows = Notification.objects.filter(verb="post.published", about_id__in=cards)
    told = Counter(rows.values_list("about_id", "person_id"))
    for card, siblings in cards.items():
        changed = _whose_rights_changed_since(siblings)
        people = {person for about, person in told if about == card}
        for person in entitled[card] - people - changed:
            yield f"I1: {person} was not told of {card}"
        for person in people - entitled[card] - changed:
            yield f"I3: {person} was told of {card}"
    yield from (f"I1: {key} was told {count} times" for key, count in told.items() if count > 1)


def _delivered(until: datetime) -> Iterator[str]:
    """I2: each notification goes once over each channel that reaches the person, in time."""
    waiting = Delivery.objects.filter(state__in=DUE, created_at__lt=until)
    yield from (f"I2: the delivery {one.pk} still is {one.state}" for one in waiting)
    reached = User.objects.filter(is_active=True, email__isnull=False)
    silent = Notification.objects.filter(deliveries=None, created_at__lt=until)
    # Who joined only afterwards was rightly sent nothing.
    for one in silent.filter(person__in=reached, person__joined_at__lt=F("created_at")):
        yield f"I2: nothing was sent of the notification {one.pk}"
    twice = Delivery.objects.exclude(person=F("notification__person"))
    yield from (f"I3: the delivery {one.pk} is for somebody else" for one in twice)
    undated = Delivery.objects.exclude(Q(done_at=None) ^ ~Q(state__in=DUE))
    yield from (f"I2: {one.pk} is {one.state} since {one.done_at}" for one in undated)


def _left_in_the_queue(until: datetime) -> Iterator[str]:
    """No job of a school is given up, or held by a worker that is gone."""
    query = """
    SELECT id, task_name, status::text FROM procrastinate_jobs job
    WHERE args ? 'school_id' AND (status = 'failed' OR (
        status IN ('todo', 'doing') AND coalesce(scheduled_at, '-infinity') < %(until)s
        AND (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id) < %(until)s
    ))
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"until": until})
        for number, task, status in cursor.fetchall():
            yield f"I2: the job {number}, {task}, still is {status}"


def _audited() -> Iterator[str]:
    """I5: what was changed stands in the trail, and what stands there was changed."""
    trail = Counter(AuditEntry.objects.values_list("verb", "subject_id"))
    withdrawn = set(Post.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
    noted = {subject for verb, subject in trail if verb == "post.withdrawn"}
    yield from (f"I5: {post} was withdrawn and one note says so" for post in withdrawn ^ noted)
    for post in withdrawn & noted:
        if (count := trail["post.withdrawn", post]) != 1:
            yield f"I5: {count} notes say that {post} was withdrawn"
    revisions = Counter(PostRevision.objects.values_list("post_id", flat=True))
    for post, count in revisions.items():
        if count > trail["post.edited", post]:
            yield f"I5: {post} was edited {count} times, {trail['post.edited', post]} are noted"
    for comment, hidden_at in Comment.objects.values_list("pk", "hidden_at"):
        hidings = trail["comment.hidden", comment] - trail["comment.shown", comment]
        if hidings != (hidden_at is not None):
            yield f"I5: what was done to {comment} is not what is noted"


def _files() -> Iterator[str]:
    """I6: a row means its files. Files without a row are swept, so only old ones are wrong."""
    rows = set(Asset.objects.values_list("pk", flat=True))
    for asset in rows:
        for size in ("small", "large"):
            if not default_storage.exists(path_of(asset, size)):
                yield f"I6: the photo {asset} has no {size} file"
    oldest = clock.now() - timedelta(days=2)
    for asset in set(stored_ids()) - rows:
        if datetime.fromtimestamp((asset.int >> 80) / 1000, clock.SCHOOL_TIME) < oldest:
            yield f"I6: the files of {asset} belong to no photo"
    hung = PostPhoto.objects.exclude(asset__school=F("school"))
    yield from (f"I6: the photo {one.pk} hangs in another school" for one in hung)


def _published() -> EventQuerySet:
    return Event.objects.filter(verb="post.published", created_at__gte=_memory())


def _memory() -> datetime:
    """The bus forgets after thirty days; a day less is surely still known."""
    return clock.now() - timedelta(days=29)


def _who_may_see(cards: defaultdict[UUID, list[Post]]) -> dict[UUID, set[UUID]]:
    """Per card who may see one of its siblings now, without who wrote it."""
    ids = [post.pk for siblings in cards.values() for post in siblings]
    writers = {card: siblings[0].author_id for card, siblings in cards.items()}
    found: dict[UUID, set[UUID]] = {card: set() for card in cards}
    for person in User.objects.values_list("pk", flat=True):
        seen = Post.objects.visible_to(viewer_of(person)).filter(pk__in=ids)
        for card in seen.values_list("card_id", flat=True):
            if writers[card] != person:
                found[card].add(person)
    return found


def _whose_rights_changed_since(siblings: Iterable[Post]) -> set[UUID]:
    """Of whom the rights of now do not tell what they were when the others were told."""
    found: set[UUID] = set()
    for post in siblings:
        moment, day = post.published_at, post.published_at.astimezone(clock.SCHOOL_TIME).date()
        made = Q(school=post.school_id, created_at__gte=moment)
        began = Q(starts_on__gt=day, starts_on__lte=clock.today())
        ended = Q(ends_on__gte=day, ends_on__lt=clock.today())
        changed = made | Q(school=post.school_id) & (began | ended)
        moved = Q(student__in=Enrollment.objects.filter(changed).values("student"))
        since = (moment, clock.now())
        tied = Q(starts_at__range=since) | Q(ends_at__range=since) | moved
        ties = Guardianship.objects.filter(made | Q(school=post.school_id) & tied)
        found.update(ties.values_list("guardian", flat=True))
        for model in (Employment, TeachingAssignment):
            found.update(model._default_manager.filter(changed).values_list("user", flat=True))
    return found
