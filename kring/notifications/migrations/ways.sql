-- The end of somebody's quiet hours, where they are at this moment; else the moment itself. In school
-- time: a night may be 23 or 25 hours long.
CREATE OR REPLACE FUNCTION kring_after_quiet(starts time, ends time, moment timestamptz DEFAULT now())
RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN starts IS NULL OR starts = ends THEN moment
        WHEN starts < ends AND here::time >= starts AND here::time < ends
            THEN (here::date + ends) AT TIME ZONE 'Europe/Amsterdam'
        WHEN starts > ends AND here::time >= starts
            THEN (here::date + 1 + ends) AT TIME ZONE 'Europe/Amsterdam'
        WHEN starts > ends AND here::time < ends
            THEN (here::date + ends) AT TIME ZONE 'Europe/Amsterdam'
        ELSE moment END
    FROM (SELECT moment AT TIME ZONE 'Europe/Amsterdam' AS here) AS clock
$$;

-- When somebody of the staff works next at a school; at this moment, where one works then or keeps no
-- hours.
CREATE OR REPLACE FUNCTION kring_next_working(
    who uuid, at_school uuid, moment timestamptz DEFAULT now()
) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(min(greatest(moment, begins)), moment) FROM (
        SELECT (day.day + hours.starts_at) AT TIME ZONE 'Europe/Amsterdam' AS begins,
            (day.day + hours.ends_at) AT TIME ZONE 'Europe/Amsterdam' AS ends
        FROM (SELECT (moment AT TIME ZONE 'Europe/Amsterdam')::date + plus AS day
            FROM generate_series(0, 7) AS plus) AS day
        JOIN schools_workinghours hours ON hours.weekday = extract(isodow FROM day.day)
            AND hours.person_id = who AND hours.school_id = at_school
    ) AS working WHERE ends > moment
$$;

-- Where these people can be reached: the addresses of every channel, whether each works, and what
-- holds for the channel. Here there is none: the last step of every ``kring migrate`` writes this
-- function anew from the channels that the code has (``addresses.py``). Only its owner may ask.
CREATE OR REPLACE FUNCTION kring_addresses(people uuid[])
RETURNS TABLE (channel text, person_id uuid, subscription_id uuid, works boolean, usual boolean,
    unfit text[])
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT ''::text, NULL::uuid, NULL::uuid, false, false, '{}'::text[] WHERE false
$$;
REVOKE ALL ON FUNCTION kring_addresses FROM PUBLIC;

-- Over which channels who asks can be reached, and whether it works: for the page of choices.
CREATE OR REPLACE FUNCTION kring_own_ways() RETURNS TABLE (channel text, works boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT place.channel, bool_or(place.works)
    FROM kring_addresses(ARRAY[nullif(current_setting('kring.user_id', true), '')::uuid]) AS place
    GROUP BY place.channel
$$;

-- Over which ways these people are to be told, and from when: what follows from their own choices
-- (which no school reads), from addresses that bounced, from mourning and from working hours. Only
-- for a job at work for the school; it gives no choice away, only what follows. The one place that
-- decides this, for all channels: what is urgent asks nobody, and tries what did not work, too.
CREATE OR REPLACE FUNCTION kring_ways(people uuid[], of_kind text, urgent boolean, at_school uuid)
RETURNS TABLE (person_id uuid, channel text, subscription_id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH reached AS (
        SELECT person.id,
            urgent OR of_kind IN ('own', 'conversations', 'absence', 'silence')
                OR coalesce(wishes.rhythm, 'at_once') = 'at_once' AND of_kind <> 'digest'
                OR of_kind = 'digest' AS wanted,
            CASE WHEN urgent THEN now() ELSE greatest(
                kring_after_quiet(wishes.quiet_from, wishes.quiet_until),
                CASE WHEN of_kind IN ('comments', 'conversations', 'own', 'silence')
                    THEN kring_next_working(person.id, at_school) ELSE now() END
            ) END AS due_at
        FROM accounts_user person
        LEFT JOIN notifications_wishes wishes ON wishes.person_id = person.id
        WHERE person.id = ANY (people) AND person.is_active AND person.joined_at IS NOT NULL
        AND at_school = ANY (coalesce(
            nullif(current_setting('kring.works_for', true), ''), '{}')::uuid[])
        AND NOT person.id IN (SELECT kring_in_mourning(people))
    )
    SELECT reached.id, place.channel, place.subscription_id, reached.due_at
    FROM reached JOIN kring_addresses(people) AS place ON place.person_id = reached.id
    LEFT JOIN notifications_preference said ON said.person_id = reached.id
        AND said.kind = of_kind AND said.channel = place.channel
    WHERE reached.wanted AND of_kind <> ALL (place.unfit)
    AND (urgent OR place.works AND coalesce(said.wanted, place.usual))
$$;

-- The endpoints of these devices, for the worker: they are secrets that no page shows. Not of
-- whose session ended a moment ago.
CREATE OR REPLACE FUNCTION kring_devices(wanted uuid[])
RETURNS TABLE (id uuid, endpoint text, p256dh text, auth text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT device.id, device.endpoint, device.p256dh, device.auth
    FROM notifications_pushsubscription device
    JOIN usersessions_usersession browser ON browser.id = device.session_id
    JOIN django_session session ON session.session_key = browser.session_key
        AND session.expire_date > now()
    WHERE device.id = ANY (wanted)
$$;

-- The push service knows a device no more (404, 410): nor do we. Who took a push, is known to.
CREATE OR REPLACE FUNCTION kring_settle_devices(gone uuid[], used uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM notifications_pushsubscription WHERE id = ANY (gone);
    UPDATE notifications_pushsubscription SET used_at = now() WHERE id = ANY (used);
$$;

-- Chunks with something due and no job: of a job that was lost, or that gave up. Ids only.
DROP FUNCTION IF EXISTS kring_left_deliveries();
CREATE FUNCTION kring_left_deliveries()
RETURNS TABLE (school_id uuid, chunk uuid, channel text, is_urgent boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT due.school_id, due.chunk, due.channel, due.is_urgent
    FROM notifications_delivery due
    WHERE due.state IN ('queued', 'sending') AND due.due_at < now() - interval '15 seconds'
    AND NOT EXISTS (
        SELECT FROM procrastinate_jobs job
        WHERE job.lock = 'deliver ' || due.chunk AND job.status IN ('todo', 'doing')
    )
$$;

REVOKE ALL ON FUNCTION kring_ways, kring_own_ways, kring_devices, kring_settle_devices,
    kring_left_deliveries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_ways, kring_own_ways TO kring_app;
GRANT EXECUTE ON FUNCTION kring_devices, kring_settle_devices, kring_left_deliveries
    TO kring_worker;
