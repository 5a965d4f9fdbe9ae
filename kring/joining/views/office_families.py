"""Families that are in and that are not yet: the list, and inviting by mail."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kring.base.htmx import SeeOther
from kring.base.ids import id_of
from kring.events.models import AuditEntry
from kring.joining import jobs
from kring.joining.homes import Home, State, homes_of, mourning_among, to_invite
from kring.joining.inviting import invite_each
from kring.joining.printing import left_out
from kring.schools.models import Group, Household
from kring.schools.office import OfficeRequest, office_page

A_PAGE = 100
WAITING = "waiting"  # whoever is not connected
FILTERS = {WAITING, *State.values}


class Chosen(NamedTuple):
    """What the list is narrowed to; also where a form leads back to."""

    group: UUID | None = None
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, sent: QueryDict) -> Chosen:
        """From an address or a form; what makes no sense narrows nothing."""
        state, page = sent.get("state", ""), sent.get("page", "")
        return cls(
            group=id_of(sent.get("group", "")),
            state=state if state in FILTERS else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < len("10000") else 1,
        )

    @property
    def query(self) -> str:
        """As it stands in an address, without the page."""
        return urlencode({"group": self.group or "", "state": self.state})

    def takes(self, home: Home) -> bool:
        if self.state == WAITING:
            return home.state not in {State.CONNECTED, State.FETCHERS}
        return not self.state or home.state == self.state


@require_safe
@office_page()
def families(request: OfficeRequest) -> HttpResponse:
    """Each child at each home, who belongs to it, and how far each of them is."""
    chosen = Chosen.of(request.GET)
    homes = homes_of(request.viewer, request.school.pk, group_id=chosen.group)
    page: Page[Home] = Paginator([one for one in homes if chosen.takes(one)], A_PAGE).get_page(
        chosen.page
    )
    context = {
        "page": page,
        "chosen": chosen,
        "groups": _groups(request),
        "states": State.choices,
        "languages": Household.Language.choices,
        "keeps_books": request.school.pk in request.viewer.administers,
    }
    return render(request, "joining/office/families.html", context)


@require_POST
@office_page()
def invitations(request: OfficeRequest) -> HttpResponse:
    """Invite the chosen homes now; a whole group, or the whole school, as work that goes on."""
    fetchers = "fetchers" in request.POST
    if request.POST.get("whom") != "chosen":
        return _invite_all(request, fetchers=fetchers)
    keys = request.POST.getlist("homes")[:A_PAGE]
    homes = homes_of(request.viewer, request.school.pk, only=keys) if keys else []
    people = to_invite(homes, fetchers=fetchers, anew=True)
    invite_each(people, request.school.pk, by=request.viewer)
    _say(request, len(people), mourning_among(homes))
    return back_to_list(request)


@require_POST
@office_page("administers")
def language(request: OfficeRequest) -> HttpResponse:
    """In what language this home gets its letters."""
    homes = Household.objects.changeable_by(request.viewer).filter(school=request.school.pk)
    home = get_object_or_404(homes, pk=id_of(request.POST.get("home", "")))
    if (wanted := request.POST.get("language")) not in Household.Language.values:
        raise Http404
    home.letter_language = wanted
    home.save(update_fields=["letter_language"])
    AuditEntry.note("household.changed", home, by=request.viewer, fields=["letter_language"])
    said = _("Letters to this home are written in: %(language)s.")
    messages.success(request, said % {"language": home.get_letter_language_display()})
    return back_to_list(request)


def back_to_list(request: OfficeRequest) -> HttpResponse:
    """To the list as it was narrowed when the form was sent."""
    chosen = Chosen.of(request.POST)
    page = f"&page={chosen.page}" if chosen.page > 1 else ""
    address = reverse("inviting:families", args=[request.school.pk])
    return SeeOther(f"{address}?{chosen.query}{page}")


def _groups(request: OfficeRequest) -> list[tuple[UUID, str]]:
    groups = Group.objects.visible_to(request.viewer).filter(school=request.school.pk)
    return list(groups.order_by("-year__starts_on", "name").values_list("pk", "name"))


def _invite_all(request: OfficeRequest, *, fetchers: bool) -> HttpResponse:
    group_id = id_of(request.POST.get("group", ""))
    homes = homes_of(request.viewer, request.school.pk, group_id=group_id)
    if many := len(to_invite(homes, fetchers=fetchers)):
        school_id, by = request.school.pk, request.viewer.person_id
        jobs.invite_many.enqueue(
            school_id, school=school_id, group=group_id, person=by, fetchers=fetchers
        )
    _say(request, many, mourning_among(homes))
    return SeeOther(reverse("inviting:overview", args=[request.school.pk]))


def say_left_out(request: OfficeRequest, families: int) -> None:
    """Tell who asked."""
    if said := left_out(families):
        messages.info(request, said)


def _say(request: OfficeRequest, many: int, silent: int) -> None:
    say_left_out(request, silent)
    if not many and silent:
        return
    if not many:
        messages.info(request, _("There is nobody to invite here: no address, or invited already."))
        return
    said = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", many)
    messages.success(request, said % {"count": many})
