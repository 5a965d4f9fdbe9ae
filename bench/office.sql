-- A large school beside the first: 2,000 families with 2,600 children in a hundred groups. Half of
-- the families came in, a fifth has an invitation. Ids follow from names, for bench/office.py.
SET session_replication_role = replica;  -- for the session that fills: no trigger, no key is asked
SET timezone = 'Europe/Amsterdam';

CREATE FUNCTION pg_temp.id(name text) RETURNS uuid IMMUTABLE LANGUAGE sql RETURN md5(name)::uuid;

INSERT INTO schools_school (id, board_id, name, kind, brin, created_at)
SELECT pg_temp.id('large school'), board_id, 'De Grote Wilg', 'school', '99WH01', now()
FROM schools_school WHERE id = pg_temp.id('school');

INSERT INTO schools_schoolyear (id, school_id, name, starts_on, ends_on, created_at)
SELECT pg_temp.id('large year'), pg_temp.id('large school'), 'nu', current_date - 100,
    current_date + 200, now();

INSERT INTO schools_group (id, school_id, year_id, name, grades, color, source_id, created_at)
SELECT pg_temp.id('large group ' || one), pg_temp.id('large school'), pg_temp.id('large year'),
    'groep ' || one, '{}'::smallint[], 1 + one % 11, '', now()
FROM generate_series(1, 100) AS one;

CREATE TEMPORARY TABLE child AS  -- every third family has two
SELECT number, 1 + (number - 1) % 2000 AS home FROM generate_series(1, 2600) AS number;

INSERT INTO schools_student
    (id, school_id, first_name, infix, last_name, sort_key, source_id, born_on, created_at)
SELECT pg_temp.id('large student ' || number), pg_temp.id('large school'), 'Kind' || number, '',
    'Boom ' || home, 'boom ' || home, '', current_date - 2000 - number, now()
FROM child;

INSERT INTO schools_enrollment (id, school_id, student_id, group_id, starts_on, created_at)
SELECT gen_random_uuid(), pg_temp.id('large school'), pg_temp.id('large student ' || number),
    pg_temp.id('large group ' || 1 + number % 100), current_date - 100, now()
FROM child;

INSERT INTO schools_household (id, school_id, street, postcode, city, created_at)
SELECT pg_temp.id('large home ' || one), pg_temp.id('large school'), 'Berkenlaan ' || one,
    '1234 AB', 'Waterdam', now()
FROM generate_series(1, 2000) AS one;

INSERT INTO accounts_user (id, email, first_name, infix, last_name, sort_key, language, is_active,
    joined_at, created_at, password)
SELECT pg_temp.id('large guardian ' || one),
    CASE WHEN one <= 2000 THEN 'large.' || one || '@kring.example' END, 'Ouder' || one, 'van',
    'Boom ' || one, 'boom ' || one, 'nl', true, CASE WHEN one <= 2000 THEN now() END, now(), '!'
FROM generate_series(1, 4000) AS one
UNION ALL SELECT pg_temp.id('large administrator'), 'large@kring.example', 'Corrie', '', 'Boom',
    'boom', 'nl', true, now(), now(), '!';

INSERT INTO schools_guardianship (id, school_id, guardian_id, student_id, household_id, relation,
    has_authority, access, has_secret_address, telephone, email, starts_at, created_at)
SELECT gen_random_uuid(), pg_temp.id('large school'),
    pg_temp.id('large guardian ' || 2 * home - adult), pg_temp.id('large student ' || number),
    pg_temp.id('large home ' || home), 'other', CASE WHEN home % 9 = 0 THEN 'unknown' ELSE 'yes' END,
    'in_care', home % 50 = 0, '+3161234' || lpad(home::text, 4, '0'),
    'large.' || 2 * home - adult || '@kring.example', now() - interval '100 days', now()
FROM child, generate_series(0, 1) AS adult;

INSERT INTO joining_invitation (id, school_id, person_id, kind, email, serial, expires_at, created_at)
SELECT gen_random_uuid(), pg_temp.id('large school'), pg_temp.id('large guardian ' || one),
    'guardian', 'large.' || one || '@kring.example', 1, now() + interval '10 days', now()
FROM generate_series(2001, 2800) AS one;

INSERT INTO schools_employment (id, school_id, user_id, role, called, starts_on, created_at)
SELECT gen_random_uuid(), pg_temp.id('large school'), pg_temp.id('large administrator'),
    'administrator', '', current_date - 100, now();

RESET session_replication_role;
