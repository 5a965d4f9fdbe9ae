-- What became of the mails and pushes about a card, of the families that this viewer may know all
-- of: by leading the school of a sibling, or by teaching every group and child it is addressed to.
-- What each chose, and on which device, it does not say.
CREATE OR REPLACE FUNCTION kring_deliveries_of(card uuid)
RETURNS TABLE (person_id uuid, channel text, state text, done_at timestamptz, bounced boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH viewer AS (
        SELECT coalesce(nullif(current_setting('kring.leads', true), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.administers', true), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.coaches', true), ''), '{}')::uuid[]
            || coalesce(nullif(current_setting('kring.cares_for', true), ''), '{}')::uuid[]
            AS oversees,
            coalesce(nullif(current_setting('kring.taught_group_ids', true), ''), '{}')::uuid[]
            AS groups,
            coalesce(nullif(current_setting('kring.pupil_ids', true), ''), '{}')::uuid[] AS pupils
    ), known AS (
        SELECT post.school_id, post.school_id = ANY (oversees) AS all_families
        FROM feed_post post, viewer
        WHERE post.card_id = card AND NOT post.staff_only AND post.withdrawn_at IS NULL
        AND post.published_at <= now()
        AND (post.school_id = ANY (oversees) OR NOT post.whole_school
            AND post.group_ids <@ groups AND post.student_ids <@ pupils)
    ), people AS (
        SELECT DISTINCT tie.guardian_id AS id
        FROM schools_guardianship tie JOIN known USING (school_id), viewer
        WHERE tie.access <> 'withheld' AND (all_families OR tie.student_id = ANY (pupils))
    )
    SELECT delivery.person_id, delivery.channel, delivery.state, delivery.done_at,
        EXISTS (SELECT FROM notifications_bounce bounce WHERE bounce.mail_id = delivery.id)
    FROM notifications_notification note
    JOIN people ON people.id = note.person_id
    JOIN notifications_delivery delivery ON delivery.notification_id = note.id
    WHERE note.about_id = card AND note.verb = 'post.published'
$$;
REVOKE ALL ON FUNCTION kring_deliveries_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_deliveries_of TO kring_app;
