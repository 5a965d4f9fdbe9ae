-- Which of these people have a second factor: for who leads or administers a school where they work
-- today, and of nobody else. The office sees that there is one, and nothing of it.
CREATE OR REPLACE FUNCTION kring_has_second_factor(people uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH today AS (SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date AS day),
    work AS (
        SELECT user_id, school_id, starts_on, ends_on FROM schools_employment
        WHERE user_id = ANY (people)
        UNION ALL
        SELECT user_id, school_id, starts_on, ends_on FROM schools_teachingassignment
        WHERE user_id = ANY (people)
    )
    SELECT DISTINCT work.user_id FROM work, today
    WHERE work.school_id = ANY (
            coalesce(nullif(current_setting('kring.leads', true), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.administers', true), ''), '{}')::uuid[])
        AND work.starts_on <= today.day
        AND (work.ends_on IS NULL OR work.ends_on >= today.day)
        AND EXISTS (SELECT FROM mfa_authenticator factor
            WHERE factor.user_id = work.user_id AND factor.type IN ('webauthn', 'totp'))
$$;
REVOKE ALL ON FUNCTION kring_has_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_has_second_factor TO kring_app;
