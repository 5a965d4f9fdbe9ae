-- Those of these people who mourn, by what any school said; it tells no school why. For jobs, and
-- for who leads or keeps a school.
CREATE OR REPLACE FUNCTION kring_in_mourning(people uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT tie.guardian_id FROM schools_mourning mourning
    JOIN schools_guardianship tie ON tie.guardian_id = ANY (people)
        AND (tie.student_id = mourning.student_id OR tie.household_id = mourning.household_id)
        AND (tie.ends_at IS NULL OR tie.ends_at > now())
    WHERE mourning.ended_at IS NULL
$$;
REVOKE ALL ON FUNCTION kring_in_mourning FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_in_mourning TO kring_app, kring_worker;
