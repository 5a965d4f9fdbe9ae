"""The feed of a mother of two: three groups, twenty posts and sixty pictures, out of two years.

What is measured is CPU time, of the web process and of PostgreSQL together, for one of a few
hundred requests that follow each other over one kept connection, on the Unix socket between the
front and the pages. Both sides take turns, and the best round of each counts: the machine may be
doing other things. The front (compression, TLS, the bytes of pictures) is on neither side.

- ``feed``: the whole page, beside the same rows in raw SQL and as many bytes under the same server
  with the same options (``bench/bare.py``); session, rules, row security and template are ours.
- ``feed.queries``: statements of one page but for BEGIN and COMMIT; the same for a page of twenty
  posts and for the last one, of three, or the workload fails.
- ``feed.gzipped``: the page as the front compresses it (gzip, level 5), in kB of 1,000 bytes.
- ``feed.pictures``: the page and then its sixty pictures, each fetched by its signed address as
  the front asks for it (the answer names the file), beside the page alone.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client

from bench import pages, school
from bench.measure import Measure
from bench.pages import Browser, Pages, cpu_seconds
from kring.accounts.models import User
from kring.base.cursor import Cursor
from kring.base.visibility import Viewer, seen_by
from kring.database import EmbeddedPostgres
from kring.feed.models import Post
from kring.feed.page import SIZE
from kring.schools.viewers import viewer_of

MOTHER = "guardian 1"
ROUNDS, REQUESTS = 12, 25  # of each side
PICTURES, FEW = 60, 3
GZIP_LEVEL = 5  # Caddy's
PICTURE = re.compile(r'<img src="(/media/[^"]+)"')
MS = 1000


def measure() -> list[Measure]:
    """The page beside its floor, its queries, its size, and what its pictures add."""
    with school.running() as postgres:
        mother = viewer_of(school.identity(MOTHER))
        client = signed_in(mother)
        queries = count_queries(client, mother)
        session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
        connections.close_all()
        with sides(postgres, mother, session_key) as (ours, bare):
            size = len(gzip.compress(ours.page(), GZIP_LEVEL)) / 1000
            page, floor, pictures = (MS * best for best in costs(ours, bare))
    return [
        Measure(name="feed", value=page, floor=floor, goal=8, unit="ms"),
        Measure(name="feed.queries", value=queries, goal=8),
        Measure(name="feed.gzipped", value=size, goal=30, unit="kB"),
        Measure(name="feed.pictures", value=page + pictures, floor=page, goal=2, unit="ms"),
    ]


def signed_in(mother: Viewer) -> Client:
    """The browser of somebody who was here before."""
    client = Client(headers={"host": pages.HOST})
    person = User.objects.get(pk=mother.user_id)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.get("/")
    return client


def count_queries(client: Client, mother: Viewer) -> int:
    """The queries of a page, which are the same however many posts it has."""
    with seen_by(mother):
        first = Post.objects.visible_to(mother).order_by("published_at", "card_id")[FEW]
    last_page = f"/?before={Cursor(first.published_at, first.card_id)}"
    counts = {_queries(client, "/", SIZE), _queries(client, last_page, FEW)}
    assert len(counts) == 1, f"queries grow with the posts: {sorted(counts)}"
    return counts.pop()


def _queries(client: Client, address: str, posts: int) -> int:
    ran: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        ran.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = client.get(address)
    assert answer.content.count(b"<article") == posts, address
    return len(ran)


@dataclass(frozen=True)
class Side:
    """A web process with the database behind it, and a browser before it."""

    web: Pages
    browser: Browser
    database: int  # the number of its process
    address: str = "/"

    def page(self) -> bytes:
        """The page; it has all that it should have."""
        response, body = self.browser.get(self.address)
        assert response.status == HTTPStatus.OK, self.address
        return body

    def cost(self, addresses: Sequence[str]) -> float:
        """CPU seconds to answer these."""
        before = cpu_seconds(self.web.number, self.database)
        for address in addresses:
            self.browser.get(address)
        return cpu_seconds(self.web.number, self.database) - before


@contextmanager
def sides(
    postgres: EmbeddedPostgres, mother: Viewer, session_key: str
) -> Iterator[tuple[Side, Side]]:
    """Our pages and the barest, with the same page before both."""
    web, owner = (school.environment(postgres.url(role)) for role in ("kring_web", "kring"))
    known = {
        "session": session_key,
        "person": str(mother.user_id),
        "schools": [str(one) for one in mother.school_ids],
        "groups": [str(window.unit_id) for window in mother.windows],
    }
    assert postgres.server.process
    database, folder = postgres.server.process.pid, postgres.place.sockets
    with (
        pages.serving(folder / "web.sock", web | {"KRING_MEDIA_HANDED_OFF": "yes"}) as ours,
        pages.bare(ours, folder / "bare.sock", owner | {"BENCH_BARE": json.dumps(known)}) as bare,
        closing(ours.browser()) as browser,
        closing(bare.browser()) as other,
    ):
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
        first = Side(ours, browser, database)
        page = first.page()
        assert (page.count(b"<article"), len(pictures_on(page))) == (SIZE, PICTURES)
        second = Side(bare, other, database, f"/?{len(page)}")
        assert len(second.page()) == len(page)
        yield first, second


def costs(ours: Side, bare: Side) -> tuple[float, float, float]:
    """CPU seconds of our page, of the barest, and of the pictures: the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS + 1):
        pictures = pictures_on(ours.page())
        page = ours.cost([ours.address] * REQUESTS) / REQUESTS
        floor = bare.cost([bare.address] * REQUESTS) / REQUESTS
        rounds.append((page, floor, ours.cost(pictures)))
    page, floor, all_pictures = map(min, zip(*rounds[1:], strict=True))
    return page, floor, all_pictures


def pictures_on(page: bytes) -> list[str]:
    """The addresses that a browser would fetch."""
    return PICTURE.findall(page.decode())
