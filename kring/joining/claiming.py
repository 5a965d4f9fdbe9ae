"""Coming in by a koppelcode: what it offers, and taking a place, once.

Whoever holds a code sees nothing of the school yet, so all of it runs in a block in which the
person acts with the eyes of the school's own service. What may be said of a code that does not fit
is decided above: here it is ``None``, whatever the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import Viewer, seen_by
from kring.events.models import AuditEntry
from kring.joining.asking import ASKED, asked_for
from kring.joining.models import Invitation, LinkCode, LinkCodeUse
from kring.schools.models import Enrollment, Guardianship, School, Student

WITHHELD = Guardianship.Access.WITHHELD


@dataclass(frozen=True, kw_only=True)
class Place:
    """A guardian whom the school knows of and who has no account yet."""

    id: UUID
    first_name: str
    relation: str  # in words


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a code lets somebody in to."""

    school: School
    student: Student
    group: str  # its name
    places: list[Place]
    for_others: bool  # whom the school does not know of


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which place somebody wants; none of those that the school knows of: a new one."""

    place_id: UUID | None
    relation: str = Guardianship.Relation.OTHER


def acting_for(person_id: UUID | None, *school_ids: UUID) -> Viewer:
    """A person who acts where he or she sees nothing, yet or any more."""
    schools = frozenset(school_ids)
    return Viewer(user_id=person_id, school_ids=schools, works_for=schools)


def offer_of(school_id: UUID, code_id: UUID) -> Offer | None:
    """What this code offers now; None when it is over in whatever way."""
    viewer = acting_for(None, school_id)
    with seen_by(viewer):
        code = _open(viewer, code_id).select_related("school", "student").first()
        stay = code and _stay(viewer, code.student_id)
        if not (code and stay) or _is_used_up(viewer, code):
            return None
        return Offer(
            school=code.school,
            student=code.student,
            group=stay.group.name,
            for_others=code.guardianship_id is None,
            places=[
                Place(
                    id=tie.pk,
                    first_name=tie.guardian.first_name,
                    relation=tie.get_relation_display(),
                )
                for tie in code.takers().order_by("created_at").select_related("guardian")
            ],
        )


def is_shut_out(school_id: UUID, code_id: UUID, person_id: UUID | None, email: str | None) -> bool:
    """Whether the school withholds this child from this person. The office sees the attempt."""
    viewer = acting_for(person_id, school_id)
    with seen_by(viewer):
        code = _open(viewer, code_id).first()
        return code is not None and _turn_away(viewer, code, email)


def claim(school_id: UUID, code_id: UUID, wish: Wish, person: User) -> Guardianship | None:
    """Tie this person to the child; None when code or place is gone. Twice is once."""
    viewer = acting_for(person.pk, school_id)
    with seen_by(viewer):
        return _claim(viewer, code_id, wish, person)


def _claim(viewer: Viewer, code_id: UUID, wish: Wish, person: User) -> Guardianship | None:
    code = _open(viewer, code_id).select_for_update(of=("self",)).first()
    if code is None or not _stay(viewer, code.student_id):
        return None
    # All claims to one child wait for each other, whichever code they come by.
    Student.objects.changeable_by(viewer).select_for_update().get(pk=code.student_id)
    if _turn_away(viewer, code, person.email):
        return None
    if held := _held(viewer, code.student_id).filter(guardian=person).first():
        return held
    if wish.place_id:
        return _take(viewer, code, wish.place_id)
    if code.guardianship_id or _is_used_up(viewer, code):
        return None
    return _add(viewer, code, wish)


def decline(school_id: UUID, code_id: UUID, person_id: UUID | None) -> None:
    """'This is not my child': no tie, and the office is told that a letter came to strangers."""
    viewer = acting_for(person_id, school_id)
    with seen_by(viewer):
        if code := _open(viewer, code_id).first():
            AuditEntry.note(
                "link_code.declined", code, by=viewer, student=code.student_id, person=person_id
            )


def account_of(school_id: UUID, code_id: UUID) -> User | None:
    """The account that was lost, of which this code takes the place; None: a letter for a home."""
    viewer = acting_for(None, school_id)
    with seen_by(viewer):
        code = _open(viewer, code_id).select_related("guardianship__guardian").first()
        return code.guardianship.guardian if code and code.guardianship else None


def names_of(school_id: UUID, place_id: UUID) -> User | None:
    """The waiting name card of a place."""
    viewer = acting_for(None, school_id)
    with seen_by(viewer):
        ties = Guardianship.objects.visible_to(viewer).select_related("guardian")
        tie = ties.filter(pk=place_id, guardian__joined_at=None).first()
        return tie.guardian if tie else None


def leave_card(viewer: Viewer, card_id: UUID, person_id: UUID) -> None:
    """A card that waits for nothing any more has no invitation, and none keeps it in the books."""
    if Guardianship.objects.visible_to(viewer).filter(guardian=card_id).exists():
        return
    invitations = Invitation.objects.changeable_by(viewer).filter(person=card_id)
    for invitation in invitations.standing():
        invitation.revoke(by=viewer)
    invitations.update(person=person_id)


def _open(viewer: Viewer, code_id: UUID) -> QuerySet[LinkCode]:
    return LinkCode.objects.changeable_by(viewer).open(clock.now()).filter(pk=code_id)


def _stay(viewer: Viewer, student_id: UUID) -> Enrollment | None:
    """Where the child is, or will be; none when it has left."""
    stays = Enrollment.objects.visible_to(viewer).select_related("group").filter(student=student_id)
    ahead = stays.filter(Q(ends_on=None) | Q(ends_on__gte=clock.today()))
    return ahead.order_by("-group__is_homeroom", "starts_on").first()


def _held(viewer: Viewer, student_id: UUID) -> QuerySet[Guardianship]:
    ties = Guardianship.objects.changeable_by(viewer).at(clock.now())
    return ties.filter(student=student_id)


def _is_used_up(viewer: Viewer, code: LinkCode) -> bool:
    used = LinkCodeUse.objects.visible_to(viewer).filter(code=code).count()
    return used >= code.places


def _turn_away(viewer: Viewer, code: LinkCode, email: str | None) -> bool:
    """Known by the account, or by an address that the school has of the one withheld.

    Who came in by a code and waits for the school's yes is not withheld.
    """
    withheld = _held(viewer, code.student_id).filter(access=WITHHELD)
    this_one = withheld.filter(guardian=viewer.user_id)
    if email:
        this_one |= withheld.filter(email__iexact=email)
    asking = asked_for(viewer).filter(guardian=viewer.user_id)
    if not this_one.exclude(pk__in=asking.values("pk")).exists():
        return False
    AuditEntry.note(
        "link_code.withheld", code, by=viewer, student=code.student_id, person=viewer.user_id
    )
    return True


def _take(viewer: Viewer, code: LinkCode, place_id: UUID) -> Guardianship | None:
    """Move a place to the person, only from whom it was of: so it is taken once."""
    ties = Guardianship.objects.changeable_by(viewer).filter(pk=place_id)
    card_id = ties.values_list("guardian", flat=True).first()
    # First the invitation, as who accepts it does: so that the two do not wait for each other.
    mails = Invitation.objects.changeable_by(viewer).filter(person=card_id)
    list(mails.select_for_update())
    tie = ties.filter(guardian=card_id).select_for_update().first()
    ids = {"guardianship_id": place_id, "user_id": viewer.person_id}
    if tie is None or not LinkCode.take(code.pk, **ids):
        return None
    ties.update(guardian=viewer.person_id)
    leave_card(viewer, tie.guardian_id, viewer.person_id)
    tie.guardian_id = viewer.person_id
    _note("guardianship.claimed", tie, viewer)
    return tie


def _add(viewer: Viewer, code: LinkCode, wish: Wish) -> Guardianship:
    """Somebody whom the school does not know of.

    A code alone lets nobody in beside guardians that the school knows: then nothing is shown until
    the office says yes. Where it knows of nobody at all, the letter was the way to hear of one.
    Nor does it say where somebody lives: an address may be secret, so the office puts people into
    homes.
    """
    ties = Guardianship.objects.visible_to(viewer).filter(student=code.student_id)
    knows_others = ties.exclude(link_code_uses__code=code).exists()
    tie = Guardianship(
        school_id=code.school_id,
        guardian_id=viewer.person_id,
        student_id=code.student_id,
        relation=wish.relation,
        has_authority=Guardianship.Authority.UNKNOWN,
        access=WITHHELD if knows_others else Guardianship.Access.IN_CARE,
        starts_at=clock.now(),
        asked_at=clock.now(),
    )
    tie.save(force_insert=True)
    ids = {"school_id": code.school_id, "user_id": viewer.person_id}
    LinkCodeUse(code=code, guardianship=tie, **ids).save(force_insert=True)
    _note(ASKED, tie, viewer)
    return tie


def _note(verb: str, tie: Guardianship, viewer: Viewer) -> None:
    ids = {"student": tie.student_id, "person": viewer.person_id}
    AuditEntry.note(verb, tie, by=viewer, fields=["guardian"], **ids)
