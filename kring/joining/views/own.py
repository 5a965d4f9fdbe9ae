"""For who is in: 'this is not my child', and 'this is one child'."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.accounts.views.pages import account_page
from kring.base.visibility import Viewer
from kring.joining import own


class OwnRequest(HttpRequest):
    """Of somebody who is signed in."""

    viewer: Viewer


@account_page
def not_mine(request: OwnRequest, tie_id: UUID) -> HttpResponse:
    """Asked once, done at once; the office reads it in the trail."""
    tie = own.tie_of(request.viewer, tie_id)
    if tie is None:
        raise Http404
    if request.method != "POST":
        return render(request, "joining/public/not_mine.html", {"tie": tie})
    own.let_go(tie, by=request.viewer)
    messages.success(
        request, _("Done. You see nothing of this child any more, and the school knows.")
    )
    return redirect("joining:code")


@account_page
def same_child(request: OwnRequest) -> HttpResponse:
    """Two organisations know one child: said once, by who cares for it."""
    pairs = own.pairs(request.viewer)
    if request.method != "POST":
        return render(request, "joining/public/same_child.html", {"pairs": pairs})
    asked = {request.POST.get("student"), request.POST.get("other")}
    pair = next((one for one in pairs if {str(one.student.pk), str(one.other.pk)} == asked), None)
    if pair is None:
        raise Http404
    own.join_up(pair, by=request.viewer)
    messages.success(
        request, _("Thank you. %(name)s is one child in Kring now.") % {"name": pair.name}
    )
    return redirect("joining:welcome")
