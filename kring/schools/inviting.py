"""The first person of a real server: an administrator lets everybody else in."""

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.base import clock
from kring.base.mail import letter
from kring.schools.models import Employment, Policy, School, SchoolBoard


def invite(*, school: str, role: str, address: str, kind: str = "", board_of: str = "") -> str:
    """Give the person at ``address`` a role at a school and write to them; says what was done.

    Runs as the owner of the database. The school is found by its name; the first person of a name
    that is new makes the school: of this kind, and under the board of the school ``board_of``, or
    else under a board of its own. Raises ValueError with a sentence for what cannot be.
    """
    address, name = address.strip(), school.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        said = _("%(address)s is not an e-mail address.")
        raise ValueError(said % {"address": address}) from error
    if role not in Employment.Role.values:
        said = _("There is no role %(role)s: choose from %(roles)s.")
        raise ValueError(said % {"role": role, "roles": ", ".join(Employment.Role.values)})
    if not name:
        raise ValueError(_("Give the name of the school."))
    with transaction.atomic():
        place, is_new = _place(name, kind, board_of.strip())
        if role == Employment.Role.AFTERCARE and place.kind != School.Kind.AFTERCARE:
            raise ValueError(_("%(school)s is no after-school care.") % {"school": place.name})
        person = _person(address)
        _employ(person, place, role)
        _mail(person, place).send()
    said = _("%(address)s is invited at %(school)s.")
    if is_new:
        said = _("The school %(school)s is made, and %(address)s is invited.")
    return said % {"school": place.name, "address": address}


def _place(name: str, kind: str, board_of: str) -> tuple[School, bool]:
    """The school of this name, and whether it is new; what stands is not made into another."""
    found, other = _called(name), _called(board_of) if board_of else None
    if board_of and other is None:
        raise ValueError(_("There is no school %(school)s.") % {"school": board_of})
    if found is None:
        board = other.board if other else SchoolBoard.objects.create(name=name)
        kind = kind or School.Kind.SCHOOL
        made = School.objects.create(name=name, board=board, kind=kind)
        Policy.objects.create(school=made, version=1)
        return made, True
    if (kind and kind != found.kind) or (other and other.board_id != found.board_id):
        said = _("%(school)s is here already, as another kind or under another board.")
        raise ValueError(said % {"school": found.name})
    return found, False


def _called(name: str) -> School | None:
    named = School.objects.filter(name__iexact=name).select_related("board")
    return named.order_by("created_at").first()


def _person(address: str) -> User:
    people = User.objects.unscoped("the owner of the server invites")
    known: User | None = people.at_address(address).first()
    if known:
        return known
    first = address.split("@", maxsplit=1)[0].split(".", maxsplit=1)[0].capitalize()
    made: User = User.objects.create_user(email=address, first_name=first, last_name="")
    return made


def _employ(person: User, place: School, role: str) -> None:
    today = clock.today()
    held = Employment.objects.filter(school=place, user=person, role=role)
    if not held.on(today).exists():
        Employment.objects.create(school=place, user=person, role=role, starts_on=today)


def _mail(person: User, place: School) -> EmailMultiAlternatives:
    with translation.override(person.language):
        return letter("schools/mail/invitation", to=str(person.email), school=place, person=person)
