-- What may be asked before anything is known of who asks: by one link or one code, and only while
-- it still lets somebody in. Nothing can be listed with it.
CREATE OR REPLACE FUNCTION kring_invitation(asked_id uuid, asked_serial integer)
RETURNS TABLE (id uuid, serial integer, school_id uuid, person_id uuid, email text, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.id, one.serial, one.school_id, one.person_id, one.email, one.kind
    FROM joining_invitation one
    WHERE one.id = asked_id AND one.serial = asked_serial
        AND one.accepted_at IS NULL AND one.revoked_at IS NULL AND one.expires_at > now()
$$;

CREATE OR REPLACE FUNCTION kring_link_code(asked_selector text)
RETURNS TABLE (id uuid, school_id uuid, student_id uuid, household_id uuid, guardianship_id uuid,
    asks_birth_date boolean, places_left integer, digest text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.id, one.school_id, one.student_id, one.household_id, one.guardianship_id,
        one.asks_birth_date, one.places - used.places, one.digest
    FROM joining_linkcode one,
        LATERAL (SELECT count(*)::integer AS places FROM joining_linkcodeuse
            WHERE code_id = one.id) used
    WHERE one.selector = asked_selector AND one.revoked_at IS NULL AND one.expires_at > now()
        AND one.wrong_dates < 10 AND used.places < one.places
$$;

-- Which of these beginnings stand on no letter yet, in any school: two codes never share one.
CREATE OR REPLACE FUNCTION kring_free_selectors(wanted text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT one FROM unnest(wanted) AS one
    WHERE NOT EXISTS (SELECT FROM joining_linkcode WHERE selector = one)
$$;

-- Invitations that no job will send: theirs gave up, on a server away for hours. For the worker.
CREATE OR REPLACE FUNCTION kring_left_invitations()
RETURNS TABLE (school_id uuid, id uuid, serial integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.school_id, one.id, one.serial FROM joining_invitation one
    WHERE one.sent_at IS NULL AND one.failed_at IS NULL AND one.accepted_at IS NULL
        AND one.revoked_at IS NULL AND one.expires_at BETWEEN now() AND now() + interval '335 hours'
        AND NOT EXISTS (
            SELECT FROM procrastinate_jobs job
            WHERE job.lock = 'invite ' || one.id AND job.status IN ('todo', 'doing')
        )
$$;

REVOKE ALL ON FUNCTION kring_left_invitations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_left_invitations TO kring_worker;
REVOKE ALL ON FUNCTION kring_invitation, kring_link_code, kring_free_selectors FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_invitation, kring_link_code TO kring_web;
GRANT EXECUTE ON FUNCTION kring_free_selectors TO kring_web, kring_app;
