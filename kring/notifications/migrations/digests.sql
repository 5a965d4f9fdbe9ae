-- When each school wants its weekly newsletter, for the worker: two numbers, and nothing else of it.
CREATE OR REPLACE FUNCTION kring_newsletter_moments()
RETURNS TABLE (school_id uuid, weekday smallint, hour smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT school.id, coalesce(policy.weekly_weekday, 6)::smallint,
        coalesce(policy.weekly_hour, 8)::smallint
    FROM schools_school school
    LEFT JOIN LATERAL (
        SELECT weekly_weekday, weekly_hour FROM schools_policy
        WHERE school_id = school.id ORDER BY version DESC LIMIT 1
    ) policy ON true
    ORDER BY school.id
$$;

-- Who of a school chose this rhythm, for a job at work for that school: whom to put in the post.
CREATE OR REPLACE FUNCTION kring_with_rhythm(at_school uuid, asked text)
RETURNS TABLE (person_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT wishes.person_id FROM notifications_wishes wishes
    WHERE wishes.rhythm = asked
    AND at_school = ANY (coalesce(
        nullif(current_setting('kring.works_for', true), ''), '{}')::uuid[])
    AND (EXISTS (SELECT FROM schools_guardianship tie
            WHERE tie.guardian_id = wishes.person_id AND tie.school_id = at_school)
        OR EXISTS (SELECT FROM schools_employment tie
            WHERE tie.user_id = wishes.person_id AND tie.school_id = at_school)
        OR EXISTS (SELECT FROM schools_teachingassignment tie
            WHERE tie.user_id = wishes.person_id AND tie.school_id = at_school))
$$;

REVOKE ALL ON FUNCTION kring_newsletter_moments, kring_with_rhythm FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_newsletter_moments TO kring_worker;
GRANT EXECUTE ON FUNCTION kring_with_rhythm TO kring_app;
