"""Who was told of what was written at De Kring: the list under the bell, and the mails that went.

Set-based, for everybody: so the tables of reach and of the messages per family have what they
count. No mail goes; the rows say that it went.
"""

from __future__ import annotations

from django.db import connection

from kring.demo.cast import identity
from kring.demo.kindcentrum.population import BSO, SCHOOL

POSTS = """
WITH people AS (
    SELECT post.id AS post_id, tie.guardian_id AS person_id FROM feed_post post
    JOIN schools_enrollment stay ON stay.school_id = post.school_id
        AND (post.whole_school OR stay.group_id = ANY (post.group_ids))
    JOIN schools_guardianship tie ON tie.school_id = stay.school_id
        AND tie.student_id = stay.student_id AND tie.access = 'in_care'
    UNION SELECT post.id, job.user_id FROM feed_post post
    JOIN schools_employment job ON job.school_id = post.school_id
    WHERE post.whole_school OR post.staff_only
    UNION SELECT post.id, lesson.user_id FROM feed_post post
    JOIN schools_teachingassignment lesson ON lesson.school_id = post.school_id
        AND lesson.group_id = ANY (post.group_ids)
)
INSERT INTO notifications_notification (id, school_id, created_at, person_id, event_id, verb, kind,
    is_urgent, about_id, subject_id, read_at)
SELECT DISTINCT ON (post.card_id, person.id) gen_random_uuid(), post.school_id, post.published_at,
    person.id, gen_random_uuid(), 'post.published',
    CASE WHEN post.group_ids = '{}' THEN 'school' ELSE 'group' END,
    post.is_urgent, post.card_id, post.id,
    CASE WHEN reading.id IS NOT NULL OR post.published_at < now() - interval '3 days'
        THEN post.published_at + interval '1 hour' END
FROM people JOIN feed_post post ON post.id = people.post_id
JOIN accounts_user person ON person.id = people.person_id
    AND person.joined_at IS NOT NULL AND person.id <> post.author_id
LEFT JOIN feed_reading reading ON reading.post_id = post.id AND reading.user_id = person.id
WHERE post.school_id = ANY (%s) AND post.published_at <= now()
ORDER BY post.card_id, person.id, post.id
ON CONFLICT DO NOTHING
"""
NEWSLETTERS = """
INSERT INTO notifications_notification (id, school_id, created_at, person_id, event_id, verb, kind,
    about_id, subject_id, read_at)
SELECT DISTINCT ON (issue.id, tie.guardian_id) gen_random_uuid(), issue.school_id,
    issue.published_at, tie.guardian_id, gen_random_uuid(), 'newsletter.published', 'school',
    issue.id, issue.id, issue.published_at + interval '2 hours'
FROM feed_newsletter issue
JOIN schools_guardianship tie ON tie.school_id = issue.school_id AND tie.access = 'in_care'
JOIN accounts_user person ON person.id = tie.guardian_id AND person.joined_at IS NOT NULL
WHERE issue.school_id = ANY (%s) AND issue.published_at <= now()
"""
MAILS = """
INSERT INTO notifications_delivery (id, school_id, created_at, notification_id, person_id, channel,
    is_urgent, chunk, state, tries, due_at, done_at)
SELECT gen_random_uuid(), told.school_id, told.created_at, told.id, told.person_id, 'email',
    told.is_urgent, told.event_id, 'sent', 1, told.created_at,
    least(now(), told.created_at + random() * interval '2 minutes')
FROM notifications_notification told
JOIN accounts_user person ON person.id = told.person_id AND person.email IS NOT NULL
WHERE told.school_id = ANY (%s)
"""
FRESH = """
WITH moved AS (
    UPDATE notifications_notification told SET created_at = post.published_at
    FROM feed_post post WHERE post.id = told.subject_id AND told.school_id = ANY (%s)
        AND told.verb = 'post.published' AND told.created_at < post.published_at
    RETURNING told.id, told.created_at
)
UPDATE notifications_delivery went
SET created_at = moved.created_at, due_at = moved.created_at, done_at = moved.created_at
FROM moved WHERE went.notification_id = moved.id AND went.state = 'sent'
"""


def build() -> None:
    """Tell everybody of all that is out."""
    for statement in (POSTS, NEWSLETTERS, MAILS):
        _run(statement)


def freshen() -> None:
    """Move along with what was written."""
    _run(FRESH)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [[identity(SCHOOL), identity(BSO)]])
