"""The versions of a school's policy in words: which rule held when, and who adopted it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kring.accounts.models import User
from kring.base.visibility import Viewer
from kring.events.models import AuditEntry
from kring.schools.models import Employment, Policy, School
from kring.schools.models.policy import POLICIES, named, named_for_all

SHOWN = 20  # versions a page; nobody changes these weekly


@dataclass(frozen=True)
class Change:
    """One rule of a version: as it is from then on, and as it was."""

    now: str
    before: str = ""  # none: of the version that the school began with


@dataclass(frozen=True)
class Version:
    """One of them, with who adopted it: nobody for the one that the school began with."""

    number: int
    at: datetime
    by: str
    changes: list[Change]


def current(school: School, viewer: Viewer) -> Policy:
    """The rules that hold now; the ones that Kring begins with where there are none."""
    known = Policy.objects.visible_to(viewer).filter(school=school)
    return known.order_by("version").last() or Policy(school=school)


def history_of(school: School, viewer: Viewer, *, before: int | None = None) -> list[Version]:
    """The last versions, the newest first; those before one of them. Three queries."""
    rows = Policy.objects.visible_to(viewer).filter(school=school).order_by("-version")
    if before is not None:
        rows = rows.filter(version__lt=before)
    policies = list(rows[: SHOWN + 1])  # one more, to say what the last of them changed
    names = _who_adopted(school, viewer, policies)
    older: list[Policy | None] = [*policies, None][1:]
    return [
        Version(one.version, one.created_at, names.get(one.pk, ""), _changes(one, last, school))
        for one, last in list(zip(policies, older, strict=True))[:SHOWN]
    ]


def _who_adopted(school: School, viewer: Viewer, policies: Iterable[Policy]) -> dict[Any, str]:
    adopted = AuditEntry.objects.visible_to(viewer).filter(
        school_id=school.pk, subject_id__in=[row.pk for row in policies], verb="policy.adopted"
    )
    actors = dict(adopted.values_list("subject_id", "actor_id"))
    names = User.objects.visible_to(viewer).in_bulk(set(actors.values()) - {None})
    return {key: names[actor].name for key, actor in actors.items() if actor in names}


def _changes(now: Policy, before: Policy | None, school: School) -> list[Change]:
    """What differs; of the first version, all of it."""
    fields = [
        name for name in POLICIES if before is None or getattr(now, name) != getattr(before, name)
    ]
    said = (
        Change(in_words(name, now, school), in_words(name, before, school) if before else "")
        for name in fields
    )
    return [one for one in said if one.now != one.before]


def in_words(name: str, policy: Policy, school: School) -> str:
    """One rule as a sentence."""
    return WORDS[name](policy, school)


def _either(name: str, yes: Promise, no: Promise) -> Callable[[Policy, School], str]:
    return lambda policy, _school: str(yes if getattr(policy, name) else no)


def _roles(
    name: str, said: Promise, hold: Callable[..., frozenset[str]] = named
) -> Callable[[Policy, School], str]:
    def sentence(policy: Policy, school: School) -> str:
        is_care = school.kind == School.Kind.AFTERCARE
        held = hold(getattr(policy, name), is_aftercare=is_care)
        who = [str(role.label) for role in Employment.Role if role in held]
        return str(said) % {"who": get_text_list(who, _("and"))}

    return sentence


def _least(policy: Policy, _school: School) -> str:
    if not policy.min_posts_a_week:
        return _("No rule on how few messages a group gets")
    said = ngettext(
        "At least %(count)d message in a week per group",
        "At least %(count)d messages in a week per group",
        policy.min_posts_a_week,
    )
    return said % {"count": policy.min_posts_a_week}


def _most(policy: Policy, _school: School) -> str:
    if not policy.max_posts_a_day:
        return _("No rule on how many messages a group gets")
    said = ngettext(
        "At most %(count)d message on a day per group",
        "At most %(count)d messages on a day per group",
        policy.max_posts_a_day,
    )
    return said % {"count": policy.max_posts_a_day}


def _calling(policy: Policy, _school: School) -> str:
    said = ngettext(
        "Who has not read an urgent message is called after %(count)d minute",
        "Who has not read an urgent message is called after %(count)d minutes",
        policy.call_after_minutes,
    )
    return said % {"count": policy.call_after_minutes}


def _sharing(policy: Policy, _school: School) -> str:
    if not policy.sharing_rule:
        return _("The usual rule on sharing photos")
    return _("Rule on sharing photos: “%(rule)s”") % {"rule": policy.sharing_rule}


def _weekday(policy: Policy, _school: School) -> str:
    day = str(WEEKDAYS[policy.weekly_weekday - 1]).lower()
    return _("The weekly newsletter comes on %(day)s") % {"day": day}


def _hour(policy: Policy, _school: School) -> str:
    return _("The weekly newsletter comes at %(hour)d:00") % {"hour": policy.weekly_hour}


WORDS: dict[str, Callable[[Policy, School], str]] = {
    "informed_sees_posts": _either(
        "informed_sees_posts",
        gettext_lazy("Who gets information only, reads messages"),
        gettext_lazy("Who gets information only, reads no messages"),
    ),
    "informed_sees_photos": _either(
        "informed_sees_photos",
        gettext_lazy("Who gets information only, sees photos"),
        gettext_lazy("Who gets information only, sees no photos"),
    ),
    "families_save_photos": _either(
        "families_save_photos",
        gettext_lazy("Families may save photos and films"),
        gettext_lazy("Families do not save photos and films"),
    ),
    "keeps_originals": _either(
        "keeps_originals",
        gettext_lazy("Photos are kept at full size, too"),
        gettext_lazy("Photos are not kept at full size"),
    ),
    "sharing_rule": _sharing,
    "school_post_roles": _roles(
        "school_post_roles",
        gettext_lazy("A message to the whole school may come from: %(who)s"),
        named_for_all,
    ),
    "urgent_roles": _roles(
        "urgent_roles", gettext_lazy("An urgent message may come from: %(who)s")
    ),
    "min_posts_a_week": _least,
    "max_posts_a_day": _most,
    "comments_allowed": _either(
        "comments_allowed",
        gettext_lazy("Families may comment on messages"),
        gettext_lazy("Families do not comment on messages"),
    ),
    "call_after_minutes": _calling,
    "weekly_newsletter": _either(
        "weekly_newsletter",
        gettext_lazy("There is a weekly newsletter by mail"),
        gettext_lazy("There is no weekly newsletter"),
    ),
    "weekly_weekday": _weekday,
    "weekly_hour": _hour,
}
