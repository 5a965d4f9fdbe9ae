-- Schools beside that of school.sql, for workloads of many people: in each the families of 'homes'
-- children with two guardians, ten groups, and what was written there in the last six days.
-- crowd.schools and crowd.homes say how many.
SET session_replication_role = replica;
SET timezone = 'Europe/Amsterdam';

CREATE OR REPLACE FUNCTION pg_temp.id(name text) RETURNS uuid IMMUTABLE LANGUAGE sql RETURN md5(name)::uuid;

CREATE TEMPORARY TABLE place AS
SELECT number, 'crowd ' || number AS key
FROM generate_series(1, current_setting('crowd.schools')::integer) AS number;

INSERT INTO schools_school (id, board_id, name, kind, brin, created_at)
SELECT pg_temp.id(key), pg_temp.id('board'), 'De Menigte ' || number, 'school', '', now() FROM place;

INSERT INTO schools_policy
    (id, school_id, version, informed_sees_posts, informed_sees_photos, created_at)
SELECT gen_random_uuid(), pg_temp.id(key), 1, true, true, now() FROM place;

INSERT INTO schools_schoolyear (id, school_id, name, starts_on, ends_on, created_at)
SELECT pg_temp.id(key || ' year'), pg_temp.id(key), 'dit jaar', current_date - 90, current_date + 200, now()
FROM place;

INSERT INTO schools_group (id, school_id, year_id, name, grades, color, source_id, created_at)
SELECT pg_temp.id(key || ' group ' || one), pg_temp.id(key), pg_temp.id(key || ' year'),
    'groep ' || one, '{}'::smallint[], one, '', now()
FROM place, generate_series(1, 10) AS one;

CREATE TEMPORARY TABLE home AS
SELECT key, key || ' home ' || one AS home, one
FROM place, generate_series(1, current_setting('crowd.homes')::integer) AS one;

INSERT INTO schools_student (id, school_id, first_name, infix, last_name, sort_key, source_id, created_at)
SELECT pg_temp.id(home || ' child'), pg_temp.id(key), 'Kind' || one, '', 'Van ' || one, 'van ' || one, '', now()
FROM home;

INSERT INTO schools_enrollment (id, school_id, student_id, group_id, starts_on, created_at)
SELECT gen_random_uuid(), pg_temp.id(key), pg_temp.id(home || ' child'),
    pg_temp.id(key || ' group ' || 1 + one % 10), current_date - 90, now()
FROM home;

INSERT INTO schools_household (id, school_id, street, postcode, city, created_at)
SELECT pg_temp.id(home), pg_temp.id(key), 'Rietveld ' || one, '', 'Waterdam', now() FROM home;

INSERT INTO accounts_user (id, email, first_name, infix, last_name, sort_key, language, is_active,
    joined_at, created_at, password)
SELECT pg_temp.id(home || adult), md5(home || adult) || '@menigte.example', 'Ouder', '',
    'Van ' || one, 'van ' || one, 'nl', true, now(), now(), '!'
FROM home, unnest('{a,b}'::text[]) AS adult
UNION ALL
SELECT pg_temp.id(key || ' principal'), md5(key) || '@menigte.example', 'Willem', '', 'Bosch',
    'bosch', 'nl', true, now(), now(), '!'
FROM place;

INSERT INTO schools_guardianship (id, school_id, guardian_id, student_id, household_id, relation,
    has_authority, access, has_secret_address, telephone, starts_at, created_at)
SELECT gen_random_uuid(), pg_temp.id(key), pg_temp.id(home || adult), pg_temp.id(home || ' child'),
    pg_temp.id(home), 'other', 'yes', 'in_care', false, '', current_date - 90, now()
FROM home, unnest('{a,b}'::text[]) AS adult;

INSERT INTO schools_employment (id, school_id, user_id, role, called, starts_on, created_at)
SELECT gen_random_uuid(), pg_temp.id(key), pg_temp.id(key || ' principal'), 'principal', '',
    current_date - 90, now()
FROM place;

-- Each group four messages with two photos, the school two: six for each person.
INSERT INTO feed_post (id, school_id, created_at, author_id, whole_school, staff_only, group_ids,
    student_ids, published_at, card_id, text, byline, byline_role, allows_comments, key, like_count,
    comment_count)
SELECT gen_random_uuid(), pg_temp.id(key), at, pg_temp.id(key || ' principal'), groups = '{}',
    false, groups, '{}', at, gen_random_uuid(), 'Vandaag oefenden we de tafel van 8.', 'Juf Sanne',
    'teacher', true, gen_random_uuid(), 0, 0
FROM place, LATERAL (
    SELECT ARRAY[pg_temp.id(key || ' group ' || one)], now() - interval '1 day' * back - interval '1 minute' * one
    FROM generate_series(1, 10) AS one, generate_series(1, 4) AS back
    UNION ALL
    SELECT '{}'::uuid[], now() - interval '1 day' * back FROM generate_series(1, 2) AS back
) AS written(groups, at);

INSERT INTO media_asset (id, school_id, created_at, uploaded_by_id, name, width, height,
    placeholder, colour, bytes)
SELECT gen_random_uuid(), post.school_id, published_at, author_id, post.id::text, 1600, 1200, 'AB', '#aabbcc', 180000
FROM feed_post post JOIN place ON post.school_id = pg_temp.id(place.key), generate_series(0, 1)
WHERE NOT whole_school;

INSERT INTO feed_postphoto
    (id, school_id, created_at, post_id, asset_id, position, width, height, placeholder, colour)
SELECT gen_random_uuid(), asset.school_id, asset.created_at, asset.name::uuid, asset.id,
    row_number() OVER (PARTITION BY asset.name) - 1, asset.width, asset.height, 'AB', '#aabbcc'
FROM media_asset asset JOIN place ON asset.school_id = pg_temp.id(place.key);

RESET session_replication_role;
ANALYZE;
