"""The floor of the office's lists of people: the rows of one page in raw SQL, and as many bytes.

Like ``bench/bare.py`` it logs in as the owner, keeps its connections and prepared statements, and
knows beforehand who asks and of which school. It finds no more than the hundred lines that are
shown; a page of ours can be searched and narrowed.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from psycopg_pool import ConnectionPool

TOLD = json.loads(os.environ.get("BENCH_BARE", "{}"))  # session, person, school
PERSON = """
SELECT s.session_data, s.expire_date, u.* FROM django_session s, accounts_user u
WHERE s.session_key = %s AND s.expire_date > now() AND u.id = %s
"""
TIES = """
SELECT t.id, t.student_id, t.household_id, t.access, t.has_authority, t.telephone, t.email,
    t.has_secret_address, u.id, u.first_name, u.infix, u.last_name, u.email, u.joined_at, h.street,
    h.postcode, h.city, h.letter_language, i.sent_at, i.failed_at, i.expires_at
FROM schools_guardianship t JOIN accounts_user u ON u.id = t.guardian_id
LEFT JOIN schools_household h ON h.id = t.household_id
LEFT JOIN joining_invitation i ON i.person_id = u.id AND i.school_id = t.school_id
"""
CHILDREN = """
SELECT c.id, c.first_name, c.infix, c.last_name, c.born_on, g.id, g.name, g.color, e.starts_on,
    e.ends_on, count(*) OVER ()
FROM schools_student c JOIN schools_enrollment e ON e.student_id = c.id
JOIN schools_group g ON g.id = e.group_id WHERE c.school_id = %s
"""
LISTS = {
    "children": [f"{CHILDREN} ORDER BY c.sort_key, c.id LIMIT 100"],
    "families": [
        """SELECT household_id, min(sort_key), count(*) OVER () FROM schools_guardianship t
        JOIN accounts_user u ON u.id = t.guardian_id WHERE t.school_id = %s
        GROUP BY household_id ORDER BY 2 LIMIT 100"""
    ],
    "joining": [f"{CHILDREN} ORDER BY g.name, c.sort_key, c.id LIMIT 100"],
}

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=4,
    kwargs={"autocommit": True, "prepare_threshold": 0},
    open=False,
)


def application(
    request: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """The rows of one page; then as many bytes as the page has."""
    asked = parse_qs(request["QUERY_STRING"])
    length = int(asked["bytes"][0]) if asked else 0
    if length:
        rows(asked["list"][0])
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(length))])
    return [bytes(length)]


def rows(name: str) -> None:
    """Fetch what the page shows."""
    pool.open()
    school, column = UUID(TOLD["school"]), "household_id" if name == "families" else "student_id"
    with pool.connection() as connection:
        connection.execute(PERSON, [TOLD["session"], UUID(TOLD["person"])]).fetchall()
        for sql in LISTS[name]:
            lines = connection.execute(sql, [school]).fetchall()
            ids = [line[0] for line in lines]
            ties = connection.execute(f"{TIES} WHERE t.{column} = ANY (%s)", [ids]).fetchall()
            assert (len(lines), len(ties) >= len(lines)) == (100, True)
