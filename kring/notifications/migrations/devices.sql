-- A device that takes push messages goes with the session in which it was asked for: signing out
-- here, elsewhere or everywhere, locking a tablet and every other end of a session take it away.
ALTER TABLE notifications_pushsubscription
    ADD CONSTRAINT notifications_pushsubscription_of_session FOREIGN KEY (session_id)
    REFERENCES usersessions_usersession (id) ON DELETE CASCADE;

-- The pair of keys with which Kring proves itself to push services (RFC 8292): made at the first
-- start, one for all machines on this database. Nobody reads the table itself.
CREATE TABLE notifications_pushkeys (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    public text NOT NULL,
    private text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE notifications_pushkeys ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON notifications_pushkeys FROM PUBLIC;

-- What a browser needs to let nobody but this Kring push. Everybody may know it.
CREATE FUNCTION kring_push_key() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT public FROM notifications_pushkeys
$$;

-- What the worker proves itself with. The pages never see it.
CREATE FUNCTION kring_push_secret() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT private FROM notifications_pushkeys
$$;

-- The device of who looks, in the session that she has there. A browser has one endpoint: whose
-- it was before, whom she may not see, has it no more, and what waits for that person does not go
-- to her, for the device gets another id. She keeps ten at most, those that were used last.
CREATE FUNCTION kring_keep_device(
    new_id uuid, of_session integer, to_endpoint text, key text, secret text, words text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who uuid := nullif(current_setting('kring.user_id', true), '')::uuid;
    kept uuid;
BEGIN
    IF NOT EXISTS (
        SELECT FROM usersessions_usersession WHERE id = of_session AND user_id = who
    ) THEN
        RETURN NULL;
    END IF;
    -- One after the other, so that of two at once neither goes past the ten.
    PERFORM FROM accounts_user WHERE id = who FOR NO KEY UPDATE;
    INSERT INTO notifications_pushsubscription AS known
        (id, person_id, created_at, session_id, endpoint, p256dh, auth, device)
    VALUES (new_id, who, now(), of_session, to_endpoint, key, secret, words)
    ON CONFLICT (endpoint) DO UPDATE SET
        id = CASE WHEN known.person_id = who THEN known.id ELSE excluded.id END,
        created_at = CASE WHEN known.person_id = who THEN known.created_at ELSE now() END,
        used_at = CASE WHEN known.person_id = who THEN known.used_at END,
        person_id = who, session_id = of_session, p256dh = key, auth = secret, device = words
    RETURNING id INTO kept;
    DELETE FROM notifications_pushsubscription device WHERE device.person_id = who
        AND device.id <> kept AND (device.session_id = of_session OR device.id IN (
            SELECT other.id FROM notifications_pushsubscription other
            WHERE other.person_id = who AND other.id <> kept
            ORDER BY coalesce(other.used_at, other.created_at) DESC, other.id DESC OFFSET 9
        ));
    RETURN kept;
END
$$;

REVOKE ALL ON FUNCTION kring_push_key, kring_push_secret, kring_keep_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_push_key TO kring_app, kring_web, kring_worker;
GRANT EXECUTE ON FUNCTION kring_push_secret TO kring_worker;
GRANT EXECUTE ON FUNCTION kring_keep_device TO kring_app;
