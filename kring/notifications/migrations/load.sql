-- What the families of a school got per week, group by group (no group: the whole school), for who
-- leads or keeps it: averages and the most that one family got. No family and no person comes out.
-- What a family got is what the adult of it got who got most: a message to both parents is one.
-- A family is a home of guardians in care; guardians without a home belong to their first child.
CREATE OR REPLACE FUNCTION kring_load(at_school uuid, first_day date)
RETURNS TABLE (group_id uuid, week date, families bigint, messages numeric, urgent numeric,
    newsletters numeric, outside numeric, most bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ties AS (
        SELECT tie.guardian_id, tie.student_id, coalesce(
            tie.household_id,
            first_value(tie.household_id) OVER (
                PARTITION BY tie.guardian_id ORDER BY tie.household_id NULLS LAST),
            first_value(tie.student_id) OVER (
                PARTITION BY tie.guardian_id ORDER BY tie.student_id)
        ) AS family
        FROM schools_guardianship tie
        WHERE tie.school_id = at_school AND tie.access = 'in_care' AND tie.starts_at <= now()
        AND (tie.ends_at IS NULL OR tie.ends_at > now())
        AND at_school = ANY (coalesce(
            nullif(current_setting('kring.leads', true), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.administers', true), ''), '{}')::uuid[])
    ), members AS MATERIALIZED (
        SELECT DISTINCT family, guardian_id FROM ties
    ), placed AS (
        SELECT ties.family, stay.group_id FROM ties
        JOIN schools_enrollment stay ON stay.student_id = ties.student_id
            AND stay.school_id = at_school AND stay.starts_on <= current_date
            AND (stay.ends_on IS NULL OR stay.ends_on >= current_date)
        UNION SELECT family, NULL FROM ties
    ), weeks AS MATERIALIZED (
        SELECT nr, first_day + 7 * (nr - 1) AS week FROM generate_series(1, 8) AS nr
    -- In which week a moment lies is looked up: it is asked of some 200,000.
    ), begins AS MATERIALIZED (
        SELECT array_agg((first_day + 7 * nr)::timestamp AT TIME ZONE 'Europe/Amsterdam' ORDER BY nr)
            AS at FROM generate_series(0, 8) AS nr
    ), heard AS (
        SELECT person_id, width_bucket(told.created_at, begins.at) AS nr,
            count(*) FILTER (WHERE kind <> 'digest' AND NOT is_urgent) AS messages,
            count(*) FILTER (WHERE kind <> 'digest' AND is_urgent) AS urgent,
            count(*) FILTER (WHERE kind = 'digest') AS newsletters
        FROM notifications_notification told, begins
        WHERE told.school_id = at_school AND told.kind IN ('school', 'group', 'planning', 'digest')
        AND told.created_at >= begins.at[1] AND told.created_at < begins.at[9]
        -- A newsletter is looked at each week and each day; without news there was none.
        AND (told.kind <> 'digest' OR EXISTS (
            SELECT FROM notifications_delivery went
            WHERE went.notification_id = told.id AND went.state = 'sent'
        ))
        GROUP BY 1, 2
    ), gone AS (
        SELECT person_id, width_bucket(went.created_at, begins.at) AS nr, count(*) AS outside
        FROM notifications_delivery went, begins
        WHERE went.school_id = at_school AND went.state = 'sent'
        AND went.created_at >= begins.at[1] AND went.created_at < begins.at[9]
        GROUP BY 1, 2
    ), told AS (
        SELECT members.family, nr, max(messages) AS messages, max(urgent) AS urgent,
            max(newsletters) AS newsletters, max(messages + urgent + newsletters) AS every
        FROM heard JOIN members ON members.guardian_id = heard.person_id GROUP BY 1, 2
    ), sent AS (
        SELECT members.family, nr, sum(outside) AS outside
        FROM gone JOIN members ON members.guardian_id = gone.person_id GROUP BY 1, 2
    )
    SELECT placed.group_id, weeks.week, count(*),
        avg(coalesce(told.messages, 0)), avg(coalesce(told.urgent, 0)),
        avg(coalesce(told.newsletters, 0)), avg(coalesce(sent.outside, 0)),
        max(coalesce(told.every, 0))
    FROM placed CROSS JOIN weeks
    LEFT JOIN told ON told.family = placed.family AND told.nr = weeks.nr
    LEFT JOIN sent ON sent.family = placed.family AND sent.nr = weeks.nr
    GROUP BY placed.group_id, weeks.week
$$;
REVOKE ALL ON FUNCTION kring_load FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_load TO kring_app;
