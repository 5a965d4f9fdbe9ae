"""The yes: 'this is my child'. Only then is an account made, and the tie with it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.accounts.opening import enter
from kring.accounts.views.pages import account_page, open_page
from kring.joining import telling
from kring.joining.arrival import Arrival
from kring.joining.claiming import (
    WITHHELD,
    Offer,
    Wish,
    account_of,
    claim,
    is_shut_out,
    names_of,
)
from kring.joining.journey import Journey
from kring.joining.own import children_of, pairs
from kring.joining.views.own import OwnRequest
from kring.joining.views.public import OK, UNPROCESSABLE, start_again, under_way
from kring.schools.models import Guardianship

type Came = tuple[User, Guardianship] | None


@open_page
def yes(request: HttpRequest) -> HttpResponse:
    """Once more in one view: which child, which school, who one is; then the yes."""
    journey, offer = under_way(request)
    if not (journey and offer) or not _is_there(journey, offer):
        return start_again(request, journey)
    arrival = _arrival(request, journey, offer)
    if not (arrival.is_ready and journey.chose):
        return redirect("joining:account")
    if request.method == "POST" and arrival.form.is_valid():
        if came := _come_in(journey, arrival, offer):
            return welcomed(request, arrival, *came)
        if arrival.form.is_valid():  # else the user name went a moment ago
            return start_again(request, journey)
    status = UNPROCESSABLE if arrival.form.errors else OK
    context = {"arrival": arrival, "offer": offer, "who": _who(journey, offer)}
    return render(request, "joining/public/yes.html", context, status=status)


@account_page
def welcome(request: OwnRequest) -> HttpResponse:
    """What one sees from now on; whether two are one child; a way to sign in sooner."""
    context = {"children": children_of(request.viewer), "pairs": pairs(request.viewer)}
    return render(request, "joining/public/welcome.html", context)


def welcomed(
    request: HttpRequest, arrival: Arrival, person: User, tie: Guardianship | None = None
) -> HttpResponse:
    """Signed in, and nothing of the way in is kept. Codes for paper are shown now and never again.

    The page with the codes comes in this very answer: a session would keep them.
    """
    Journey.end(request)
    if tie and tie.access == WITHHELD:
        messages.info(request, _("The school did not know you yet. It looks at this first."))
    if arrival.sheet:
        context = {"codes": arrival.sheet, "person": person, "bare": True}
        response = render(request, "joining/public/paper_codes.html", context)
    else:
        response = redirect("joining:welcome")
    return enter(request, response, person) if arrival.enters_now() else response


def _is_there(journey: Journey, offer: Offer) -> bool:
    """Whether nobody took the chosen place meanwhile."""
    return not journey.place_id or journey.place_id in {one.id for one in offer.places}


def _arrival(request: HttpRequest, journey: Journey, offer: Offer) -> Arrival:
    card = names_of(journey.school_id, journey.place_id) if journey.place_id else None
    return Arrival(request, journey, card, offer.school.name, offer.student.name)


def _come_in(journey: Journey, arrival: Arrival, offer: Offer) -> Came:
    """Account and tie, both or neither. Whose account this takes the place of hears of it."""
    lost = account_of(journey.school_id, journey.code_id)
    wish = Wish(place_id=journey.place_id, relation=journey.relation)
    with transaction.atomic():
        person = arrival.account()
        tie = person and claim(journey.school_id, journey.code_id, wish, person)
        if not tie:
            # No account for nothing. What it was refused for stays in the trail of who had one.
            transaction.set_rollback(arrival.enters_now())
    if person and tie:
        if lost and lost != person:
            telling.letter_used(lost, offer.school.name)
        return person, tie
    if arrival.enters_now() and journey.proven:  # the office sees this one too
        is_shut_out(journey.school_id, journey.code_id, None, journey.address)
    return None


def _who(journey: Journey, offer: Offer) -> str:
    known = next((one for one in offer.places if one.id == journey.place_id), None)
    if known:
        return known.relation
    return str(Guardianship.Relation(journey.relation or Guardianship.Relation.OTHER).label)
