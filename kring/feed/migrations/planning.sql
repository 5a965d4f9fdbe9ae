-- How many messages these groups get on each day between two moments, at school time. Counted are
-- also those that are planned, which nobody but their writer sees; urgent ones never count. For
-- who works for the school of the groups; a number says nothing of a message.
CREATE OR REPLACE FUNCTION kring_posts_a_day(
    groups uuid[], since timestamptz, until timestamptz, besides uuid
) RETURNS TABLE (unit uuid, day date, posts integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one.unit, (own.moment AT TIME ZONE 'Europe/Amsterdam')::date, count(*)::integer
    FROM feed_post post
    CROSS JOIN LATERAL unnest(post.group_ids) AS one(unit)
    CROSS JOIN LATERAL (SELECT least(post.published_at, post.planned_at)) AS own(moment)
    WHERE post.school_id = ANY (
            coalesce(nullif(current_setting('kring.staff_of', TRUE), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.works_for', TRUE), ''), '{}')::uuid[]
        )
        AND post.published_at >= since  -- for the index: of what nobody let go yet, it is far away
        AND own.moment >= since AND own.moment < until
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

-- A planned post comes out at its moment, or now where the worker was late: the moment of a sibling
-- that went before it, so that a broadcast is one card. Nobody sees it until a job that works for
-- its school asked for this, having looked who its writer is by then. Nothing, where it is gone.
CREATE OR REPLACE FUNCTION kring_let_go(post uuid) RETURNS SETOF timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM feed_post one WHERE one.card_id = (
        SELECT asked.card_id FROM feed_post asked WHERE asked.id = $1
    ) ORDER BY one.id FOR UPDATE;
    RETURN QUERY UPDATE feed_post own SET published_at = coalesce(
        (SELECT min(sibling.published_at) FROM feed_post sibling
            WHERE sibling.card_id = own.card_id AND sibling.published_at < '9000-01-01 00:00Z'),
        greatest(own.planned_at, now())
    )
    WHERE own.id = $1 AND own.planned_at IS NOT NULL AND own.withdrawn_at IS NULL
        AND own.published_at = '9000-01-01 00:00Z' AND own.school_id = ANY (
            coalesce(nullif(current_setting('kring.works_for', TRUE), ''), '{}')::uuid[]
        )
    RETURNING own.published_at;
END $$;
REVOKE ALL ON FUNCTION kring_let_go FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_let_go TO kring_app;
