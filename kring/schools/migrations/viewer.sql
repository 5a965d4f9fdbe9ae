CREATE OR REPLACE FUNCTION kring_viewer(person uuid) RETURNS TABLE (
    school_ids uuid[], child_ids uuid[], authority_ids uuid[], informed_ids uuid[],
    pick_up_ids uuid[], coming_ids uuid[], followed_ids uuid[], pictured_ids uuid[],
    household_ids uuid[], pupil_ids uuid[], taught_group_ids uuid[], staff_of uuid[],
    board_ids uuid[], leads uuid[], administers uuid[], coaches uuid[], cares_for uuid[],
    window_units uuid[], window_from timestamptz[], window_until timestamptz[],
    window_photos boolean[], window_takes_part boolean[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    today date := (now() AT TIME ZONE 'Europe/Amsterdam')::date;
BEGIN
RETURN QUERY
WITH tie AS MATERIALIZED (
    SELECT g.school_id, g.student_id, g.household_id, g.access, g.has_authority,
        g.access = 'in_care' OR (g.access = 'informed' AND coalesce(p.informed_sees_posts, true)) AS posts,
        g.access = 'in_care' OR (g.access = 'informed' AND coalesce(p.informed_sees_photos, true)) AS photos
    FROM schools_guardianship g
    LEFT JOIN LATERAL (
        SELECT informed_sees_posts, informed_sees_photos FROM schools_policy
        WHERE school_id = g.school_id ORDER BY version DESC LIMIT 1
    ) p ON true
    WHERE g.guardian_id = person AND g.access <> 'withheld'
        AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
), place AS MATERIALIZED (
    SELECT t.*, e.group_id, e.starts_on, e.ends_on, e.starts_on <= today AS started,
        e.starts_on <= today AND (e.ends_on IS NULL OR e.ends_on >= today) AS here
    FROM tie t JOIN schools_enrollment e USING (school_id, student_id)
), work AS MATERIALIZED (
    SELECT school_id, role FROM schools_employment
    WHERE user_id = person AND starts_on <= today AND (ends_on IS NULL OR ends_on >= today)
), lesson AS MATERIALIZED (
    SELECT school_id, group_id FROM schools_teachingassignment
    WHERE user_id = person AND starts_on <= today AND (ends_on IS NULL OR ends_on >= today)
        -- Who left the school teaches there no more, whatever the roster says; a substitute is not employed.
        AND (kind = 'substitute' OR school_id IN (SELECT school_id FROM work))
), staff AS MATERIALIZED (
    SELECT school_id FROM work UNION SELECT school_id FROM lesson
), seen AS (
    SELECT array_agg(unit_id) AS units, array_agg(from_at) AS froms, array_agg(until_at) AS untils,
        array_agg(photos) AS photos, array_agg(takes_part) AS parts
    FROM (
        SELECT unit_id, lower(stay)::timestamp AT TIME ZONE 'Europe/Amsterdam' AS from_at,
            coalesce(upper(stay)::timestamp AT TIME ZONE 'Europe/Amsterdam', '9999-12-31Z') AS until_at,
            photos, takes_part
        FROM (  -- years that follow each other are one stay: rules look at each for every row
            SELECT unit_id, photos, access = 'in_care' AS takes_part,
                range_agg(daterange(starts_on, ends_on, '[]')) AS stays
            FROM place CROSS JOIN LATERAL (VALUES (group_id), (school_id), (student_id)) AS unit(unit_id)
            WHERE started AND posts GROUP BY unit_id, photos, access = 'in_care'
        ) AS unit CROSS JOIN LATERAL unnest(stays) AS stay
    ) AS one
)
SELECT
    ARRAY(SELECT school_id FROM place UNION SELECT school_id FROM staff),
    ARRAY(SELECT DISTINCT student_id FROM place WHERE here AND access = 'in_care'),
    ARRAY(SELECT DISTINCT student_id FROM place WHERE here AND access = 'in_care' AND has_authority = 'yes'),
    ARRAY(SELECT DISTINCT student_id FROM place WHERE here AND access = 'informed'),
    ARRAY(SELECT DISTINCT student_id FROM tie WHERE access = 'pick_up'),
    ARRAY(SELECT student_id FROM place WHERE access = 'in_care' GROUP BY student_id HAVING NOT bool_or(started)),
    ARRAY(SELECT DISTINCT student_id FROM place WHERE started AND posts),
    ARRAY(SELECT DISTINCT student_id FROM place WHERE started AND photos),
    ARRAY(SELECT DISTINCT household_id FROM tie WHERE household_id IS NOT NULL),
    ARRAY(SELECT DISTINCT e.student_id FROM schools_enrollment e JOIN lesson USING (school_id, group_id)
        WHERE e.starts_on <= today AND (e.ends_on IS NULL OR e.ends_on >= today)),
    ARRAY(SELECT DISTINCT group_id FROM lesson),
    ARRAY(SELECT school_id FROM staff),
    ARRAY(SELECT DISTINCT s.board_id FROM schools_school s JOIN staff ON staff.school_id = s.id),
    ARRAY(SELECT school_id FROM work WHERE role = 'principal'),
    ARRAY(SELECT school_id FROM work WHERE role = 'administrator'),
    ARRAY(SELECT school_id FROM work WHERE role = 'counselor'),
    ARRAY(SELECT work.school_id FROM work JOIN schools_school s ON s.id = work.school_id
        WHERE role = 'aftercare' AND s.kind = 'aftercare'),
    coalesce(units, '{}'), coalesce(froms, '{}'), coalesce(untils, '{}'),
    coalesce(seen.photos, '{}'), coalesce(parts, '{}')
FROM seen;
END $$;
REVOKE ALL ON FUNCTION kring_viewer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_viewer TO kring_web, kring_worker;

-- The worker's nightly rounds need to know which schools there are, and nothing more of them.
CREATE OR REPLACE FUNCTION kring_school_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM schools_school ORDER BY id
$$;
REVOKE ALL ON FUNCTION kring_school_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_school_ids TO kring_worker;
