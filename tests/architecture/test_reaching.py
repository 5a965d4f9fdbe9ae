"""Rows are reached through a rule: ``visible_to``, the queryset of a verb, or a stated reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import models
from django.forms import BaseForm, ModelChoiceField, ModelForm

from kring.base.statement import Statement
from tests.architecture.source import modules
from tests.visibility.looking import OURS

RULES = {
    "visible_to",
    "reached_by",
    "open_to",
    "tended_by",
    "changeable_by",
    "rewritable_by",
    "removable_by",
    "unscoped",
    "none",
}
SERVICE = "runs as a job: it sees one school, and row security binds it to that"
OWNER = "run by the owner of the tables, from the command line"
# Where rows are reached without a viewer, and why that is right. Models are not listed: their verbs
# get what was fetched through a rule.
WITHOUT_VIEWER = {
    "kring/accounts/jobs.py": "machine tables: sessions, devices and limits",
    "kring/accounts/tablets.py": "nobody is signed in yet; a tablet holds a secret of its own",
    "kring/audiences/recipients.py": "asks from the side of the thing, in a service block",
    "kring/calendar/notices.py": SERVICE,
    "kring/demo/agenda.py": OWNER,
    "kring/demo/cast.py": OWNER,
    "kring/demo/crowd.py": OWNER,
    "kring/demo/kindcentrum/centre.py": OWNER,
    "kring/demo/kindcentrum/hanging.py": OWNER,
    "kring/demo/kindcentrum/important.py": OWNER,
    "kring/demo/kindcentrum/population.py": OWNER,
    "kring/demo/kindcentrum/posts.py": OWNER,
    "kring/demo/newcomers.py": OWNER,
    "kring/demo/seed.py": OWNER,
    "kring/events/jobs.py": SERVICE,
    "kring/feed/catching_up.py": SERVICE,
    "kring/feed/notices.py": SERVICE,
    "kring/feed/newsletters.py": SERVICE,
    "kring/feed/notices_calls.py": SERVICE,
    "kring/feed/notices_comments.py": SERVICE,
    "kring/feed/notices_newsletters.py": SERVICE,
    "kring/feed/parts.py": SERVICE,
    "kring/importing/applying.py": SERVICE,
    "kring/importing/command.py": OWNER,
    "kring/importing/comparing.py": SERVICE,
    "kring/importing/jobs.py": SERVICE,
    "kring/importing/progress.py": SERVICE,
    "kring/importing/settling.py": SERVICE,
    "kring/importing/standing.py": SERVICE,
    "kring/importing/undoing.py": SERVICE,
    "kring/media/jobs.py": SERVICE,
    "kring/feed/notices_planned.py": SERVICE,
    "kring/feed/planning.py": SERVICE,
    "kring/feed/silence.py": SERVICE,
    "kring/joining/mailing.py": SERVICE,
    "kring/notifications/answering.py": SERVICE,
    "kring/notifications/channels/web_push.py": SERVICE,
    "kring/notifications/coming_back.py": SERVICE,
    "kring/notifications/digest.py": SERVICE,
    "kring/notifications/notices.py": SERVICE,
    "kring/notifications/returns.py": SERVICE,
    "kring/notifications/jobs.py": SERVICE,
    "kring/notifications/wishing.py": "puts in a person's own rows; row security asks whose",
    "kring/office/staffing.py": "makes the card of a new colleague; row security asks who does",
    "kring/ops/jobs.py": SERVICE,
    "kring/ops/retention.py": SERVICE,
    "kring/schools/inviting.py": OWNER,
}
# The rules themselves ask each model for its queryset.
RULES_THEMSELVES = {
    "kring/base/row_security.py",
    "kring/base/seers.py",
    "kring/base/visibility.py",
}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
NAMES = {model.__name__ for model in OURS}
ACCESSORS = {
    accessor
    for model in OURS
    for relation in model._meta.related_objects
    if (accessor := relation.get_accessor_name())
}
QUERIES = {name for name in vars(models.QuerySet) if not name.startswith("_")} | {"at", "on"}


def unruled(tree: ast.AST) -> Iterator[str]:
    """Every place that reaches rows past the rules."""
    for node in ast.walk(tree):
        past = isinstance(node, ast.Attribute) and _asks_a_manager(node)
        past |= isinstance(node, ast.Call) and (_asks_a_relation(node) or _asks_a_class(node))
        if past:
            yield f"{node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]


def _asks_a_manager(node: ast.Attribute) -> bool:
    """``Post.objects.filter``; a name that is no model of ours is a machine table."""
    manager = node.value
    if not isinstance(manager, ast.Attribute) or manager.attr not in MANAGERS or node.attr in RULES:
        return False
    other = isinstance(manager.value, ast.Name) and manager.value.id not in NAMES
    return not other or manager.attr != "objects"


def _asks_a_relation(call: ast.Call) -> bool:
    """``post.comments.filter(…)``: the way back along a key, as a manager."""
    asked = call.func
    if not isinstance(asked, ast.Attribute) or not isinstance(asked.value, ast.Attribute):
        return False
    of_a_dictionary = asked.attr == "values" and not call.args
    query = asked.attr in QUERIES and asked.attr not in RULES and not of_a_dictionary
    return query and asked.value.attr in ACCESSORS


def _asks_a_class(call: ast.Call) -> bool:
    """``get_object_or_404(Post, …)``."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return name in SHORTCUTS and ast.unparse(call.args[0]) in NAMES


def test_pages_reach_rows_through_a_rule_only() -> None:
    found = {path: list(unruled(tree)) for path, tree in modules().items()}
    reaching = {path for path, places in found.items() if places and "/models" not in path}
    assert reaching - RULES_THEMSELVES - set(WITHOUT_VIEWER) == set()
    assert set(WITHOUT_VIEWER) <= reaching, "an exception that is none any more"


@pytest.mark.parametrize(
    "line",
    [
        "Post.objects.all()",
        "Post.objects.filter(pk=1)",
        "Post.objects.get(pk=1)",
        "Post._default_manager.count()",
        "type(thing)._base_manager.get(pk=1)",
        "get_object_or_404(Post, pk=1)",
        "get_object_or_404(Post.objects.out(), pk=1)",
        "post.comments.all()",
        "post.comments.filter(hidden_at=None)",
        "[one for one in student.guardianships.values('guardian')]",
    ],
)
def test_a_forgotten_rule_is_found(line: str) -> None:
    assert list(unruled(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "Post.objects.visible_to(viewer).filter(pk=1)",
        "get_object_or_404(Post.objects.changeable_by(viewer), pk=1)",
        "Post.objects.unscoped('a reason').count()",
        "post.comments.visible_to(viewer).order_by('created_at')",
        "Session.objects.filter(pk=1)",
        "self.groups.values()",
    ],
)
def test_a_rule_is_recognised(line: str) -> None:
    assert not list(unruled(ast.parse(line)))


def test_every_reason_to_go_unscoped_is_said() -> None:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "unscoped":
                why = node.args[0] if node.args else None
                assert isinstance(why, ast.Constant), f"{path}:{node.lineno}"
                assert isinstance(why.value, str), f"{path}:{node.lineno}"
                assert len(why.value) > len("because"), f"{path}:{node.lineno}"


def test_no_form_offers_all_rows_as_choices() -> None:
    for path in modules():
        if path.endswith("forms.py"):
            import_module(path.removesuffix(".py").replace("/", "."))
    for form in _all_forms(BaseForm):
        if form.__module__.startswith("kring."):
            assert not issubclass(form, ModelForm), form
            for field in getattr(form, "base_fields", {}).values():
                assert not isinstance(field, ModelChoiceField) or _is_empty(field)


def _is_empty(field: ModelChoiceField[Any]) -> bool:
    return field.queryset is None or field.queryset.query.is_empty()


def _all_forms(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for child in form.__subclasses__():
        yield child
        yield from _all_forms(child)


# ── SQL of our own ───────────────────────────────────────────────────────────
# Where SQL is written by hand, and why.
BY_HAND = {
    "kring/accounts/backend.py": "the person of a session, before anybody looks",
    "kring/accounts/session_store.py": "the session of every request: a machine table",
    "kring/accounts/jobs.py": "the cache is a machine table without a model",
    "kring/base/jobs.py": "the queue, by a function of the owner",
    "kring/base/statement.py": "puts the rules into the statements of pages",
    "kring/base/viewer.py": "the settings of the second lock",
    "kring/base/row_security.py": OWNER,
    "kring/audiences/messages.py": "a lock, so that two at once do not both take the last place",
    "kring/calendar/telling.py": "how many notices a group gets a day, by a function of the owner",
    "kring/database/migrating.py": OWNER,
    "kring/demo/kindcentrum/told.py": OWNER,
    "kring/feed/budget.py": "how many a group gets a day, by a function of the owner",
    "kring/feed/catching_up.py": "lets a card come out, by a function of the owner",
    "kring/feed/models/draft.py": "a lock, so that two tabs keep one draft",
    "kring/feed/planning.py": "what drafts hold, by a function of the owner",
    "kring/feed/silence.py": "the schools, by a function of the owner",
    "kring/importing/applying.py": "a lock, so that two imports of one school do not mix",
    "kring/importing/jobs.py": "the schools, by a function of the owner",
    "kring/importing/undoing.py": SERVICE,
    "kring/importing/writing.py": SERVICE,
    "kring/joining/codes.py": "a code, before anything is known of who typed it",
    "kring/joining/invitations.py": "a link, before anything is known of who follows it",
    "kring/joining/jobs.py": "what was left lying, by a function of the owner",
    "kring/feed/sendings.py": "what became of mails, by a function that asks who looks",
    "kring/joining/models.py": "a lock, so that two clerks make no two codes of one home",
    "kring/notifications/models.py": "takes deliveries in one statement; a service block",
    "kring/media/models.py": "how much a school keeps, by a function of the owner",
    "kring/notifications/jobs.py": SERVICE,
    "kring/notifications/addresses.py": OWNER,
    "kring/notifications/channels/web_push.py": "devices, by functions of the owner",
    "kring/notifications/circumstances.py": "one's own ways, by a function of the owner",
    "kring/notifications/coming_back.py": "of which school a mail was, by a function",
    "kring/notifications/digest.py": "the moments of schools, by a function of the owner",
    "kring/notifications/pushing/devices.py": "a browser that changes hands, by a function",
    "kring/notifications/pushing/keys.py": "the keys for push, by functions of the owner",
    "kring/notifications/reach.py": "that people can be reached, by a function of the owner",
    "kring/notifications/returns.py": "who was answered, by functions of the owner",
    "kring/notifications/telling.py": SERVICE,
    "kring/office/load.py": "averages over families, by a function that asks who looks",
    "kring/ops/jobs.py": SERVICE,
    "kring/ops/parked.py": "the operator counts, as the owner of the tables",
    "kring/ops/views.py": "SELECT 1, to know that the database answers",
    "kring/schools/models/hours.py": "a lock, so that two at once keep one set of hours",
    "kring/schools/models/mourning.py": "who mourns, by a function of the owner",
    "kring/schools/second_factors.py": "whether there is one, by a function of the owner",
    "kring/schools/viewers.py": "the viewer itself, by a function of the owner",
}
RAW = {"cursor", "raw", "extra", "RawSQL"}
# Rows in statements of pages that are joined without a rule of their own, and why.
JOINED = {
    "feed_confirmation own": "one's own",
    "feed_like own": "one's own",
    "feed_reading own": "one's own",
    "schools_policy policy": "the rule of the school that holds, of a photo that is seen",
    "schools_group room": "of a place that is seen",
    "schools_school home": "one of the viewer's own schools, or of a place that is seen",
    "schools_schoolyear year": "of a group that is seen",
    "schools_student child": "of a place that is seen",
}
TABLES = {model._meta.db_table for model in OURS}
NAMED_ROWS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+(\w+)")


def test_sql_is_written_by_hand_in_few_places_only() -> None:
    asking = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RAW
    }
    assert asking == set(BY_HAND)


def statements() -> Iterator[Statement]:
    """Each statement of a page, found where its module keeps it."""
    for path, tree in modules().items():
        if "Statement(" in ast.unparse(tree) and path != "kring/base/statement.py":
            module = import_module(path.removesuffix(".py").replace("/", "."))
            yield from (one for one in vars(module).values() if isinstance(one, Statement))


def test_every_statement_of_a_page_holds_the_rule_of_its_rows() -> None:
    joined = set()
    for statement in statements():
        rows = [row for row in NAMED_ROWS.findall(statement.text) if row[0] in TABLES]
        ruled = {(model._meta.db_table, name) for name, model in statement.rows.items()}
        assert ruled, statement.text
        for _table, name in ruled:
            assert f"AND {{{name}}}" in " ".join(statement.text.split()), statement.text
        joined |= {" ".join(row) for row in set(rows) - ruled}
    assert joined == set(JOINED)
