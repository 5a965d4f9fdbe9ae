from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kring.accounts.models import User
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.visibility import Viewer, seen_by
from kring.home.forms import AboutMeForm
from kring.home.portraits import pictures
from kring.media.files import delete_files
from kring.media.models import Portrait
from kring.media.storage import StorageAwayError
from kring.media.uploads import Photo, render_uploads, stored
from kring.schools.middleware import ViewerRequest


@require_http_methods(["GET", "POST"])
@outside_block("a photo is rendered and stored before the transaction opens", with_viewer=True)
def about_me(request: ViewerRequest) -> HttpResponse:
    """A photo of oneself and a few words, for who may see one's name."""
    form = AboutMeForm(request.POST or None, initial={"about": _mine(request.viewer).about})
    if form.is_valid():
        photos, refusals = render_uploads(request.FILES.getlist("photo")[:1])
        if not refusals:
            _keep(form, photos, request.viewer)
            messages.success(request, _("Saved."))
            return see_other(request, "home:about_me")
        form.add_error(None, refusals[0])
    with seen_by(request.viewer):
        me = request.viewer.person_id
        own = pictures([me], request.viewer, request.session.session_key or "")
        context = {"form": form, "person": request.user, "picture": own.get(me, "")}
        return render(request, "home/about_me.html", context, status=422 if form.errors else 200)


def _mine(viewer: Viewer) -> User:
    with seen_by(viewer):
        me: User = User.objects.visible_to(viewer).get(pk=viewer.person_id)
        return me


def _keep(form: AboutMeForm, photos: list[Photo], viewer: Viewer) -> None:
    before: UUID | None = None
    with stored(photos), seen_by(viewer):
        mine = User.objects.changeable_by(viewer).get(pk=viewer.person_id)
        mine.tell(form.cleaned_data["about"])
        for photo in photos:
            before = Portrait.hang(photo.id, by=viewer)
        if form.cleaned_data["take_down"] and not photos:
            before = Portrait.take_down(by=viewer)
    if before:
        with suppress(StorageAwayError):  # then they are swept at night
            delete_files(before)
