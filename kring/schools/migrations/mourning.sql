-- Those of these people who mourn, by what any school said; it tells no school why. A job at work may
-- ask it of anybody; a person only of families of a school that one leads, keeps or cares in, and of
-- the children that one teaches: so that nobody calls, invites or prints who is to be left alone.
--
-- A tie that ended since the mourning began counts on: when the office writes the child out, or
-- takes somebody from its list, nothing starts to go again. Who only fetches the child and is the
-- parent of others (a neighbour) hears of those as ever; a grandmother who only fetches does not.
CREATE OR REPLACE FUNCTION kring_in_mourning(people uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT tie.guardian_id FROM schools_mourning mourning
    JOIN schools_guardianship tie ON tie.guardian_id = ANY (people)
        AND (tie.student_id = mourning.student_id OR tie.household_id = mourning.household_id)
        AND (tie.ends_at IS NULL OR tie.ends_at > mourning.created_at)
    WHERE mourning.ended_at IS NULL
    AND (tie.access <> 'pick_up' OR NOT EXISTS (
        SELECT FROM schools_guardianship other
        WHERE other.guardian_id = tie.guardian_id AND other.access IN ('in_care', 'informed')
        AND (other.ends_at IS NULL OR other.ends_at > now())
    ))
    AND (nullif(current_setting('kring.works_for', true), '{}') <> '' OR EXISTS (
        SELECT FROM schools_guardianship asked WHERE asked.guardian_id = tie.guardian_id
        AND (asked.school_id = ANY (
                coalesce(nullif(current_setting('kring.leads', true), ''), '{}')::uuid[]
                || coalesce(nullif(current_setting('kring.administers', true), ''), '{}')::uuid[]
                || coalesce(nullif(current_setting('kring.coaches', true), ''), '{}')::uuid[]
                || coalesce(nullif(current_setting('kring.cares_for', true), ''), '{}')::uuid[])
            OR asked.student_id = ANY (
                coalesce(nullif(current_setting('kring.pupil_ids', true), ''), '{}')::uuid[]))
    ))
$$;
REVOKE ALL ON FUNCTION kring_in_mourning FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_in_mourning TO kring_app, kring_worker;
