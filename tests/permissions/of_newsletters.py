"""The newsletters of a school: reading them, and making them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kring.base import clock
from kring.feed.models import Newsletter
from tests import factories
from tests.circles import FAMILIES, NOBODY, OFFICE, SIGNED_IN, STAFF, Circle
from tests.permissions.rows import SEE_OTHER, Row, rows

if TYPE_CHECKING:
    from tests.permissions.things import World

PRINCIPAL_ELSEWHERE: Circle = frozenset({"principal_elsewhere"})
SCHOOL, AFTERCARE, ELSEWHERE = "the school", "the BSO", "a school elsewhere"
SENT, DRAFT, SCHEDULED, WITHDRAWN = "a newsletter", "a draft", "one of later", "a withdrawn one"
BESIDE, UNKNOWN = "a draft of elsewhere, under this school", "one that does not exist"
OF_ANOTHER = "an item of another newsletter"

LOOK = {SCHOOL: OFFICE, AFTERCARE: NOBODY, ELSEWHERE: PRINCIPAL_ELSEWHERE}
ANY = {SENT: OFFICE, DRAFT: OFFICE, SCHEDULED: OFFICE, WITHDRAWN: OFFICE}
NONE = {BESIDE: NOBODY, UNKNOWN: NOBODY}
ITEM = {DRAFT: OFFICE, OF_ANOTHER: NOBODY, **NONE}

ROWS: list[Row] = [
    Row("feed:newsletters", "GET", "", SIGNED_IN),
    *rows(
        "feed:newsletter",
        "GET",
        {
            SENT: FAMILIES | STAFF,
            DRAFT: OFFICE,
            SCHEDULED: OFFICE,
            WITHDRAWN: NOBODY,
            UNKNOWN: NOBODY,
        },
    ),
    *rows("feed:issues", "GET", LOOK),
    *rows("feed:issues", "POST", LOOK, SEE_OTHER),
    *rows("feed:issue", "GET", ANY | NONE),
    *rows("feed:issue", "POST", {DRAFT: OFFICE, SENT: OFFICE} | NONE, SEE_OTHER),
    *rows("feed:issue_writing", "GET", {DRAFT: OFFICE} | NONE),
    *rows("feed:issue_writing", "GET", {SENT: OFFICE}, SEE_OTHER),
    *rows("feed:issue_writing", "POST", {DRAFT: OFFICE} | NONE, SEE_OTHER),
    *rows("feed:issue_posts", "GET", {DRAFT: OFFICE} | NONE),
    *rows("feed:issue_posts", "POST", {DRAFT: OFFICE} | NONE, SEE_OTHER),
    *rows("feed:issue_item", "GET", ITEM),
    *rows("feed:issue_item", "POST", ITEM, SEE_OTHER),
    *rows("feed:issue_place", "POST", ITEM, SEE_OTHER),
    *rows("feed:issue_item_removal", "POST", ITEM, SEE_OTHER),
    *rows("feed:issue_preview", "GET", ANY | NONE),
    *rows("feed:issue_mail", "GET", ANY | NONE),
    *rows("feed:issue_trial", "POST", ANY | NONE, SEE_OTHER),
    *rows("feed:issue_sending", "GET", {DRAFT: OFFICE} | NONE),
    *rows("feed:issue_sending", "POST", {DRAFT: OFFICE, SCHEDULED: OFFICE} | NONE, SEE_OTHER),
    *rows("feed:issue_holding", "POST", ANY | NONE, SEE_OTHER),
    *rows("feed:issue_withdrawal", "POST", ANY | NONE, SEE_OTHER),
    *rows("feed:issue_removal", "POST", {DRAFT: OFFICE, SENT: OFFICE} | NONE, SEE_OTHER),
]


def address(world: World, row: Row) -> dict[str, Any]:
    """The school, the newsletter, and one of its items."""
    cast = world.cast
    schools = {SCHOOL: "wilgenhoek", AFTERCARE: "vijver", ELSEWHERE: "kompas"}
    if row.url == "feed:newsletters":
        return {}
    if row.url == "feed:issues":
        return {"school_id": cast.id(schools[row.thing])}
    issue = _issue(world, row.thing)
    told: dict[str, Any] = {"newsletter_id": issue.pk}
    if row.url != "feed:newsletter":
        told["school_id"] = cast.id("wilgenhoek")
    if row.url in {"feed:issue_item", "feed:issue_place", "feed:issue_item_removal"}:
        told["item_id"] = _item(world, issue, row.thing)
    return told


def _issue(world: World, thing: str) -> Newsletter:
    cast, by = world.cast, world.cast.id("principal")
    now = clock.now()
    fields: dict[str, dict[str, Any]] = {
        DRAFT: {"published_at": None, "intro": "Beste ouders,"},  # an empty one is not sent
        OF_ANOTHER: {"published_at": None},
        SCHEDULED: {"published_at": now + 10 * factories.MINUTE},
        WITHDRAWN: {"withdrawn_at": now, "withdrawn_by_id": by},
    }
    if thing == UNKNOWN:
        return Newsletter(pk=uuid4())
    if thing == BESIDE:
        elsewhere = cast.id("principal_elsewhere")
        return factories.newsletter(cast.id("kompas"), elsewhere, published_at=None)
    return factories.newsletter(cast.id("wilgenhoek"), by, **fields.get(thing, {}))


def _item(world: World, issue: Newsletter, thing: str) -> Any:
    if thing == UNKNOWN:
        return uuid4()
    if thing == OF_ANOTHER:
        return factories.newsletter_item(_issue(world, DRAFT)).pk
    return factories.newsletter_item(issue).pk


def form(_world: World, row: Row) -> dict[str, Any]:
    """What is sent along."""
    if row.url == "feed:issues":
        return {"title": "Nieuws", "key": uuid4()}
    named = {"feed:issue", "feed:issue_writing", "feed:issue_item"}
    return {"title": "Nieuws"} if row.url in named else {}
