"""The way back: for each set that a viewer has, the people who have this thing in it.

Conditions on users, worked out when they are asked: "recipients are who may see". Read by the
rules of ``visibility.py`` only.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.functions import Now

from kring.base import clock


class Among(RelatedIn):
    """As ``in``, but the subquery is worked out once.

    With IN, PostgreSQL walks the GiST index of a constraint: 0.25 s for a group of 400 guardians,
    and 0.03 s like this.
    """

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:  # noqa: ARG002
        """An array, filled before the rows are looked up."""
        return f"= ANY (ARRAY{rhs})"


models.ForeignKey.register_lookup(Among)

NOBODY = Q(pk__in=())
EVERYBODY = ~NOBODY


def is_over(tie: Any) -> bool:
    """Whether a tie of a person with a school has ended, by its moment or its last day."""
    if hasattr(tie, "ends_at"):
        return tie.ends_at is not None and tie.ends_at <= clock.now()
    return tie.ends_on is not None and tie.ends_on < clock.today()


def having(value: Any, names: Iterable[str]) -> Q:
    """Users with ``value`` in one of their sets of these names."""
    found = NOBODY
    for name in names:
        found |= _SETS[name](value)
    return found


def _ties(name: str) -> models.QuerySet[Any]:
    related = get_user_model()._meta.get_field(name).related_model
    return related._default_manager.all()  # type: ignore[union-attr]


def _guardians(*access: str, **conditions: Any) -> models.QuerySet[Any]:
    not_ended = Q(ends_at=None) | Q(ends_at__gt=Now())
    return _ties("guardianships").filter(
        not_ended, starts_at__lte=Now(), access__in=access, **conditions
    )


def _students_here(**conditions: Any) -> models.QuerySet[Any]:
    """Enrolments that hold today."""
    today = clock.today()
    not_ended = Q(ends_on=None) | Q(ends_on__gte=today)
    return _enrollments().filter(not_ended, starts_on__lte=today, **conditions)


def _enrollments() -> models.QuerySet[Any]:
    student = _ties("guardianships").model._meta.get_field("student").related_model
    found: models.QuerySet[Any] = student._meta.get_field("enrollments").related_model.objects.all()
    return found


def _people(ties: models.QuerySet[Any]) -> Q:
    column = "guardian" if hasattr(ties.model, "guardian_id") else "user"
    return Q(pk__in=ties.values(column))


def _child(access: str, **conditions: Any) -> Callable[[UUID], Q]:
    def having_child(student: UUID) -> Q:
        here = _students_here(student=student).values("student")
        return _people(_guardians(access, student__among=here, **conditions))

    return having_child


def _coming(student: UUID) -> Q:
    here_or_before = _enrollments().filter(starts_on__lte=clock.today()).values("student")
    later = _enrollments().filter(starts_on__gt=clock.today(), student=student).values("student")
    guardians = _guardians("in_care", student__among=later).exclude(student__among=here_or_before)
    return _people(guardians)


def _followed(policy: str) -> Callable[[UUID], Q]:
    def following(student: UUID) -> Q:
        started = _enrollments().filter(student=student, starts_on__lte=clock.today())
        return _let_in(policy, student__among=started.values("student"))

    return following


def _let_in(policy: str, **conditions: Any) -> Q:
    """Guardians in care, and the informed only where the school's policy lets them."""
    informed = _guardians("informed", **conditions).exclude(school__in=_refusing(policy))
    return _people(_guardians("in_care", **conditions)) | _people(informed)


def _refusing(policy: str) -> models.QuerySet[Any]:
    school = _ties("guardianships").model._meta.get_field("school").related_model
    policies = school._meta.get_field("policies").related_model._default_manager
    latest = policies.order_by("school", "-version").distinct("school").values("pk")
    return policies.filter(pk__in=latest, **{policy: False}).values("school")  # type: ignore[no-any-return]


def _assignments(**conditions: Any) -> models.QuerySet[Any]:
    """Lessons of who is employed there, and of substitutes."""
    today = clock.today()
    not_ended = Q(ends_on=None) | Q(ends_on__gte=today)
    employed = _employments(user=OuterRef("user"), school=OuterRef("school"))
    teaching = Q(kind="substitute") | Q(Exists(employed))
    return _ties("assignments").filter(not_ended, teaching, starts_on__lte=today, **conditions)


def _employments(**conditions: Any) -> models.QuerySet[Any]:
    today = clock.today()
    not_ended = Q(ends_on=None) | Q(ends_on__gte=today)
    return _ties("employments").filter(not_ended, starts_on__lte=today, **conditions)


def _employed(role: str) -> Callable[[UUID], Q]:
    return lambda school: _people(_employments(school=school, role=role))


def _caring(school: UUID) -> Q:
    return _people(_employments(school=school, role="aftercare", school__kind="aftercare"))


def _pupil(student: UUID) -> Q:
    return _people(_assignments(group__among=_students_here(student=student).values("group")))


def _staff(school: UUID) -> Q:
    return _people(_employments(school=school)) | _people(_assignments(school=school))


def _living_in(household: UUID) -> Q:
    return _people(_guardians("in_care", "informed", "pick_up", household=household))


def _under(board: UUID) -> Q:
    employed, teaching = _employments(school__board=board), _assignments(school__board=board)
    return _people(employed) | _people(teaching)


def _of_school(school: UUID) -> Q:
    """Staff, and every guardian with a child that is, was or will be here."""
    enrolled = _enrollments().filter(school=school).values("student")
    families = _guardians("in_care", "informed", "pick_up", school=school, student__among=enrolled)
    return _staff(school) | _people(families)


_SETS: dict[str, Callable[[UUID], Q]] = {
    "child_ids": _child("in_care"),
    "authority_ids": _child("in_care", has_authority="yes"),
    "informed_ids": _child("informed"),
    "pick_up_ids": lambda student: _people(_guardians("pick_up", student=student)),
    "coming_ids": _coming,
    "followed_ids": _followed("informed_sees_posts"),
    "pictured_ids": _followed("informed_sees_photos"),
    "household_ids": _living_in,
    "pupil_ids": _pupil,
    "taught_group_ids": lambda group: _people(_assignments(group=group)),
    "school_ids": _of_school,
    "staff_of": _staff,
    "board_ids": _under,
    "leads": _employed("principal"),
    "administers": _employed("administrator"),
    "coaches": _employed("counselor"),
    "cares_for": _caring,
    "works_for": lambda _school: NOBODY,
}


def of_audience(
    post: Any, reach: str, overseers: Iterable[str], moment: datetime | None = None
) -> Q:
    """The people who may see an addressed thing, as far as ``reach`` says.

    With ``moment``: what came then on that thing, such as a comment.
    """
    own = Q(pk=post.author_id) & _staff(post.school_id)
    acting = reach in {"taking_part", "commenting"}
    if reach == "commenting" and not post.allows_comments:
        return NOBODY
    if post.withdrawn_at or post.published_at > clock.now():
        return NOBODY if acting else own
    found = own | _addressed_staff(post, overseers)
    if reach == "staff" or post.staff_only:
        return found
    return found | _families(post, reach, clock.now() if acting else moment)


def of_planned(entry: Any, overseers: Iterable[str]) -> Q:
    """The people who may see an entry of the agenda."""
    own = Q(pk=entry.author_id) & _staff(entry.school_id)
    withdrawn = entry.withdrawn_at and not entry.is_called_off
    if withdrawn or entry.published_at > clock.now():
        return own
    found = own | _addressed_staff(entry, overseers)
    if entry.staff_only:
        return found
    until = max(clock.today(), _day(entry.starts_at))
    there = _students_here(school=entry.school_id).filter(Q(ends_on=None) | Q(ends_on__gte=until))
    children = _addressed(there, entry).values("student")
    return found | _let_in("informed_sees_posts", student__among=children)


def _addressed_staff(thing: Any, overseers: Iterable[str]) -> Q:
    found = having(thing.school_id, overseers)
    if thing.whole_school or thing.staff_only:
        found |= _staff(thing.school_id)
    found |= _people(_assignments(group__in=thing.group_ids))
    for student in thing.student_ids:
        found |= _pupil(student)
    return found


def _addressed(stays: models.QuerySet[Any], thing: Any) -> models.QuerySet[Any]:
    """Of these stays, those of children to whose families it is addressed."""
    if thing.whole_school:
        return stays
    return stays.filter(Q(group__in=thing.group_ids) | Q(student__in=thing.student_ids))


def of_announcement(thing: Any, reach: str) -> Q:
    """The staff, and families of children who were there when it came out, or came later."""
    if thing.withdrawn_at or not thing.published_at or thing.published_at > clock.now():
        return NOBODY
    there = _enrollments().filter(
        Q(ends_on=None) | Q(ends_on__gte=_day(thing.published_at)),
        starts_on__lte=clock.today(),
        school=thing.school_id,
    )
    families = _let_in(_policy_of(reach), student__among=there.values("student"))
    return _staff(thing.school_id) | families


def _families(post: Any, reach: str, moment: datetime | None) -> Q:
    """Of children who were there when it came out, and still at this moment."""
    days = {_day(post.published_at), _day(moment or post.published_at)}
    there = _enrollments().filter(
        Q(ends_on=None) | Q(ends_on__gte=max(days)),
        starts_on__lte=_day(post.published_at),
        school=post.school_id,
    )
    there = _addressed(there, post)
    if reach in {"taking_part", "commenting"}:
        return _people(_guardians("in_care", student__among=there.values("student")))
    return _let_in(_policy_of(reach), student__among=there.values("student"))


def _policy_of(reach: str) -> str:
    """What a school says of who may only be informed."""
    return "informed_sees_photos" if reach == "photos" else "informed_sees_posts"


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.SCHOOL_TIME).date()
