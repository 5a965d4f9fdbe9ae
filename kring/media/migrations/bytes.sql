-- What a quota asks: how much a school keeps, for who works there and for its jobs. Nobody sees
-- the rows of others for it.
CREATE OR REPLACE FUNCTION kring_media_bytes(school uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(bytes), 0)::bigint FROM media_asset WHERE school_id = school
        AND school = ANY (
            nullif(current_setting('kring.staff_of', TRUE), '')::uuid[]
            || nullif(current_setting('kring.works_for', TRUE), '')::uuid[]
        )
$$;
REVOKE ALL ON FUNCTION kring_media_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_media_bytes TO kring_web, kring_app;
