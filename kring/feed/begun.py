"""What the composer begins with: a draft, a planned message, or one that was taken back."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from kring.audiences.models import Audience
from kring.base.clock import SCHOOL_TIME
from kring.base.ids import id_of
from kring.base.visibility import Viewer
from kring.feed.models import Draft, Post
from kring.feed.models.post import PostQuerySet


def own_posts(viewer: Viewer) -> PostQuerySet:
    """What this person wrote, in whatever state."""
    return Post.objects.visible_to(viewer).filter(author=viewer.user_id, school__in=viewer.staff_of)


def of_draft(draft: Draft) -> QueryDict:
    """The form as it was kept, under its own key: the same form is sent once."""
    data = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        data.setlist(name, values)
    data["text"], data["key"] = draft.text, str(draft.key)
    data["assets"] = ",".join(map(str, draft.asset_ids))
    return data


def of_planned(post: Post, viewer: Viewer) -> QueryDict:
    """The form that a planned message was made with, as a new one that takes its place."""
    drafts = Draft.objects.visible_to(viewer).filter(card_id=post.card_id)
    draft = drafts.first()
    data = of_draft(draft) if draft else of_post(post, viewer)
    data["key"], data["replaces"] = str(uuid4()), str(post.pk)
    return data


def of_post(post: Post, viewer: Viewer) -> QueryDict:
    """What a form must have said for this message and its siblings."""
    siblings = own_posts(viewer).filter(card_id=post.card_id)
    data = QueryDict(mutable=True)
    data.setlist("audience", [value for one in siblings for value in _ticked(one.audience)])
    data["text"], data["key"] = post.text, str(uuid4())
    data["assets"] = ",".join(map(str, _assets_of(post)))
    ticked = ("allows_comments", "waits", "asks_reading")
    data.update({name: "on" for name in ticked if getattr(post, name)})
    if post.planned_at:
        local = post.planned_at.astimezone(SCHOOL_TIME)
        data.update({"send_on": f"{local:%Y-%m-%d}", "send_at": f"{local:%H:%M}"})
    photos = post.photos.unscoped("the writer goes on with hers").values_list(
        "asset_id", "description"
    )
    data.update({f"description-{asset}": text for asset, text in photos if text})
    return data


def _assets_of(post: Post) -> list[UUID]:
    photos = (
        post.photos.unscoped("the writer goes on with hers")
        .order_by("position")
        .values_list("asset_id", flat=True)
    )
    files = (
        post.files.unscoped("the writer goes on with hers")
        .order_by("position")
        .values_list("asset_id", flat=True)
    )
    return [*photos, *files]


def _ticked(audience: Audience) -> list[str]:
    if audience.whole_school:
        return [f"school:{audience.school_id}"]
    if audience.staff_only:
        return [f"staff:{audience.school_id}"]
    groups = [f"group:{one}" for one in audience.group_ids]
    return groups + [f"student:{one}" for one in audience.student_ids]


def filled_in(form: forms.BaseForm, data: QueryDict) -> None:
    """Begin a form with what was typed before, without a word yet of what is wrong with it."""
    for name, field in form.fields.items():
        value = field.widget.value_from_datadict(data, MultiValueDict(), form.add_prefix(name))
        form.initial[name] = value


def ids_in(text: str) -> list[UUID]:
    """The ids in a list with commas between; what is none is left out."""
    return [one for one in map(id_of, text.split(",")) if one]


def is_id(text: str) -> bool:
    """Whether this is an id."""
    return id_of(text) is not None


def new_key() -> UUID:
    """For a form that nobody sent yet."""
    return uuid4()
