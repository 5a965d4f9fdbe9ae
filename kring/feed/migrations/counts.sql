-- Counts of a post, kept beside it: who likes may not change the post, so the owner's trigger does.
-- A broadcast is counted once: all its siblings say how many people like it. They are locked first,
-- in one order, so that the count that follows knows of every like before it.
CREATE FUNCTION kring_count_likes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    card uuid;
BEGIN
    SELECT card_id INTO card FROM feed_post WHERE id = coalesce(NEW.post_id, OLD.post_id);
    PERFORM 1 FROM feed_post WHERE card_id = card ORDER BY id FOR UPDATE;
    UPDATE feed_post SET like_count = (
        SELECT count(DISTINCT user_id) FROM feed_like
        WHERE post_id = ANY (ARRAY(SELECT id FROM feed_post WHERE card_id = card))
    ) WHERE card_id = card;
    RETURN NULL;
END $$;
CREATE TRIGGER kring_count AFTER INSERT OR DELETE ON feed_like
    FOR EACH ROW EXECUTE FUNCTION kring_count_likes();

CREATE FUNCTION kring_count_comments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.hidden_at IS NULL THEN changed := changed - 1; END IF;
    IF TG_OP <> 'DELETE' AND NEW.hidden_at IS NULL THEN changed := changed + 1; END IF;
    IF changed <> 0 THEN
        UPDATE feed_post SET comment_count = greatest(comment_count + changed, 0)
        WHERE id = coalesce(NEW.post_id, OLD.post_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kring_count AFTER INSERT OR DELETE OR UPDATE OF hidden_at ON feed_comment
    FOR EACH ROW EXECUTE FUNCTION kring_count_comments();
