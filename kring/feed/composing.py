"""One screen: what was ticked and typed, what was uploaded, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from kring.audiences.models import Audience
from kring.audiences.rules import Rules
from kring.base import clock, saying
from kring.base.htmx import see_other
from kring.base.registry import ComposerPart, Sent, composer_parts
from kring.base.text import one_line
from kring.feed import begun
from kring.feed.budget import meter
from kring.feed.bylines import of_staff
from kring.feed.forms import MOST_PHOTOS, AudienceForm, ComposeForm
from kring.feed.going import Going
from kring.feed.models import Draft, Post
from kring.feed.models.attachment import roots_on, standing_roots
from kring.feed.models.draft import typed_in, without_signs
from kring.feed.moments import MORNING, day_of
from kring.feed.reached import Reached
from kring.feed.readers import Readers
from kring.media.models import Asset
from kring.media.telling import told
from kring.media.uploads import Taken
from kring.schools.middleware import ViewerRequest

ELSEWHERE = frozenset({"csrfmiddlewaretoken", "text", "assets", "photos", "key", "school"})
BUTTONS = frozenset({"keep", "change", "confirmed", "on_free_day"})  # what a form was sent for
LEFT_OUT = ELSEWHERE | BUTTONS
LATER = frozenset({"send_on", "send_at"})


class Composer:
    """A new message: shown, kept, asked about once more, or sent."""

    def __init__(
        self,
        request: ViewerRequest,
        taken: Iterable[Taken] = (),
        refusals: Iterable[str] = (),
        data: QueryDict | None = None,
    ) -> None:
        """``data`` stands for what was posted, where no page of the composer posted it."""
        self.request, self.viewer, self.refusals = request, request.viewer, list(refusals)
        self.readers = Readers(request.viewer)
        self.home = self.readers.home
        self.posted = request.method == "POST"
        taken = list(taken)
        self.fresh = [one.id for one in taken]
        for one in taken:
            one.enter(self.home, self.viewer)
        given = data if data is not None else request.POST if self.posted else self._begun()
        self.data = given.copy()
        if day := self.data.get("on_free_day"):  # the offer, taken
            self.data["send_on"], self.data["send_at"] = day, f"{MORNING:%H:%M}"
        self.going: Going | None = None

    # ── what becomes of it ───────────────────────────────────────────────────
    def respond(self) -> HttpResponse:
        """The page, or where it leads."""
        form = self.form  # which finds refusals, too
        for sentence in self.refusals:
            form.add_error("photos", sentence)
        if not self.posted:
            return self._page()
        if "keep" in self.data:
            return self._keep()
        if "change" in self.data or not self._is_complete():
            return self._page()
        if self._sent_before():
            if not self._is_another(form.cleaned_data):
                return self._done(form.cleaned_data)
            self._as_new(_("This form was sent before, with something else in it."))
        elif self._replaced_is_gone():
            self._as_new(_("The planned message was sent or withdrawn meanwhile."))
        elif self._may_go():
            return self._confirmed_and_sent(form.cleaned_data)
        return self._page()

    def _is_complete(self) -> bool:
        parts = [form.is_valid() for _, form in self.parts]  # all of them: each says what is wrong
        return self.form.is_valid() and all(parts)

    def _may_go(self) -> bool:
        besides = self.replaced.card_id if self.replaced else None
        self.going = Going(self.form, self.readers, besides)
        return self.going.check()

    def _confirmed_and_sent(self, data: dict[str, Any]) -> HttpResponse:
        if data["urgent"]:
            reached = Reached.of(data["audiences"], self.viewer)
            if self.data.get("confirmed") != reached.mark:
                return self._question(reached)
        try:
            with transaction.atomic():
                self.send(data)
        except ValidationError as error:  # somebody was faster: of that day, or of that form
            self.form.add_error(None, error)
            return self._page()
        return self._done(data)

    def _done(self, data: dict[str, Any]) -> HttpResponse:
        if data["at"] is None:
            return see_other(self.request, "feed:feed")
        said = _("The message goes %(moment)s.") % {"moment": saying.said_fully(data["at"])}
        messages.success(self.request, said)
        return see_other(self.request, "feed:planned")

    def _as_new(self, why: str) -> None:
        """The form cannot go as what it was; sent once more it is a message of its own."""
        self.data["key"] = str(uuid4())
        self.data.pop("replaces", None)
        self.form.data = self.data
        self.form.add_error(None, why)
        self.form.add_error(None, _("Press Send again to send this message too."))

    # ── forms ────────────────────────────────────────────────────────────────
    @cached_property
    def form(self) -> ComposeForm:
        after = int(self._rules.call_after.total_seconds() // 60)
        if not self.posted:
            form = ComposeForm(readers=self.readers, call_after=after, initial=self._usual())
            if self.data:
                begun.filled_in(form, self.data)
            return form
        asked = [one for one in self.data.get("assets", "").split(",") if one][: MOST_PHOTOS + 1]
        known = self._own(asked)
        if len(known) < len(asked):
            self.refusals.append(_("One of the files is not known here. Add it again."))
        # So that a form with an error keeps what was uploaded.
        self.data["assets"] = ",".join(map(str, [*known, *self.fresh]))
        return ComposeForm(self.data, readers=self.readers, call_after=after)

    @cached_property
    def parts(self) -> list[tuple[ComposerPart, forms.Form]]:
        """Those of other apps, with their own fields."""
        made = []
        for part in composer_parts:
            form = part.form(self.data if self.posted else None, self.viewer)
            if self.data and not self.posted:
                begun.filled_in(form, self.data)
            made.append((part, form))
        return made

    def _own(self, asked: Iterable[str]) -> list[UUID]:
        """Those of these files that are there and one's own, in their order."""
        ids = [UUID(one) for one in asked if begun.is_id(one)]
        own = Asset.objects.visible_to(self.viewer).in_bulk(ids)
        return [one for one in ids if one in own]

    @property
    def _rules(self) -> Rules:
        """Of the organisation that is written in most; each audience is held against its own."""
        urgent = (one for one in self.readers.rules.values() if one.may_send_urgent)
        return next(urgent, self.readers.rules[self.home])

    # ── sent before, or in the place of another ──────────────────────────────
    def _sent_before(self) -> bool:
        key = self.form.cleaned_data["key"]
        return begun.own_posts(self.viewer).filter(key=key).exists()

    def _is_another(self, data: dict[str, Any]) -> bool:
        """Whether this form was sent before otherwise, or taken back: the back button."""
        sent = begun.own_posts(self.viewer).filter(key=data["key"])
        assets = standing_roots(data["assets"], self.viewer)
        how = (None, data["at"], data["urgent"], assets)
        return {(data["text"], audience, how) for audience in data["audiences"]} != {
            (post.text, post.audience, self._how(post)) for post in sent
        }

    def _how(self, post: Post) -> tuple[Any, ...]:
        """Whether a post was withdrawn, when it goes, whether it is urgent, and its files."""
        return (post.withdrawn_at, post.planned_at, post.is_urgent, roots_on(post, self.viewer))

    @cached_property
    def replaced(self) -> Post | None:
        """The planned message that this one takes the place of, while its moment has not come."""
        asked = self.data.get("replaces", "")
        if not begun.is_id(asked):
            return None
        return begun.own_posts(self.viewer).planned().filter(pk=asked).first()

    def _replaced_is_gone(self) -> bool:
        return bool(self.data.get("replaces")) and self.replaced is None

    # ── sending ──────────────────────────────────────────────────────────────
    def send(self, data: dict[str, Any]) -> None:
        """All of it or nothing: every audience, and what other apps make of it."""
        if self.replaced and not self.replaced.unplan(by=self.viewer):
            raise ValidationError(_("The planned message was sent or withdrawn meanwhile."))
        moment = data["at"] or (clock.now() if data["urgent"] else Post.coming_out())
        posts = [self._published(audience, data, moment) for audience in data["audiences"]]
        sent = Sent(
            card_id=posts[0].card_id,
            audiences=data["audiences"],
            published_at=posts[0].published_at,
        )
        for part, form in self.parts:
            part.send(form, sent, by=self.viewer)
        self._settle(data, posts[0])

    def _published(self, audience: Audience, data: dict[str, Any], moment: datetime) -> Post:
        after = data["call_after"] if data["urgent"] else None
        return Post.publish(
            audience,
            by=self.viewer,
            text=data["text"],
            key=data["key"],
            byline=of_staff(self.request.user, audience.school_id, self.viewer),  # type: ignore[arg-type]
            allows_comments=data["allows_comments"],
            assets=data["assets"],
            descriptions=self._descriptions(data["assets"]),
            waits=data["waits"],
            at=moment,
            planned=data["at"] is not None,
            urgent=data["urgent"],
            asks_reading=data["asks_reading"],
            call_after=timedelta(minutes=after) if after else None,
        )

    def _settle(self, data: dict[str, Any], post: Post) -> None:
        """The draft goes with its message; of a planned one it stays, to change that from."""
        if self.replaced:
            Draft.forget_card(self.replaced.card_id, by=self.viewer)
        if post.is_planned:
            self._draft(data["text"], data["assets"], card=post)
        else:
            Draft.forget(data["key"], by=self.viewer)

    def _descriptions(self, assets: Iterable[UUID]) -> dict[UUID, str]:
        """What the writer says is to be seen on each picture, for who does not see it."""
        said = {one: one_line(self.data.get(f"description-{one}", "")) for one in assets}
        return {one: text for one, text in said.items() if text}

    # ── keeping ──────────────────────────────────────────────────────────────
    def _keep(self) -> HttpResponse:
        """As a draft, whatever is still wrong with it."""
        try:
            kept = not self.refusals and self.keep()
        except ValidationError as error:
            self.form.add_error(None, error)
            kept = False
        if not kept:
            return self._page()
        messages.success(self.request, _("The draft is kept. Only you see it."))
        return see_other(self.request, "feed:planned")

    def keep(self) -> bool:
        """Keep what there is; False where there is nothing. Raises ValidationError."""
        text, assets = self.data.get("text", ""), self._own(self.data.get("assets", "").split(","))
        if not text.strip() and not assets:
            raise ValidationError(_("There is nothing to keep yet."))
        if not begun.is_id(self.data.get("key", "")):
            raise ValidationError(_("This form is not known here. Open a new message."))
        self._draft(text, assets)
        return True

    def _draft(self, text: str, assets: Iterable[UUID], card: Post | None = None) -> None:
        Draft.keep(
            UUID(str(self.data["key"])),
            by=self.viewer,
            school_id=self.home,
            text=without_signs(text),
            assets=list(assets),
            typed=typed_in(self.data, LEFT_OUT),
            planned=card,
        )

    # ── pages ────────────────────────────────────────────────────────────────
    def _page(self) -> HttpResponse:
        wrong = self.posted and "change" not in self.data
        wrong = wrong and bool(self.form.errors or any(form.errors for _, form in self.parts))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return render(self.request, "feed/compose.html", self.context(), status=status)

    def _question(self, reached: Reached) -> HttpResponse:
        """To how many it goes, asked once: with all that was typed, and again when it changed."""
        hidden = [
            (name, value)
            for name, values in self.data.lists()
            if name not in BUTTONS | {"csrfmiddlewaretoken", "photos"}
            for value in values
        ]
        context = {
            "reach": reached,
            "to": self.readers.ticked(self.form["audience"].value()),
            "hidden": hidden,
            "changed": "confirmed" in self.data,
            "text": self.form.cleaned_data["text"],
            "files": len(self.form.cleaned_data["assets"]),
            "call_after": self.form.cleaned_data["call_after"],
        }
        return render(self.request, "feed/confirm.html", context)

    def context(self) -> dict[str, Any]:
        form = self.form
        ticked = form["audience"].value() or []
        audiences = AudienceForm({"audience": ticked}, readers=self.readers)
        chosen = audiences.cleaned_data["audiences"] if audiences.is_valid() else []
        at = form.cleaned_data.get("at") if form.is_bound and form.is_valid() else None
        day = day_of(at or clock.now())
        return {
            "form": form,
            "parts": self.parts,
            "part_forms": [one for _, one in self.parts],
            "audience": self.readers.sections(ticked),
            "reach": Reached.of(chosen, self.viewer),
            "meter": list(meter(chosen, self.readers.rules, self.viewer, day)),
            "uploads": self._uploads(form["assets"].value() or ""),
            "photo_limit": MOST_PHOTOS,
            "may_send_urgent": any(one.may_send_urgent for one in self.readers.rules.values()),
            "may_have_comments": any(
                one.policy.comments_allowed for one in self.readers.rules.values()
            ),
            "more_is_open": self._more_is_open(),
            "replaced": self.replaced,
            "free_day": self._offered(),
        }

    def _more_is_open(self) -> bool:
        """Whether something stands in what is folded away, or is wrong there."""
        names = (*LATER, "asks_reading")
        if any(self.form[name].value() for name in names):
            return True
        forms_ = [form for _, form in self.parts]
        if not self.posted:
            return bool(self.data) and any(any(form.initial.values()) for form in forms_)
        wrong = any(self.form[name].errors for name in names)
        return wrong or any(form.has_changed() or form.errors for form in forms_)

    def _offered(self) -> dict[str, str] | None:
        """Another day, at eight, where this one has all its messages."""
        if not self.going or not self.going.free_day:
            return None
        day = self.going.free_day
        return {
            "said": saying.said_day(day, today=clock.today()),
            "send_on": day.isoformat(),
            "send_at": f"{MORNING:%H:%M}",
        }

    def _uploads(self, assets: str) -> list[dict[str, Any]]:
        ids = [UUID(one) for one in assets.split(",") if begun.is_id(one)]
        own = Asset.objects.visible_to(self.viewer).in_bulk(ids)
        key = self.request.session.session_key or ""
        described = self._descriptions(own)
        return [
            told(own[one], key) | {"description": described.get(one, "")}
            for one in ids
            if one in own
        ]

    # ── what it begins with ──────────────────────────────────────────────────
    def _begun(self) -> QueryDict:
        """A draft, a planned message to change, what was taken back just now; or nothing."""
        asked = self.request.GET
        if draft := asked.get("draft"):
            drafts = Draft.objects.visible_to(self.viewer).loose()
            return begun.of_draft(get_object_or_404(drafts, pk=_id_or_404(draft)))
        own = begun.own_posts(self.viewer)
        if change := asked.get("change"):
            post = get_object_or_404(own.planned(), pk=_id_or_404(change))
            return begun.of_planned(post, self.viewer)
        again = asked.get("again", "")
        if not begun.is_id(again):
            return QueryDict()
        found = own.filter(pk=again).exclude(withdrawn_at=None).first()
        return begun.of_post(found, self.viewer) if found else QueryDict()

    def _usual(self) -> dict[str, Any]:
        """Empty, with the only group ticked."""
        mine = self.viewer.taught_group_ids
        ticked = [f"group:{group}" for group in mine] if len(mine) == 1 else []
        return {"key": uuid4(), "school": self.home, "audience": ticked}


def _id_or_404(text: str) -> UUID:
    if not begun.is_id(text):
        raise Http404
    return UUID(text)
