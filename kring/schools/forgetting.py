"""The operator of the server helps who lost every second factor and works at several schools."""

from django.db import transaction
from django.utils.translation import gettext as _

from kring.accounts import factors
from kring.accounts.models import User
from kring.base import clock
from kring.base.visibility import ANONYMOUS
from kring.events.models import AuditEntry
from kring.schools.models import Employment, TeachingAssignment


def forget_factors(address: str) -> str:
    """Take passkeys, app, codes on paper and sessions of a person away; says what was done.

    Runs as the owner of the database. It stands in the trail of every school where the person
    works, and the person gets a mail. Raises ValueError where nobody has this address.
    """
    people = User.objects.unscoped("the owner of the server helps")
    person = people.at_address(address).first()
    if person is None:
        raise ValueError(_("Nobody signs in with %(address)s.") % {"address": address})
    with transaction.atomic():
        factors.forget(person)
        for tie in _ties(person):
            AuditEntry.note("person.factors_forgotten", tie, by=ANONYMOUS, person=person.pk)
    factors.write(person, "ways_in.forgotten")
    return _("%(address)s signs in with a code from the mail, and sets up a new second step.") % {
        "address": address
    }


def _ties(person: User) -> list[Employment | TeachingAssignment]:
    """One of each school where the person works now."""
    today = clock.today()
    kinds = (Employment, TeachingAssignment)
    held = [tie for kind in kinds for tie in kind.objects.on(today).filter(user=person)]
    return list({tie.school_id: tie for tie in held}.values())
