"""One of everything that somebody may see: what the tables of ``test_rights`` name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from kring.base import clock
from kring.demo import cast as demo
from kring.feed.models import Post
from kring.schools.models import (
    Employment,
    Enrollment,
    Guardianship,
    Household,
    Policy,
    SameChild,
    SchoolYear,
    TeachingAssignment,
)
from tests import factories
from tests.cast import Cast
from tests.unlocked import unlocked

type Scene = dict[str, models.Model]

UNDO = timedelta(seconds=10)


def posts(cast: Cast) -> dict[str, Post]:
    """One to each kind of audience, and each state that a post can be in."""
    gone: dict[str, Any] = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    return {
        "post to group 5": cast.post("group_5", by="teacher"),
        "post to group 2": cast.post("group_2", by="aide"),
        "post to group 6": cast.post("group_6", by="teacher_next_door"),
        "post to groups 5 and 6": cast.post("group_5", "group_6", by="principal"),
        "post to the school": cast.post("wilgenhoek", by="principal"),
        "post to the staff": cast.post("staff of wilgenhoek", by="principal"),
        "post to Sam's family": cast.post("sam", by="teacher"),
        "post to Lina's and Milan's families": cast.post("lina", "milan", by="duo_teacher"),
        "post to Bram's family by the office": cast.post("bram", by="administrator"),
        "post to the family of who comes later": cast.post("yara", by="principal"),
        "post to a group of the BSO": cast.post("bso", by="aftercare"),
        "post to the BSO": cast.post("vijver", by="aftercare"),
        "post to the staff of the BSO": cast.post("staff of vijver", by="aftercare"),
        "post to a group elsewhere": cast.post("group_elsewhere", by="principal_elsewhere"),
        "post to a school elsewhere": cast.post("kompas", by="principal_elsewhere"),
        "post that is not out yet": cast.post("group_5", by="teacher", ago=-UNDO),
        "post to the school that is not out yet": cast.post(
            "wilgenhoek", by="principal", ago=-UNDO
        ),
        "withdrawn post": cast.post("group_5", by="teacher", **gone),
        "withdrawn post to the school": cast.post("wilgenhoek", by="principal", **gone),
        "post by a substitute of yesterday": cast.post("group_5", by="substitute_yesterday"),
        "post by a substitute of today": cast.post("group_5", by="substitute_today"),
        "post from before the school year": cast.post("group_5", by="teacher", ago=_long(cast)),
    }


def agenda(cast: Cast) -> Scene:
    """One entry for each kind of audience, and each time and state that it can be in."""
    gone: dict[str, Any] = {"withdrawn_at": clock.now(), "withdrawn_by_id": cast.id("teacher")}
    long_ago, later = _days(-400), _days(300)
    return {
        "entry for group 5": cast.entry("group_5", by="teacher"),
        "entry for group 2": cast.entry("group_2", by="aide"),
        "entry for group 6": cast.entry("group_6", by="teacher_next_door"),
        "entry for groups 5 and 6": cast.entry("group_5", "group_6", by="principal"),
        "entry for the school": cast.entry("wilgenhoek", by="principal"),
        "entry for the staff": cast.entry("staff of wilgenhoek", by="principal"),
        "entry for Sam's family": cast.entry("sam", by="teacher"),
        "entry for the family of who comes later": cast.entry("yara", by="principal"),
        "entry for the BSO": cast.entry("vijver", by="aftercare"),
        "entry for a group elsewhere": cast.entry("group_elsewhere", by="principal_elsewhere"),
        "entry of long ago": cast.entry("wilgenhoek", by="principal", **long_ago),
        "entry of long ago for group 5": cast.entry("group_5", by="teacher", **long_ago),
        "entry of next year": cast.entry("wilgenhoek", by="principal", **later),
        "entry of next year for group 5": cast.entry("group_5", by="teacher", **later),
        "entry that is not out yet": cast.entry(
            "group_5", by="teacher", published_at=clock.now() + UNDO
        ),
        "entry of before the school year": cast.entry(
            "group_5", by="teacher", published_at=clock.now() - _long(cast)
        ),
        "withdrawn entry": cast.entry("group_5", by="teacher", **gone),
        "entry that is called off": cast.entry("group_5", by="teacher", is_called_off=True, **gone),
        "entry by a substitute of yesterday": cast.entry("group_5", by="substitute_yesterday"),
    }


def _days(ahead: int) -> dict[str, Any]:
    day = clock.today() + timedelta(days=ahead)
    return {
        "whole_day": True,
        "starts_at": clock.start_of(day),
        "ends_at": clock.end_of(day),
    }


def under(cast: Cast, post: Post, name: str) -> Scene:
    """What hangs on a post."""
    hidden = {"hidden_at": clock.now(), "hidden_by_id": cast.id("teacher")}
    mother, co_parent = cast.id("mother"), cast.id("co_parent")
    return {
        f"comment under {name}": factories.comment(post, co_parent),
        f"hidden comment under {name}": factories.comment(post, mother, **hidden),
        f"like of {name}": factories.like(post, mother),
        f"reading of {name}": factories.reading(post, mother),
        f"confirmation of {name}": factories.confirmation(post, mother),
        f"former text of {name}": factories.revision(post, post.author_id),
        f"photo on {name}": factories.photo(post),
        f"document on {name}": factories.paper(post),
    }


def called(cast: Cast, post: Post) -> Scene:
    """Who is called about a post to group 5."""
    sam, lina, teacher = cast.id("sam"), cast.id("lina"), cast.id("teacher")
    ended = {"outcome": "reached", "said": "Komt eraan.", "ended_at": clock.now()}
    return {
        "call to Sam's family": factories.call(post, sam, teacher),
        "call to Lina's family that ended": factories.call(post, lina, teacher, **ended),
    }


def told(cast: Cast, post: Post) -> Scene:
    """What the machine keeps about a post."""
    notices = {key: factories.notification(post, cast.id(key)) for key in ("mother", "ex_guardian")}
    return {
        "notification of the mother": notices["mother"],
        "notification of the ex-guardian": notices["ex_guardian"],
        "mail to the mother": factories.delivery(notices["mother"]),
        "mail to the ex-guardian": factories.delivery(notices["ex_guardian"]),
        "mail to the mother that came back": factories.bounce(post.school_id, cast.id("mother")),
        "mail to the ex-guardian that came back": factories.bounce(
            post.school_id, cast.id("ex_guardian")
        ),
        "switch of the mother": factories.preference(cast.id("mother")),
        "device of the mother": factories.push_device(cast.id("mother")),
        "answer of the mother": factories.reply(post.school_id, cast.id("mother")),
        "slip for Sam's family": factories.slip(post, cast.id("sam"), cast.id("teacher")),
        "event on the bus": factories.event(post),
        "line in the trail": factories.audit_entry(post),
        "loose photo of the teacher": factories.asset(post.school_id, cast.id("teacher")),
        "draft of the teacher": factories.draft(post.school_id, cast.id("teacher")),
        "draft of yesterday's substitute": factories.draft(
            post.school_id, cast.id("substitute_yesterday")
        ),
        "draft of the aftercare": factories.draft(cast.id("vijver"), cast.id("aftercare")),
        "loose photo of yesterday's substitute": factories.asset(
            post.school_id, cast.id("substitute_yesterday")
        ),
    }


def school(cast: Cast) -> Scene:
    """The rows of the school itself, and of its children."""
    sam, at_bso, here = cast.sam, cast.sam_at_the_bso, {"school": cast.wilgenhoek}
    return {
        "board": cast.board,
        "school": cast.wilgenhoek,
        "BSO": cast.vijver,
        "school elsewhere": cast.kompas,
        "school year": _one(SchoolYear, **here),
        "policy": _one(Policy, **here),
        "closed day": factories.closed_day(cast.wilgenhoek.pk),
        "hours of the teacher": factories.working_hours(
            cast.wilgenhoek.pk, cast.id("teacher"), weekday=2
        ),
        "hours of a carer of the BSO": factories.working_hours(
            cast.vijver.pk, cast.id("aftercare"), weekday=2
        ),
        "mourning around Sam": factories.mourning(cast.sam),
        "mourning around a home": factories.mourning(_home(cast, "co_parent")),
        "group": cast.group_5,
        "group of the BSO": cast.bso,
        "Sam": sam,
        "Noor": cast.noor,
        "Lina": cast.lina,
        "Milan": cast.milan,
        "Yara, who comes later": cast.yara,
        "Sam at the BSO": at_bso,
        "child elsewhere": cast.child_elsewhere,
        "Sam in group 5": _one(Enrollment, student=sam),
        "Milan in group 5": _one(Enrollment, student=cast.milan),
        "Yara in group 5, later": _one(Enrollment, student=cast.yara),
        "Sam in a group of the BSO": _one(Enrollment, student=at_bso),
        "Sam at school is Sam at the BSO": _one(SameChild, student=sam),
    }


def people(cast: Cast) -> Scene:
    """Families and staff, and what ties them to the school."""
    ties = {
        f"tie of {key} with {child}": _one(
            Guardianship, guardian=cast.id(key), student=cast.id(child)
        )
        for key, child, *_said in demo.TIES
    }
    ties["tie of mother with Sam at the BSO"] = _one(
        Guardianship, guardian=cast.id("mother"), student=cast.sam_at_the_bso
    )
    homes = {
        f"home of {key}": _one(Household, pk=cast.id(f"home of {key} wilgenhoek"))
        for key in ("mother", "co_parent", "ex_guardian")
    }
    lessons = {
        f"lessons of {key}": _one(TeachingAssignment, user=cast.id(key))
        for key in ("teacher", "substitute_yesterday")
    }
    jobs = {
        f"employment of {key}": _one(Employment, user=cast.id(key))
        for key in ("teacher", "aftercare", "principal_elsewhere")
    }
    cards = {f"name card of {key}": getattr(cast, key) for key in demo.PEOPLE}
    return ties | homes | lessons | jobs | cards


def office(cast: Cast) -> Scene:
    """What the office works with: who waits to come in, by which letter, out of which file."""
    waiting, school_id = factories.waiting_card(cast.lina), cast.id("wilgenhoek")
    code = factories.link_code(cast.lina)
    imported = factories.imported(school_id)
    with unlocked():
        card = waiting.guardian
    return {
        "tie of who waits with Lina": waiting,
        "name card of who waits": card,
        "invitation of who waits": factories.invitation(card, school_id),
        "koppelcode of Lina": code,
        "use of the koppelcode of Lina": factories.link_code_use(code, waiting),
        "proposed colleague": factories.staff_proposal(school_id),
        "proposed colleague of the BSO": factories.staff_proposal(cast.id("vijver")),
        "import": imported,
        "code of the teacher for a tablet": factories.tablet_pin(cast.id("teacher")),
        "photo of the mother": factories.portrait(cast.id("mother")),
        "photo of the teacher": factories.portrait(cast.id("teacher")),
        "imported row": factories.imported_row(imported, cast.lina),
    }


def newsletters(cast: Cast) -> Scene:
    """Those of the school, in each state, and what stands in them."""
    here, by = cast.id("wilgenhoek"), cast.id("principal")
    gone: dict[str, Any] = {"withdrawn_at": clock.now(), "withdrawn_by_id": by}
    sent = factories.newsletter(here, by)
    draft = factories.newsletter(here, by, published_at=None)
    item, of_draft = factories.newsletter_item(sent), factories.newsletter_item(draft)
    return {
        "newsletter": sent,
        "newsletter of the BSO": factories.newsletter(cast.id("vijver"), cast.id("aftercare")),
        "newsletter that is a draft": draft,
        "newsletter of later": factories.newsletter(here, by, published_at=clock.now() + UNDO),
        "withdrawn newsletter": factories.newsletter(here, by, **gone),
        "item of the newsletter": item,
        "item of the draft": of_draft,
        "photo in the newsletter": factories.printed(item, by),
        "photo in the draft": factories.printed(of_draft, by),
    }


def everything(cast: Cast) -> Scene:
    """All of the above."""
    found: Scene = {**posts(cast), **agenda(cast), **school(cast), **people(cast), **office(cast)}
    found |= newsletters(cast)
    for name in ("post to group 5", "post to a group of the BSO", "withdrawn post"):
        post = found[name]
        assert isinstance(post, Post)
        found |= under(cast, post, name)
    post = found["post to group 5"]
    assert isinstance(post, Post)
    return found | told(cast, post) | called(cast, post)


def _long(cast: Cast) -> timedelta:
    """How long ago the day before the school year was."""
    year: Any = _one(SchoolYear, school=cast.wilgenhoek)
    return clock.now() - clock.start_of(year.starts_on) + timedelta(hours=3)


def _home(cast: Cast, key: str) -> Household:
    with unlocked():
        return Household.objects.get(pk=cast.id(f"home of {key} wilgenhoek"))


def _one(model: type[models.Model], **where: Any) -> models.Model:
    with unlocked():
        return model._base_manager.get(**where)
