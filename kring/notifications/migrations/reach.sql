-- Of which school a mail was that came back; for the worker, which then works for that school only.
CREATE OR REPLACE FUNCTION kring_school_of_delivery(delivery uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT school_id FROM notifications_delivery WHERE id = delivery
$$;

-- Whether a person was answered after a moment, by whatever school. For a job at work;
-- to all others it says that nobody is to be answered.
CREATE OR REPLACE FUNCTION kring_answered_since(who uuid, since timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(nullif(current_setting('kring.works_for', true), ''), '{}') = '{}' OR EXISTS (
        SELECT FROM notifications_reply WHERE person_id = who AND answered_at > since
    )
$$;

-- The people of a school and whether they can be reached: for who leads or administers it today.
-- It says that there is an address, a device or a mail that came back, and nothing of them.
CREATE OR REPLACE FUNCTION kring_reach_of(at_school uuid, wanted uuid[] DEFAULT NULL)
RETURNS TABLE (person_id uuid, has_address boolean, has_push boolean,
    bounced_at timestamptz, bounce_code text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH people AS (
        SELECT guardian_id AS id FROM schools_guardianship
        WHERE school_id = at_school AND (ends_at IS NULL OR ends_at > now())
            AND access <> 'withheld'
        UNION
        SELECT user_id FROM schools_employment, (
            SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date AS day) AS today
        WHERE school_id = at_school AND starts_on <= today.day
            AND (ends_on IS NULL OR ends_on >= today.day)
    )
    SELECT person.id, person.email IS NOT NULL,
        EXISTS (SELECT FROM notifications_pushsubscription device
            WHERE device.person_id = person.id),
        bounce.created_at, bounce.code
    FROM people JOIN accounts_user person ON person.id = people.id
    LEFT JOIN LATERAL (
        SELECT created_at, code FROM notifications_bounce bounce
        WHERE bounce.person_id = person.id AND bounce.is_hard AND bounce.cleared_at IS NULL
        AND bounce.address = encode(sha256(convert_to(lower(person.email), 'UTF8')), 'hex')
        ORDER BY created_at DESC LIMIT 1
    ) AS bounce ON true
    WHERE (wanted IS NULL OR person.id = ANY (wanted)) AND at_school = ANY (
        coalesce(nullif(current_setting('kring.leads', true), ''), '{}')::uuid[]
        || coalesce(nullif(current_setting('kring.administers', true), ''), '{}')::uuid[])
$$;

-- Mail this person again: by the person, or by the office of a school that the person is of.
CREATE OR REPLACE FUNCTION kring_try_again(who uuid, at_school uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH cleared AS (
        UPDATE notifications_bounce SET cleared_at = now()
        WHERE person_id = who AND cleared_at IS NULL AND (
            who = nullif(current_setting('kring.user_id', true), '')::uuid
            OR who IN (SELECT person_id FROM kring_reach_of(at_school, ARRAY[who]))
        ) RETURNING 1
    ) SELECT count(*) FROM cleared
$$;

-- How many deliveries were given up and wait for the operator: a number, for a monitor.
CREATE OR REPLACE FUNCTION kring_parked_count() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM notifications_delivery WHERE state = 'dead'
$$;

REVOKE ALL ON FUNCTION kring_school_of_delivery, kring_answered_since, kring_reach_of,
    kring_try_again, kring_parked_count FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_school_of_delivery TO kring_worker;
GRANT EXECUTE ON FUNCTION kring_answered_since, kring_reach_of, kring_try_again TO kring_app;
GRANT EXECUTE ON FUNCTION kring_parked_count TO kring_web, kring_worker;
