-- The nightly sweep of stray files must know the portraits of everybody, and nothing more of them.
CREATE OR REPLACE FUNCTION kring_portrait_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT asset_id FROM media_portrait
$$;
REVOKE ALL ON FUNCTION kring_portrait_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kring_portrait_ids TO kring_worker;
