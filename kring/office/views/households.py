from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from kring.base.htmx import see_other
from kring.notifications.reach import Reachable, bouncing
from kring.office.bounced import bounced
from kring.office.forms.household import HouseholdForm
from kring.office.homes import Homes, secrets_of
from kring.office.mourning import Around
from kring.office.views.child import form_page, posted
from kring.office.views.families import home_to_change
from kring.schools.models import Household
from kring.schools.office import OfficeRequest, office_page


@require_http_methods(["GET", "POST"])
@office_page()
def family(request: OfficeRequest, household_id: UUID) -> HttpResponse:
    """One home: who live there, with which children, where, and in what language."""
    page = HomePage(request, household_id)
    if request.method == "POST" and page.save():
        messages.success(request, gettext("The home is saved."))
        return see_other(request, "office:family", request.school.pk, household_id)
    return page.shown()


@require_POST
@office_page()
def address(request: OfficeRequest, household_id: UUID) -> HttpResponse:
    """Show a secret address. Who opened it stands in the trail."""
    page = HomePage(request, household_id)
    page.open()
    return page.shown()


class HomePage:
    """A home on its page; a secret address only after it was opened."""

    def __init__(self, request: OfficeRequest, household_id: UUID) -> None:
        self.request, self.viewer = request, request.viewer
        self.may_change = request.school.pk in request.viewer.administers
        found = Household.objects.visible_to(request.viewer).filter(school=request.school)
        self.household = get_object_or_404(found, pk=household_id)
        self.home = Homes(request.school, request.viewer).of(self.household)
        self.is_open = not self.home.is_secret
        self.form = self._form(None)

    def open(self) -> None:
        """Show the address, and leave in the trail who opened it."""
        secrets = secrets_of(self.household, self.request.school, self.viewer)
        self.household.open_address(secrets, by=self.viewer)
        self.is_open = True
        self.form = self._form(None)

    def save(self) -> bool:
        """Write what was changed; 404 for who may only look."""
        home_to_change(self.request, self.household.pk)
        self.household.refresh_from_db()
        self.is_open = self.is_open or "street" in self.request.POST
        self.form = self._form(posted(self.request))
        if self.form.is_valid():
            self.household.correct(self.form.changes, by=self.viewer)
            return True
        if self.home.is_secret:  # the form says what stands there
            self.open()
            self.form = self._form(posted(self.request))
            self.form.is_valid()
        return False

    def shown(self) -> HttpResponse:
        context: dict[str, Any] = {
            "home": self.home,
            "around": Around(self.household, self.request.school, self.viewer),
            "living": self._living(),
            "failing": self._failing(),
            "household": self.household,
            "is_open": self.is_open,
            "may_change": self.may_change,
        }
        return form_page(self.request, "office/family.html", self.form, **context)

    def _living(self) -> list[tuple[str, bool, str]]:
        """Who: the name, whether the address is secret, and where a mail did not arrive."""
        people = self.home.guardians
        failed = bounced((key for key, *_ in people), self.request.school, self.viewer)
        return [(name, secret, failed.get(key, "")) for key, name, secret in people]

    def _failing(self) -> list[tuple[str, UUID, Reachable]]:
        """Whose mail comes back, and why."""
        names = {key: name for key, name, _secret in self.home.guardians}
        fails = bouncing(self.request.school.pk, names)
        return [(names[key], key, why) for key, why in fails.items()]

    def _form(self, data: Any) -> HouseholdForm:
        standing = HouseholdForm.standing_of(self.household)
        return HouseholdForm(data, standing=standing, with_address=self.is_open)
