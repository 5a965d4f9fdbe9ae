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
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kring.accounts.models import User
from kring.base import clock
from kring.base.htmx import see_other
from kring.feed import gathering
from kring.feed.issues import titles_of
from kring.feed.models import Newsletter, NewsletterItem
from kring.feed.models.newsletter import SentError
from kring.feed.newsletter_forms import BeginForm, IssueForm, ItemForm, SendingForm, form_for
from kring.feed.newsletters import letter_of, send_to_oneself
from kring.notifications.channels.email import compose
from kring.schools.office import OfficeRequest, office_page

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
        own = Newsletter.objects.changeable_by(request.viewer).filter(school=request.school)
        issue = get_object_or_404(own.select_related("school"), pk=newsletter_id)
        try:
            return view(request, issue, **kwargs)
        except SentError:
            messages.error(request, _("This newsletter went out: nothing of it changes any more."))
            return _back(request, issue)

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
        return _back(request, made)
    own = Newsletter.objects.visible_to(viewer).filter(school=here).order_by("-created_at")
    page = Paginator(own, PAGE).get_page(request.GET.get("page", ""))
    return _page(request, "feed/issues.html", form, page=page)


@require_http_methods(FORM)
@of_issue
def issue(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Its words and its parts."""
    told = {name: getattr(found, name) for name in IssueForm.base_fields}
    form = IssueForm(_sent(request), initial=told)
    if form.is_valid():
        found.describe(by=request.viewer, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return _back(request, found)
    items = titles_of(found, request.viewer)
    return _page(request, "feed/issue.html", form, issue=found, items=items)


@require_http_methods(FORM)
@of_issue
def writing(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """An item of one's own."""
    found.keep_as_draft()
    form = ItemForm(_sent(request))
    if form.is_valid():
        found.write(by=request.viewer, **form.cleaned_data)
        return _back(request, found)
    return _page(request, "feed/issue_item.html", form, issue=found)


@require_http_methods(FORM)
@of_issue
def posts(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Messages to gather."""
    found.keep_as_draft()
    since = clock.now() - gathering.GATHERED_FROM
    listed = gathering.offered(found.school_id, request.viewer, since)
    if request.method == "POST":
        ids = [one for one in map(_id, request.POST.getlist("post")) if one]
        found.gather(listed.filter(pk__in=ids).order_by("published_at"), by=request.viewer)
        return _back(request, found)
    own = NewsletterItem.objects.visible_to(request.viewer).filter(newsletter=found.pk)
    here = set(own.values_list("post_id", flat=True))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page", ""))
    rows = [(one, gathering.beginning_of(one.text), one.pk in here) for one in page]
    return render(request, "feed/issue_posts.html", {"issue": found, "page": page, "rows": rows})


@require_http_methods(FORM)
@of_issue
def item(request: OfficeRequest, found: Newsletter, item_id: UUID) -> HttpResponse:
    """Another title, and of an own item another text."""
    found.keep_as_draft()
    part = _item(request, found, item_id)
    form = form_for(part)(_sent(request), initial={"title": part.title, "text": part.text})
    if form.is_valid():
        part.rewrite(by=request.viewer, **form.cleaned_data)
        return _back(request, found)
    return _page(request, "feed/issue_item.html", form, issue=found, item=part)


@require_POST
@of_issue
def place(request: OfficeRequest, found: Newsletter, item_id: UUID) -> HttpResponse:
    """One up, or one down."""
    _item(request, found, item_id).move(by=request.viewer, up=request.POST.get("to") == "up")
    return see_other(request, f"{_address(request, found)}#item-{item_id}")


@require_POST
@of_issue
def item_removal(request: OfficeRequest, found: Newsletter, item_id: UUID) -> HttpResponse:
    """Out of the newsletter; a message stays where it was."""
    _item(request, found, item_id).remove(by=request.viewer)
    return see_other(request, f"{_address(request, found)}#items")


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


@require_POST
@of_issue
def trial(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """A mail to oneself."""
    person = request.viewer.person_id
    send_to_oneself.enqueue(found.school_id, newsletter=found.pk, person=person)
    messages.success(request, _("A mail to yourself is on its way."))
    return see_other(request, "feed:issue_preview", found.school_id, found.pk)


@require_http_methods(FORM)
@of_issue
def sending(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """How many families get it; now, or at a moment."""
    found.keep_as_draft()
    form = SendingForm(_sent(request))
    if form.is_valid():
        found.send(by=request.viewer, at=form.cleaned_data["at"])
        return _back(request, found)
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
    return _back(request, found)


@require_POST
@of_issue
def withdrawal(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """Out of the archive and out of everybody's list."""
    if found.withdraw(by=request.viewer):
        messages.success(request, _("The newsletter is withdrawn. Mails that went stay."))
    return _back(request, found)


@require_POST
@of_issue
def removal(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    """A draft that is not wanted any more."""
    found.discard(by=request.viewer)
    messages.success(request, _("The draft is gone."))
    return see_other(request, "feed:issues", found.school_id)


def _item(request: OfficeRequest, found: Newsletter, item_id: UUID) -> NewsletterItem:
    own = NewsletterItem.objects.changeable_by(request.viewer).filter(newsletter=found.pk)
    return get_object_or_404(own.select_related("newsletter"), pk=item_id)


def _sent(request: OfficeRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(request: OfficeRequest, found: Newsletter) -> str:
    return reverse("feed:issue", args=[request.school.pk, found.pk])


def _back(request: OfficeRequest, found: Newsletter) -> HttpResponse:
    return see_other(request, "feed:issue", found.school_id, found.pk)


def _page(request: OfficeRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)
