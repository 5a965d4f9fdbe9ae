"""One item of a newsletter on its page: what was typed and sent in, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kring.base.text import one_line
from kring.feed import begun
from kring.feed.models import Newsletter, NewsletterItem, NewsletterPhoto
from kring.feed.models.newsletter import MOST_ITEMS, FullError
from kring.feed.models.newsletter_item import ChangedError
from kring.feed.models.newsletter_photo import MOST_PICTURES, own_pictures
from kring.feed.newsletter_forms import GatheredForm, ItemForm, form_for
from kring.media.signing import sign_all
from kring.media.telling import told
from kring.media.uploads import Photo
from kring.schools.office import OfficeRequest


class ItemDesk:
    """A new item, or one that is there already; with its pictures, where it is of one's own."""

    def __init__(
        self,
        request: OfficeRequest,
        issue: Newsletter,
        item: NewsletterItem | None = None,
        taken: Iterable[Photo] = (),
        refusals: Sequence[str] = (),
    ) -> None:
        self.request, self.viewer = request, request.viewer
        self.issue, self.item, self.refusals = issue, item, list(refusals)
        self.fresh = [one.enter(issue.school_id, self.viewer).pk for one in taken]
        self.theirs: NewsletterItem | None = None
        self.data = request.POST.copy() if request.method == "POST" else None

    @cached_property
    def form(self) -> ItemForm | GatheredForm:
        """With what it says; a form with an error keeps the pictures that were sent in."""
        if self.data is not None:
            self.data["assets"] = self._known(self.data.get("assets", ""))
        form = form_for(self.item)(self.data, initial=self._begun())
        for sentence in self.refusals:
            form.add_error("photos" if "photos" in form.fields else None, sentence)
        return form

    def save(self) -> bool:
        """Whether it was; else the form says why not. Raises SentError."""
        if self.data is None or not self.form.is_valid():
            return False
        told = self.form.cleaned_data
        words = {"title": told["title"], "text": told.get("text", "")}
        pictures = {one: self._said(one) for one in told.get("assets", ())}
        try:
            if self.item is None:
                self.issue.write(by=self.viewer, pictures=pictures, key=told["key"], **words)
            else:
                self.item.rewrite(by=self.viewer, pictures=pictures, seen=told["seen"], **words)
        except FullError:
            said = _("At most %(most)d items fit in one newsletter.") % {"most": MOST_ITEMS}
            self.form.add_error(None, said)
        except ChangedError:
            self._make_up()
        return not self.form.errors

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "form": self.form,
            "issue": self.issue,
            "item": self.item,
            "theirs": self.theirs,
            "uploads": self._uploads(),
            "photo_limit": MOST_PICTURES,
        }

    # ── pictures ─────────────────────────────────────────────────────────────
    @cached_property
    def _here(self) -> dict[UUID, NewsletterPhoto]:
        """Those that hang there, whoever sent them in."""
        if self.item is None:
            return {}
        hung = NewsletterPhoto.objects.visible_to(self.viewer).filter(item=self.item.pk)
        return {one.asset_id: one for one in hung.order_by("position")}

    def _known(self, asked: str) -> str:
        """Those of these that may stand with it, and those that came with the form.

        What is missing a colleague may have taken out: of that ``ChangedError`` tells.
        """
        names = [one for one in asked.split(",") if one][: MOST_PICTURES + 1]
        ids = begun.ids_in(",".join(names))
        own = own_pictures(ids, self.issue.school_id, self.viewer)
        known = [one for one in ids if one in self._here or one in own]
        if len(known) < len(names) and not self._is_behind():
            self.refusals.append(_("Only photos fit here. One of the files was left out."))
        return ",".join(map(str, dict.fromkeys([*known, *self.fresh])))

    def _is_behind(self) -> bool:
        """Whether somebody changed the item after this form was opened."""
        assert self.data is not None
        seen = self.data.get("seen", "")
        return self.item is not None and seen not in {"", self.item.mark()}

    def _said(self, asset_id: UUID) -> str:
        """What is to be seen on it."""
        assert self.data is not None
        return one_line(self.data.get(f"description-{asset_id}", ""))

    def _uploads(self) -> list[dict[str, Any]]:
        if "assets" not in self.form.fields:
            return []
        ids = begun.ids_in(self.form["assets"].value() or "")
        own = own_pictures(ids, self.issue.school_id, self.viewer)
        key = self.request.session.session_key or ""
        shown = {one: told(asset, key) for one, asset in own.items()}
        shown |= {one: _hung(one, key) for one in self._here if one not in own}
        typed = self.data is not None
        said = {one: self._said(one) if typed else self._here[one].description for one in ids}
        return [shown[one] | {"description": said[one]} for one in ids if one in shown]

    # ── what it begins with ──────────────────────────────────────────────────
    def _begun(self) -> dict[str, Any]:
        if self.item is None:
            return {}
        words = {"title": self.item.title, "text": self.item.text, "seen": self.item.mark()}
        return words | {"assets": ",".join(map(str, self._here))}

    def _make_up(self) -> None:
        """Somebody was faster: say so, and keep their pictures beside one's own."""
        self.theirs = item = self.item
        assert self.data is not None
        assert item is not None
        mine = begun.ids_in(str(self.data["assets"]))
        self.form.was_changed(item.mark())
        both = dict.fromkeys([*mine, *self._here])
        self.form.data["assets"] = ",".join(map(str, both))  # type: ignore[index]
        for one in self._here.keys() - set(mine):
            self.data[f"description-{one}"] = self._here[one].description


def _hung(asset_id: UUID, session_key: str) -> dict[str, Any]:
    """A picture that a colleague sent in, as a composer shows it."""
    looks = {"name": _("Photo"), "kind": "photo", "state": "ready"}
    return {"id": str(asset_id), **looks, "url": sign_all(asset_id, session_key).small}
