-- What a quota asks: how much a school keeps. Nobody sees the rows of others for it.
CREATE OR REPLACE FUNCTION kring_media_bytes(school uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(bytes), 0)::bigint FROM media_asset WHERE school_id = school
$$;
REVOKE ALL ON FUNCTION kring_media_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_media_bytes TO kring_web, kring_app;
