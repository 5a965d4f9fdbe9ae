"""The mail: its link shows the school only; what is behind it opens for who holds the mailbox."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts.models import User
from kring.accounts.views.pages import open_page
from kring.joining import accepting
from kring.joining.accepting import Waiting, opened, waiting_for
from kring.joining.arrival import Arrival
from kring.joining.forms import ChildrenForm
from kring.joining.invitations import Opened
from kring.joining.journey import Journey
from kring.joining.views.public import OK, UNPROCESSABLE, start_again
from kring.joining.views.public_account import send_code
from kring.joining.views.public_yes import welcomed


@open_page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites and for what. The code goes to the address that was invited, to no other."""
    found = opened(token)
    if found is None:
        return _over(request)
    status = OK
    if request.method == "POST":
        journey = Journey(school=str(found.school_id), token=token)
        status, why = send_code(request, journey, found.email)
        if status == OK:
            return redirect("joining:mailbox")
        messages.error(request, why)
    context = {"school": accepting.school_of(found), "for_staff": found.kind == "staff"}
    return render(request, "joining/public/invitation.html", context, status=status)


@open_page
def invited(request: HttpRequest) -> HttpResponse:
    """What waits: the children, each with a tick, or the work; and the yes."""
    journey = Journey.of(request)
    if not (journey and journey.token and journey.proven):
        return start_again(request)
    found = opened(journey.token)
    if found is None:
        return _over(request)
    waiting = waiting_for(found)
    arrival = Arrival(request, journey, waiting.card, waiting.school.name)
    form = _children(request, waiting)
    if request.method == "POST" and form.is_valid() and arrival.form.is_valid():
        return _answered(request, arrival, found, waiting, form)
    return _asked(request, arrival, found, waiting, form)


def _asked(
    request: HttpRequest, arrival: Arrival, found: Opened, waiting: Waiting, form: ChildrenForm
) -> HttpResponse:
    context = {
        "arrival": arrival,
        "waiting": waiting,
        "form": form,
        "address": found.email,
        "is_other_account": _is_other(arrival, found),
    }
    status = UNPROCESSABLE if form.errors or arrival.form.errors else OK
    return render(request, "joining/public/invited.html", context, status=status)


def _children(request: HttpRequest, waiting: Waiting) -> ChildrenForm:
    data = request.POST if request.method == "POST" else None
    names = [
        (str(one.id), f"{one.first_name} ({one.group})" if one.group else one.first_name)
        for one in waiting.children
    ]
    return ChildrenForm(data, names)


def _is_other(arrival: Arrival, found: Opened) -> bool:
    """Signed in with another address than the one that was invited."""
    return arrival.person is not None and arrival.person.email != found.email.lower()


def _answered(
    request: HttpRequest, arrival: Arrival, found: Opened, waiting: Waiting, form: ChildrenForm
) -> HttpResponse:
    own = {UUID(one) for one in form.cleaned_data["children"]}
    if waiting.children and not (own or waiting.roles):
        return _refuse(request, found)
    person = _come_in(arrival, found, own)
    return welcomed(request, arrival, person) if person else _over(request)


def _refuse(request: HttpRequest, found: Opened) -> HttpResponse:
    Journey.end(request)
    if not accepting.refuse(found):
        return _over(request)
    messages.success(
        request, _("Thank you. You see nothing of these children, and the school knows.")
    )
    return redirect("joining:code")


def _come_in(arrival: Arrival, found: Opened, own: set[UUID]) -> User | None:
    """Account and ties, both or neither."""
    with transaction.atomic():
        person = arrival.account()
        if person and accepting.accept(found, person, own):
            return person
        transaction.set_rollback(True)
    return None


def _over(request: HttpRequest) -> HttpResponse:
    """One page for what was used, taken back, sent anew, too old, made up, or went wrong."""
    Journey.end(request)
    return render(request, "joining/public/over.html", status=HTTPStatus.GONE)
