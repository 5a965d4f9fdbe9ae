"""The office's lists of people, in a school with 2,000 families.

CPU time of the web process and of PostgreSQL together, for one of some requests that follow each
other over one kept connection; both sides take turns, and the best round of each counts. The floor
is ``bench/bare_office.py``: the hundred lines of the page in raw SQL, and as many bytes.

- ``people.queries``: statements of the list of children or of families, whichever has more, but
  for BEGIN and COMMIT; ``joining.queries``: those of the list of who is in and who is not.
- ``people.children``, ``people.families``, ``people.joining``: the first page of each list. Names
  are found as they sound, so each of them reads the whole school before it shows a hundred lines.
- ``people.overview``: the first page of the office, which counts them all; in seconds.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from bench import pages, school
from bench.feed import MS, Side
from bench.measure import Measure
from kring.accounts import sessions
from kring.accounts.models import User
from kring.database import EmbeddedPostgres
from kring.office.pages import LINES

SQL = Path(__file__).with_name("office.sql")
SCHOOL, PERSON = school.identity("large school"), school.identity("large administrator")
OFFICE = f"/office/{SCHOOL}/"
LISTS = {"children": "children/", "families": "families/", "joining": "joining/families/"}
MOST_QUERIES, MOST_TIMES, MOST_SECONDS = 8, 40, 1
ROUNDS, REQUESTS = 5, 3  # of each side


def measure() -> Iterator[Measure]:
    """The queries of the lists, each list beside its floor, and the overview."""
    with school.running() as postgres:
        fill(postgres)
        client = signed_in()
        ran = {one: count_queries(client, f"{OFFICE}{path}") for one, path in LISTS.items()}
        queries = max(ran["children"], ran["families"])
        assert queries <= MOST_QUERIES, f"{queries} queries for a list of people"
        yield Measure(name="people.queries", value=queries, goal=MOST_QUERIES)
        yield Measure(name="joining.queries", value=ran["joining"], goal=MOST_QUERIES)
        session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
        connections.close_all()
        for one, path in LISTS.items():
            with sides(postgres, session_key, one, f"{OFFICE}{path}") as (ours, bare):
                page, floor = (MS * best for best in costs(ours, bare))
            yield Measure(name=f"people.{one}", value=page, floor=floor, goal=MOST_TIMES, unit="ms")
        with sides(postgres, session_key, "children", OFFICE) as (ours, _):
            best = min(ours.cost([ours.address]) for _ in range(ROUNDS))
        yield Measure(name="people.overview", value=best, goal=MOST_SECONDS, unit="s")


def fill(postgres: EmbeddedPostgres) -> None:
    """Put the school in, once."""
    with psycopg.connect(postgres.url(), autocommit=True) as owner:
        if not owner.execute("SELECT 1 FROM schools_school WHERE id = %s", [SCHOOL]).fetchone():
            owner.execute(SQL.read_text(encoding="utf-8"))
            owner.execute("VACUUM ANALYZE")


def signed_in() -> Client:
    """The browser of the administrator, who gave two proofs."""
    client = Client(headers={"host": pages.HOST})
    person = User.objects.get(pk=PERSON)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    request: Any = SimpleNamespace(session=session, user=person)
    record_authentication(request, person, method="code")
    sessions.mark_strong(request, "passkey")
    session.save()
    return client


def count_queries(client: Client, address: str) -> int:
    """Statements of a page for somebody who was there before."""
    ran: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        ran.append(sql)
        return execute(sql, *rest)

    client.get(address)
    with connection.execute_wrapper(note):
        answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, address
    assert answer.content.count(b"<tr>") > LINES, address  # a full page, and the heads
    return len(ran)


@contextmanager
def sides(
    postgres: EmbeddedPostgres, session_key: str, name: str, address: str
) -> Iterator[tuple[Side, Side]]:
    """Our page and the barest, with the same bytes."""
    web, owner = (school.environment(postgres.url(role)) for role in ("kring_web", "kring"))
    known = json.dumps({"session": session_key, "person": str(PERSON), "school": str(SCHOOL)})
    assert postgres.server.process
    database, folder = postgres.server.process.pid, postgres.place.sockets
    barest = partial(pages.bare, module="bench.bare_office")
    with (
        pages.serving(folder / "web.sock", web) as ours,
        barest(ours, folder / "bare.sock", owner | {"BENCH_BARE": known}) as bare,
        closing(ours.browser()) as browser,
        closing(bare.browser()) as other,
    ):
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
        first = Side(ours, browser, database, address)
        size = len(first.page())
        yield first, Side(bare, other, database, f"/?list={name}&bytes={size}")


def costs(ours: Side, bare: Side) -> tuple[float, float]:
    """CPU seconds of one page of each: the best of some rounds."""
    assert len(bare.page()) == len(ours.page())
    rounds = [
        tuple(side.cost([side.address] * REQUESTS) / REQUESTS for side in (ours, bare))
        for _ in range(ROUNDS + 1)
    ]
    page, floor = map(min, zip(*rounds[1:], strict=True))
    return page, floor
