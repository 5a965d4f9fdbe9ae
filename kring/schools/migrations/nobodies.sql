-- Name cards that nobody can sign in with and that no school knows any more.
CREATE OR REPLACE FUNCTION kring_forget_nobodies(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM accounts_user person
        WHERE email IS NULL AND username IS NULL AND joined_at IS NULL AND created_at < before
            AND NOT EXISTS (SELECT FROM schools_guardianship WHERE guardian_id = person.id)
            AND NOT EXISTS (SELECT FROM schools_employment WHERE user_id = person.id)
            AND NOT EXISTS (SELECT FROM schools_teachingassignment WHERE user_id = person.id)
        RETURNING 1
    ) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION kring_forget_nobodies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_forget_nobodies TO kring_worker;
