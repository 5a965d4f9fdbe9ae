from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from kring.base import clock
from kring.base.block import outside_block
from kring.base.visibility import seen_by
from kring.feed.budget import meter
from kring.feed.composing import Composer
from kring.feed.forms import AudienceForm
from kring.feed.moments import day_asked
from kring.feed.reached import Reached
from kring.feed.readers import Readers
from kring.media.storage import StorageError
from kring.media.taking_in import keeps_originals, refused_for_room
from kring.media.uploads import Refusal, Taken, receive, stored
from kring.schools.middleware import ViewerRequest
from kring.schools.viewers import viewer_of


@require_http_methods(["GET", "POST"])
@outside_block("files are looked at and stored before the transaction opens", with_viewer=True)
def compose(request: ViewerRequest) -> HttpResponse:
    """Write to groups, some children, a school or its team."""
    if not request.viewer.staff_of:
        raise Http404
    try:
        return _composed(request, _received(request))
    except StorageError as trouble:  # the form again, without the files and with what was typed
        response = _composed(request, [Refusal(name="", sentence=trouble.sentence)])
        response.status_code = trouble.status
        return response


def _composed(request: ViewerRequest, outcomes: Sequence[Taken | Refusal]) -> HttpResponse:
    request.viewer = viewer_of(request.viewer.person_id)  # looking takes time: is she still here?
    if not request.viewer.staff_of:
        raise Http404
    taken = [one for one in outcomes if not isinstance(one, Refusal)]
    refusals = [one.sentence for one in outcomes if isinstance(one, Refusal)]
    with stored(taken), seen_by(request.viewer):
        return Composer(request, taken, refusals).respond()


def _received(request: ViewerRequest) -> list[Taken | Refusal]:
    """What became of files that the form itself sent, which it does without script."""
    files = request.FILES.getlist("photos")
    if not files:
        return []
    with seen_by(request.viewer):
        home = Readers(request.viewer).home
        keep = keeps_originals(home, request.viewer)
        refused = refused_for_room(home, files)
    return refused or receive(files, keep_original=keep)


@require_safe
def reach(request: ViewerRequest) -> HttpResponse:
    """How many families the ticked audience is, said before sending."""
    if not request.viewer.staff_of:
        raise Http404
    readers = Readers(request.viewer)
    form = AudienceForm(request.GET, readers=readers)
    audiences = form.cleaned_data["audiences"] if form.is_valid() else []
    day = day_asked(request.GET.get("send_on", "")) or clock.today()
    context = {
        "reach": Reached.of(audiences, request.viewer),
        "meter": list(meter(audiences, readers.rules, request.viewer, day)),
    }
    return render(request, "feed/compose.html#reach", context)
