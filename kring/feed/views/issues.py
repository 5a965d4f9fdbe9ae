"""The office makes a newsletter: gather, write, arrange, look at it, send it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts import limits
from kring.accounts.models import User
from kring.base import clock
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.ids import id_of
from kring.base.visibility import seen_by
from kring.feed import gathering
from kring.feed.issues import titles_of
from kring.feed.models import Newsletter, NewsletterItem
from kring.feed.models.newsletter import EmptyError
from kring.feed.models.newsletter_item import ChangedError, SentError
from kring.feed.newsletter_forms import BeginForm, IssueForm, SendingForm
from kring.feed.newsletters import letter_of, send_to_oneself
from kring.notifications.channels.email import compose
from kring.schools.office import OfficeRequest, office_page, school_of

FORM = ["GET", "HEAD", "POST"]
PAGE = 30
# As a mail client shows it: its own styles, no scripts, nothing from elsewhere.
AS_A_MAIL = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


def of_issue(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one newsletter of the school; of what went out meanwhile, nothing changes."""

    @office_page()
    @wraps(view)
    def found(request: OfficeRequest, newsletter_id: UUID, **kwargs: Any) -> HttpResponse:
        issue = _issue(request, newsletter_id)
        try:
            return view(request, issue, **kwargs)
        except SentError:
            messages.error(request, _("This newsletter went out: nothing of it changes any more."))
            return back(request, issue)

    return found


@require_http_methods(FORM)
@office_page()
def issues(request: OfficeRequest) -> HttpResponse:
    """All of them, and a new one, with the messages of the last month in it."""
    here, viewer = request.school.pk, request.viewer
    form = BeginForm(_sent(request), initial={"title": gathering.usual_title()})
    if form.is_valid():
        posts = gathering.proposed(here, viewer)
        made = Newsletter.begin(here, by=viewer, posts=posts, **form.cleaned_data)
        return back(request, made)
    own = Newsletter.objects.visible_to(viewer).filter(school=here).order_by("-created_at")
    page = Paginator(own, PAGE).get_page(request.GET.get("page", ""))
    return _page(request, "feed/issues.html", form, page=page)


@require_http_methods(FORM)
@of_issue
def issue(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Its words and its parts."""
    told = {name: getattr(found, name) for name in ("title", "intro", "tells_staff")}
    form = IssueForm(_sent(request), initial=told | {"seen": found.mark})
    theirs = None
    if form.is_valid():
        try:
            found.describe(by=request.viewer, **form.cleaned_data)
        except ChangedError:
            theirs = found
            form.was_changed(found.mark)
        else:
            messages.success(request, _("Saved."))
            return back(request, found)
    items = titles_of(found, request.viewer)
    return _page(request, "feed/issue.html", form, issue=found, items=items, theirs=theirs)


@require_http_methods(FORM)
@of_issue
def posts(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Messages to gather."""
    found.keep_as_draft()
    since = clock.now() - gathering.GATHERED_FROM
    listed = gathering.offered(found.school_id, request.viewer, since)
    if request.method == "POST":
        ids = [one for one in map(id_of, request.POST.getlist("post")) if one]
        found.gather(listed.filter(pk__in=ids).order_by("published_at"), by=request.viewer)
        return back(request, found)
    own = NewsletterItem.objects.visible_to(request.viewer).filter(newsletter=found.pk)
    here = set(own.values_list("post_id", flat=True))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page", ""))
    rows = [(one, gathering.beginning_of(one.text), one.pk in here) for one in page]
    return render(request, "feed/issue_posts.html", {"issue": found, "page": page, "rows": rows})


@require_safe
@of_issue
def preview(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """The mail as a program for mail shows it, and the way to the page."""
    return render(request, "feed/issue_preview.html", {"issue": found})


@require_safe
@xframe_options_sameorigin
@of_issue
@csp_override(AS_A_MAIL)
def mail(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """The HTML of the mail to who looks."""
    who = User.objects.visible_to(request.viewer).get(pk=request.viewer.person_id)
    made = compose(letter_of(found, request.viewer), who, found.pk)
    return HttpResponse(made.alternatives[0][0])


@outside_block("how often is counted outside its transaction", with_viewer=True)
@require_POST
def trial(request: OfficeRequest, school_id: UUID, newsletter_id: UUID) -> HttpResponse:
    """A mail to oneself."""
    with seen_by(request.viewer):
        request.school = school_of(request.viewer, school_id)
        found = _issue(request, newsletter_id)
    person_id = request.viewer.person_id
    if limits.may_try_letter(request, person_id):
        send_to_oneself.enqueue(school_id, newsletter=found.pk, person=person_id)
        messages.success(request, _("A mail to yourself is on its way."))
    else:
        messages.error(request, _("You tried this often. Wait a little, and try again."))
    return see_other(request, "feed:issue_preview", school_id, found.pk)


@require_http_methods(FORM)
@of_issue
def sending(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """How many families get it; now, or at a moment."""
    found.keep_as_draft()
    form = SendingForm(_sent(request))
    if form.is_valid():
        try:
            found.send(by=request.viewer, at=form.cleaned_data["at"])
        except EmptyError:
            form.add_error(None, _("There is nothing in it yet. Write or gather something first."))
        else:
            return back(request, found)
    families, unconnected = gathering.families_of(found.school_id, request.viewer)
    told = {"families": families, "unconnected": unconnected}
    return _page(request, "feed/issue_sending.html", form, issue=found, **told)


@require_POST
@of_issue
def holding(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Back to a draft, as long as nobody could read it."""
    if found.hold_back(by=request.viewer):
        messages.success(request, _("The newsletter was not sent. It is a draft again."))
    else:
        messages.error(request, _("It was too late: the newsletter is out. You can withdraw it."))
    return back(request, found)


@require_POST
@of_issue
def withdrawal(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Out of the archive and out of everybody's list."""
    if found.withdraw(by=request.viewer):
        messages.success(request, _("The newsletter is withdrawn. Mails that went stay."))
    return back(request, found)


@require_POST
@of_issue
def removal(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """A draft that is not wanted any more."""
    found.discard(by=request.viewer)
    messages.success(request, _("The draft is gone."))
    return see_other(request, "feed:issues", found.school_id)


def _issue(request: OfficeRequest, newsletter_id: UUID) -> Newsletter:
    own = Newsletter.objects.changeable_by(request.viewer).filter(school=request.school)
    return get_object_or_404(own.select_related("school"), pk=newsletter_id)


def _sent(request: OfficeRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def back(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """To its page in the office."""
    return see_other(request, "feed:issue", found.school_id, found.pk)


def _page(request: OfficeRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)
