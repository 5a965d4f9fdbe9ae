from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kring.audiences.families import Neighbourhood
from kring.audiences.models import Audience
from kring.base import clock
from kring.base.block import outside_block
from kring.base.htmx import see_other
from kring.base.text import one_line
from kring.base.visibility import Viewer, seen_by
from kring.feed.bylines import of_staff
from kring.feed.forms import MOST_PHOTOS, AudienceForm, ComposeForm
from kring.feed.models import Post
from kring.feed.models.attachment import Attachments, roots_on, standing_roots
from kring.feed.readers import Readers
from kring.media.models import Asset
from kring.media.sentences import no_room_at
from kring.media.storage import StorageError
from kring.media.taking_in import has_room, keeps_originals, refused_for_room
from kring.media.telling import told
from kring.media.uploads import Refusal, Taken, receive, stored
from kring.schools.middleware import ViewerRequest
from kring.schools.models import Employment
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


def _composed(request: ViewerRequest, outcomes: list[Taken | Refusal]) -> HttpResponse:
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
    form = AudienceForm(request.GET, readers=Readers(request.viewer))
    audiences = form.cleaned_data["audiences"] if form.is_valid() else []
    context = {"reach": Reached.of(audiences, request.viewer)}
    return render(request, "feed/compose.html#reach", context)


@dataclass
class Reached:
    """The people of an audience, counted."""

    families: int = 0
    children: int = 0
    unconnected: int = 0
    colleagues: int = 0

    @classmethod
    def of(cls, audiences: list[Audience], viewer: Viewer) -> "Reached":
        today = clock.today()
        around = Neighbourhood(viewer, {one.school_id for one in audiences}, [today])
        families = around.families(audiences, today)
        teams = [one.school_id for one in audiences if one.staff_only]
        colleagues = Employment.objects.visible_to(viewer).on(today).filter(school__in=teams)
        return cls(
            families=len(families),
            children=len({child for one in audiences for child in around.children(one, today)}),
            unconnected=sum(not family.joined for family in families),
            colleagues=colleagues.values("user").distinct().count() if teams else 0,
        )


class Composer:
    """One screen: what was ticked and typed, what was uploaded, and what came of it."""

    def __init__(self, request: ViewerRequest, taken: list[Taken], refusals: list[str]) -> None:
        self.request, self.viewer, self.refusals = request, request.viewer, refusals
        self.readers = Readers(request.viewer)
        self.home = self.readers.home
        self.fresh = [one.id for one in taken]
        self.described: dict[UUID, str] = {}  # in what was taken back
        for one in taken:
            one.enter(self.home, self.viewer)

    def respond(self) -> HttpResponse:
        form = self.form  # which finds refusals, too
        for sentence in self.refusals:
            form.add_error("photos", sentence)
        if self.request.method == "POST" and form.is_valid() and self._can_go(form):
            if not self._is_another(form.cleaned_data):
                self.send(form.cleaned_data)
                return see_other(self.request, "feed:feed")
            cast("QueryDict", form.data)["key"] = str(uuid4())
            form.add_error(None, gettext("This form was sent before, with something else in it."))
            form.add_error(None, gettext("Press Send again to send this message too."))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(self.request, "feed/compose.html", self.context(form), status=status)

    @property
    def form(self) -> ComposeForm:
        if self.request.method != "POST":
            return ComposeForm(initial=self._initial(), readers=self.readers)
        data = self.request.POST.copy()
        asked = [one for one in data.get("assets", "").split(",") if one][: MOST_PHOTOS + 1]
        known = self._own(asked)
        if len(known) < len(asked):
            self.refusals.append(gettext("One of the files is not known here. Add it again."))
        # So that a form with an error keeps what was uploaded.
        data["assets"] = ",".join(map(str, [*known, *self.fresh]))
        return ComposeForm(data, readers=self.readers)

    def _own(self, asked: list[str]) -> list[UUID]:
        """Those of these photos that are there and one's own, in their order."""
        ids = [UUID(one) for one in asked if _is_id(one)]
        own = Asset.objects.visible_to(self.viewer).in_bulk(ids)
        return [one for one in ids if one in own]

    def _is_another(self, data: dict[str, Any]) -> bool:
        """Whether this form was sent before otherwise, or taken back: the back button."""
        own = Post.objects.visible_to(self.viewer).filter(author=self.viewer.user_id)
        sent = own.filter(key=data["key"])
        if not sent:
            return False
        assets = standing_roots(data["assets"], self.viewer)
        wanted = {(data["text"], audience, None, assets) for audience in data["audiences"]}
        return wanted != {
            (post.text, post.audience, post.withdrawn_at, roots_on(post, self.viewer))
            for post in sent
        }

    def _can_go(self, form: ComposeForm) -> bool:
        """Whether anything is left when films failed, and copies fit in another organisation."""
        data = form.cleaned_data
        hanging = Attachments.of(data["assets"], by=self.viewer)
        if not data["text"] and not hanging.standing:
            form.add_error("text", gettext("Write something, or add a photo, film or file."))
        for audience in data["audiences"]:
            elsewhere = [one for one in hanging.standing if one.school_id != audience.school_id]
            coming = sum(one.bytes for one in elsewhere)
            if coming and not has_room(audience.school_id, coming):
                name = self.readers.schools[audience.school_id].name
                form.add_error("assets", no_room_at(name))
        return not form.errors

    def send(self, data: dict[str, Any]) -> None:
        person, moment = self.request.user, Post.coming_out()
        for audience in data["audiences"]:
            Post.publish(
                audience,
                by=self.viewer,
                text=data["text"],
                key=data["key"],
                byline=of_staff(person, audience.school_id, self.viewer),  # type: ignore[arg-type]
                allows_comments=data["allows_comments"],
                assets=data["assets"],
                descriptions=self._descriptions(data["assets"]),
                waits=data["waits"],
                at=moment,
            )

    def _descriptions(self, assets: Iterable[UUID]) -> dict[UUID, str]:
        """What the writer says is to be seen on each picture, for who does not see it."""
        told = {one: one_line(self.request.POST.get(f"description-{one}", "")) for one in assets}
        return {one: text for one, text in told.items() if text}

    def context(self, form: ComposeForm) -> dict[str, Any]:
        ticked = self._value(form, "audience") or []
        audiences = AudienceForm({"audience": ticked}, readers=self.readers)
        chosen = audiences.cleaned_data["audiences"] if audiences.is_valid() else []
        return {
            "form": form,
            "audience": self.readers.sections(ticked),
            "reach": Reached.of(chosen, self.viewer),
            "uploads": self._uploads(self._value(form, "assets") or ""),
            "photo_limit": MOST_PHOTOS,
        }

    def _value(self, form: ComposeForm, name: str) -> Any:
        return form[name].value()

    def _uploads(self, assets: str) -> list[dict[str, Any]]:
        ids = [UUID(one) for one in assets.split(",") if _is_id(one)]
        own = Asset.objects.visible_to(self.viewer).in_bulk(ids)
        key = self.request.session.session_key or ""
        described = self.described | self._descriptions(own)
        return [
            told(own[one], key) | {"description": described.get(one, "")}
            for one in ids
            if one in own
        ]

    def _initial(self) -> dict[str, Any]:
        """Empty, with the only group ticked; or what was taken back just now."""
        initial: dict[str, Any] = {"key": uuid4(), "school": self.home, "audience": self._usual()}
        if (again := self.request.GET.get("again", "")) and _is_id(again):
            initial |= self._taken_back(UUID(again))
        return initial

    def _usual(self) -> list[str]:
        mine = self.viewer.taught_group_ids
        return [f"group:{group}" for group in mine] if len(mine) == 1 else []

    def _taken_back(self, post_id: UUID) -> dict[str, Any]:
        own = Post.objects.visible_to(self.viewer).filter(author=self.viewer.user_id)
        found = own.filter(pk=post_id).exclude(withdrawn_at=None).first()
        if found is None:
            return {}
        siblings = own.filter(card_id=found.card_id)
        photos = found.photos.unscoped("the writer takes back what was hers")
        self.described = dict(photos.values_list("asset_id", "description"))
        return {
            "text": found.text,
            "allows_comments": found.allows_comments,
            "waits": found.waits,
            "audience": [value for one in siblings for value in _ticked(one.audience)],
            "assets": ",".join(str(one) for one in self._assets_of(found)),
        }

    def _assets_of(self, post: Post) -> list[UUID]:
        photos = post.photos.unscoped("the writer takes back what was hers").order_by("position")
        files = post.files.unscoped("the writer takes back what was hers").order_by("position")
        return [hung.asset_id for hung in (*photos, *files)]


def _ticked(audience: Audience) -> list[str]:
    if audience.whole_school:
        return [f"school:{audience.school_id}"]
    if audience.staff_only:
        return [f"staff:{audience.school_id}"]
    groups = [f"group:{one}" for one in audience.group_ids]
    return groups + [f"student:{one}" for one in audience.student_ids]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
