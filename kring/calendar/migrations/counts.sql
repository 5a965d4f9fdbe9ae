-- How many notices of the agenda these groups get on each day between two moments, at school time:
-- one for each time that families were told of an entry, or will be. What is gone does not count.
-- For who works for the school of the groups; a number says nothing of an entry.
CREATE OR REPLACE FUNCTION kring_notices_a_day(
    groups uuid[], since timestamptz, until timestamptz, besides uuid
) RETURNS TABLE (unit uuid, day date, notices integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.unit, (event.due_at AT TIME ZONE 'Europe/Amsterdam')::date, count(*)::integer
    FROM events_event event
    JOIN calendar_calendarentry entry
        ON entry.id = event.subject_id AND entry.school_id = event.school_id
    CROSS JOIN LATERAL unnest(entry.group_ids) AS one(unit)
    WHERE event.school_id = ANY (
            coalesce(nullif(current_setting('kring.staff_of', TRUE), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.works_for', TRUE), ''), '{}')::uuid[]
        )
        AND event.due_at >= since AND event.due_at < until
        AND event.verb IN ('calendar.announced', 'calendar.moved')
        AND (entry.withdrawn_at IS NULL OR entry.is_called_off)
        AND entry.group_ids && groups AND one.unit = ANY (groups)
        AND (besides IS NULL OR entry.card_id IS DISTINCT FROM besides)
    GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION kring_notices_a_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_notices_a_day TO kring_app;
