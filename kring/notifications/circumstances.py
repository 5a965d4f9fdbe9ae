"""How things are with a person, beside what she chose: what decides over what comes."""

from __future__ import annotations

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.notifications import wishing
from kring.notifications.models import Bounce, PushSubscription, digest_of
from kring.notifications.wording import Situation
from kring.schools.models import Policy, WorkingHours


def situation_of(person: User, viewer: Viewer) -> Situation:
    """In the block of the viewer."""
    policies = list(Policy.objects.visible_to(viewer).current())
    moments = [(one.weekly_weekday, one.weekly_hour) for one in policies]
    hours = WorkingHours.objects.visible_to(viewer).filter(person=viewer.person_id)
    devices = PushSubscription.objects.visible_to(viewer).filter(person=viewer.person_id)
    return Situation(
        kinds=wishing.switches(viewer),
        has_address=bool(person.email),
        address_works=bool(person.email) and not bounces(person, viewer),
        devices=devices.count(),
        keeps_hours=hours.exists(),
        newsletter=min(moments, default=(6, 8)),  # the first of two schools tells of both
        newsletter_for_all=any(one.weekly_newsletter for one in policies),
    )


def bounces(person: User, viewer: Viewer) -> bool:
    """Whether mail to the address of now came back for good."""
    own = Bounce.objects.visible_to(viewer).standing().filter(person=viewer.person_id)
    return bool(person.email) and own.filter(address=digest_of(str(person.email))).exists()
