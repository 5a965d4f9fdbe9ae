-- How many messages these groups get on each day between two moments, at school time. Counted are
-- also those that are planned, which nobody but their writer sees; urgent ones never count. For
-- who works for the school of the groups; a number says nothing of a message.
CREATE OR REPLACE FUNCTION kring_posts_a_day(
    groups uuid[], since timestamptz, until timestamptz, besides uuid
) RETURNS TABLE (unit uuid, day date, posts integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.unit, (post.published_at AT TIME ZONE 'Europe/Amsterdam')::date, count(*)::integer
    FROM feed_post post CROSS JOIN LATERAL unnest(post.group_ids) AS one(unit)
    WHERE post.school_id = ANY (
            coalesce(nullif(current_setting('kring.staff_of', TRUE), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.works_for', TRUE), ''), '{}')::uuid[]
        )
        AND post.published_at >= since AND post.published_at < until
        AND post.withdrawn_at IS NULL AND NOT post.is_urgent
        AND post.group_ids && groups AND one.unit = ANY (groups)
        AND post.card_id IS DISTINCT FROM besides
    GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION kring_posts_a_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_posts_a_day TO kring_app;

-- Files of a school that a draft holds, whichever school the draft lies with: the sweep of the night
-- leaves those. Only for a job that works for the school.
CREATE OR REPLACE FUNCTION kring_drafted(school uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT asset.id
    FROM feed_draft draft CROSS JOIN LATERAL unnest(draft.asset_ids) AS held(id)
    JOIN media_asset asset ON asset.id = held.id
        AND asset.uploaded_by_id = draft.author_id  -- nobody holds what is another's
    WHERE asset.school_id = school AND school = ANY (
        coalesce(nullif(current_setting('kring.works_for', TRUE), ''), '{}')::uuid[]
    )
$$;
REVOKE ALL ON FUNCTION kring_drafted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_drafted TO kring_app;
