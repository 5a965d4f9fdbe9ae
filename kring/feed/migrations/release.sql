-- A post that waits for its films comes out when none of its broadcast is waited for, all siblings
-- at one moment and never before the seconds of undo are over. When it comes out is nothing that a
-- writer may change, so the owner does it, and only this.
CREATE OR REPLACE FUNCTION kring_release_card(card uuid, undo interval)
RETURNS TABLE (id uuid, school_id uuid, published_at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE feed_post post SET waits = FALSE, published_at = greatest(
        now(), (SELECT max(sibling.created_at) FROM feed_post sibling WHERE sibling.card_id = card)
            + greatest(undo, interval '0')
    )
    WHERE post.card_id = card AND post.waits AND post.withdrawn_at IS NULL
        AND post.published_at > now()
        AND EXISTS (  -- only for a job that works for one of the organisations
            SELECT FROM feed_post sibling WHERE sibling.card_id = card AND sibling.school_id
                = ANY (nullif(current_setting('kring.works_for', TRUE), '')::uuid[])
        )
        AND NOT EXISTS (
            SELECT FROM feed_postphoto photo JOIN feed_post sibling ON sibling.id = photo.post_id
            WHERE sibling.card_id = card AND photo.state = 'waiting'
        )
    RETURNING post.id, post.school_id, post.published_at
$$;
REVOKE ALL ON FUNCTION kring_release_card FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_release_card TO kring_app;
