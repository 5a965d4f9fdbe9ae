-- A kindcentrum with two years behind it: 250 children in ten groups, 400 guardians in 200 homes,
-- an after-school care, and what all of them wrote and read. Ids follow from names, for bench/*.py.
SET session_replication_role = replica;  -- for the session that fills: no trigger, no key is asked
SET timezone = 'Europe/Amsterdam';

CREATE FUNCTION pg_temp.id(name text) RETURNS uuid IMMUTABLE LANGUAGE sql RETURN md5(name)::uuid;
CREATE FUNCTION pg_temp.day(days integer) RETURNS date STABLE LANGUAGE sql RETURN current_date + days;

-- ── the school ───────────────────────────────────────────────────────────────
INSERT INTO schools_schoolboard (id, name, created_at)
VALUES (pg_temp.id('board'), 'Stichting Onder de Wilgen', now());

INSERT INTO schools_school (id, board_id, name, kind, brin, created_at) VALUES
    (pg_temp.id('school'), pg_temp.id('board'), 'De Wilgenhoek', 'school', '99WH00', now()),
    (pg_temp.id('bso'), pg_temp.id('board'), 'BSO De Vijver', 'aftercare', '', now());

INSERT INTO schools_policy
    (id, school_id, version, informed_sees_posts, informed_sees_photos, created_at)
SELECT gen_random_uuid(), id, 1, true, true, now() FROM schools_school;

CREATE TEMPORARY TABLE year AS  -- this one and the two before: two years back touch three
SELECT number, make_date(begin - number, 8, 1) AS starts_on,
    make_date(begin - number + 1, 7, 31) AS ends_on
FROM generate_series(0, 2) AS number,
    (SELECT extract(year FROM current_date - interval '7 months')::integer) AS this(begin);

INSERT INTO schools_schoolyear (id, school_id, name, starts_on, ends_on, created_at)
SELECT pg_temp.id(kind || ' year ' || number), pg_temp.id(kind),
    to_char(starts_on, 'YYYY-') || to_char(ends_on, 'YYYY'), starts_on, ends_on, now()
FROM year, unnest('{school,bso}'::text[]) AS kind;

INSERT INTO schools_group
    (id, school_id, year_id, name, grades, color, source_id, created_at)
SELECT pg_temp.id('group ' || one || ' ' || number), pg_temp.id('school'),
    pg_temp.id('school year ' || number), 'groep ' || one, '{}'::smallint[], one, '', now()
FROM year, generate_series(1, 10) AS one
UNION ALL
SELECT pg_temp.id('frogs ' || number), pg_temp.id('bso'), pg_temp.id('bso year ' || number),
    'De Kikkers', '{}', 11, '', now()
FROM year;

-- ── the families: fifty with two children, a hundred and fifty with one ──────
CREATE TEMPORARY TABLE child AS
SELECT number, 1 + (number - 1) % 200 AS home, 'student ' || number AS key, 'school' AS kind,
    number + 3 * (number > 200)::integer AS place  -- so that siblings are in two groups
FROM generate_series(1, 250) AS number;

INSERT INTO child  -- sixty go to the after-school care, too
SELECT number, home, 'bso student ' || number, 'bso', place FROM child
WHERE number <= 30 OR number BETWEEN 201 AND 230;

INSERT INTO schools_student
    (id, school_id, first_name, infix, last_name, sort_key, source_id, created_at)
SELECT pg_temp.id(key), pg_temp.id(kind), 'Kind' || number, '', 'Van ' || home,
    'van ' || home, '', now()
FROM child;

INSERT INTO schools_enrollment (id, school_id, student_id, group_id, starts_on, ends_on, created_at)
SELECT gen_random_uuid(), pg_temp.id(kind), pg_temp.id(key),
    pg_temp.id(CASE kind WHEN 'bso' THEN 'frogs ' || year.number
        ELSE 'group ' || 1 + (place + year.number) % 10 || ' ' || year.number END),
    starts_on, CASE WHEN year.number > 0 THEN ends_on END, now()
FROM child, year;

INSERT INTO schools_household (id, school_id, street, postcode, city, created_at)
SELECT DISTINCT pg_temp.id(kind || ' home ' || home), pg_temp.id(kind), 'Rietveld ' || home, '',
    'Waterdam', now()
FROM child;

-- ── people ───────────────────────────────────────────────────────────────────
CREATE TEMPORARY TABLE person AS
SELECT 'guardian ' || number AS key, 'Ouder' AS first_name, 'Van ' || number AS last_name
FROM generate_series(1, 400) AS number
UNION ALL SELECT 'teacher ' || number, 'Juf', 'Sanne ' || number FROM generate_series(1, 10) AS number
UNION ALL SELECT 'carer ' || number, 'Omar', 'Haddad ' || number FROM generate_series(1, 3) AS number
UNION ALL SELECT role, 'Willem', 'Bosch' FROM unnest('{principal,administrator,counselor}'::text[]) AS role;

INSERT INTO accounts_user (id, email, first_name, infix, last_name, sort_key, language, is_active,
    joined_at, created_at, password)
SELECT pg_temp.id(key), replace(key, ' ', '.') || '@kring.example', first_name, '', last_name,
    lower(last_name), 'nl', true, now(), now(), '!' || md5(random()::text)
FROM person;

INSERT INTO schools_guardianship (id, school_id, guardian_id, student_id, household_id, relation,
    has_authority, access, has_secret_address, telephone, starts_at, created_at)
SELECT gen_random_uuid(), pg_temp.id(kind), pg_temp.id('guardian ' || 2 * home - adult),
    pg_temp.id(key), pg_temp.id(kind || ' home ' || home), 'other', 'yes', 'in_care', false, '',
    pg_temp.day(-1200), now()
FROM child, generate_series(0, 1) AS adult;

INSERT INTO schools_employment (id, school_id, user_id, role, called, starts_on, created_at)
SELECT gen_random_uuid(), pg_temp.id(CASE role WHEN 'aftercare' THEN 'bso' ELSE 'school' END),
    pg_temp.id(key), role, called, pg_temp.day(-1200), now()
FROM person, LATERAL (SELECT CASE split_part(key, ' ', 1)
        WHEN 'carer' THEN 'aftercare' ELSE split_part(key, ' ', 1) END) AS job(role),
    LATERAL (SELECT CASE WHEN role = 'teacher' THEN 'juf Sanne' ELSE '' END) AS word(called)
WHERE key NOT LIKE 'guardian%';

INSERT INTO schools_teachingassignment
    (id, school_id, user_id, group_id, kind, weekdays, starts_on, ends_on, created_at)
SELECT gen_random_uuid(), pg_temp.id('school'), pg_temp.id('teacher ' || one),
    pg_temp.id('group ' || one || ' ' || number), 'teacher', '{1,2,3,4,5}', starts_on,
    CASE WHEN number > 0 THEN ends_on END, now()
FROM year, generate_series(1, 10) AS one;

-- ── two years of posts: four a week in each group, two to the school, three of the BSO ──
CREATE TEMPORARY TABLE sentence AS SELECT text, number FROM unnest(ARRAY[
    'Vanmiddag zijn we het bos in geweest en zochten we blaadjes van vijf bomen.',
    'De tafels van 6 en 7 zitten erin, deze week oefenen we die van 8.',
    'Morgen is het pyjamadag, knuffels mogen mee.',
    'Wie heeft er nog lege eierdozen? We maken er rupsen van.',
    'De bonen op de vensterbank zijn al tien centimeter hoog.',
    'We lezen voor uit een boek over een jongen die met dieren praat.',
    'Donderdag gymmen we buiten, dus warme kleren mee.',
    'Vandaag maakten we muziek met potten en pannen en dat klonk verrassend goed.',
    'De spreekbeurten beginnen maandag, het rooster hangt op de deur.',
    'Vraag thuis eens welke boom de dikste stam had.',
    'Bij de oudergesprekken van volgende week horen drie vragen die we vooraf samen invullen.',
    'Meer daarover staat op https://dewilgenhoek.example/agenda',
    'Neem dinsdag je bibliotheekpasje mee, we lopen er om half tien naartoe.',
    'Er liggen nog twee jassen en een broodtrommel bij de gevonden voorwerpen.',
    'Volgende week vieren we dat de nieuwe moestuin klaar is, iedereen is welkom.',
    'Dank aan alle ouders die hielpen met de versiering van het lokaal.'
]) WITH ORDINALITY AS said(text, number);

CREATE FUNCTION pg_temp.words(seed text) RETURNS text STABLE LANGUAGE sql RETURN (
    SELECT string_agg(text, CASE WHEN number % 5 = 0 THEN E'\n\n' ELSE ' ' END ORDER BY number)
    FROM sentence WHERE abs(hashtext(seed || number)) % 4 = 0);

INSERT INTO feed_post (id, school_id, created_at, author_id, whole_school, staff_only, group_ids,
    student_ids, published_at, card_id, text, byline, byline_role, allows_comments, key, like_count,
    comment_count)
SELECT uuidv7(at - now()), school, at, author, groups = '{}', false, groups, '{}', at,
    gen_random_uuid(), coalesce(pg_temp.words(at::text), 'Tot morgen.'), byline, role,
    extract(isodow FROM day) < 4, gen_random_uuid(), 0, 0
FROM generate_series(pg_temp.day(-730), current_date, interval '1 day') AS day
JOIN year ON day BETWEEN starts_on AND ends_on,
LATERAL (
    SELECT pg_temp.id('school'), pg_temp.id('teacher ' || one), 'Juf Sanne', 'teacher',
        ARRAY[pg_temp.id('group ' || one || ' ' || number)], day + interval '8 hours' * 1 + one * interval '37 min'
    FROM generate_series(1, 10) AS one WHERE extract(isodow FROM day) < 5
    UNION ALL SELECT pg_temp.id('school'), pg_temp.id('principal'), 'Willem Bosch', 'principal',
        '{}'::uuid[], day + interval '7 hours' WHERE extract(isodow FROM day) IN (1, 5)
    UNION ALL SELECT pg_temp.id('bso'), pg_temp.id('carer 1'), 'Omar', 'aftercare',
        CASE extract(isodow FROM day) WHEN 3 THEN '{}' ELSE ARRAY[pg_temp.id('frogs ' || number)] END,
        day + interval '16 hours' WHERE extract(isodow FROM day) IN (1, 3, 5)
) AS written(school, author, byline, role, groups, at)
WHERE at < now() - interval '1 hour';

INSERT INTO media_asset (id, school_id, created_at, uploaded_by_id, name, width, height,
    placeholder, colour, bytes)
SELECT uuidv7(published_at - now()), school_id, published_at, author_id, id::text, 1600, 1200,
    -- as long as that of a real photo, and like it not to be compressed
    left(translate(encode(sha512((id::text || place)::bytea), 'base64'), E'\n=', 'AB'), 30),
    '#' || left(md5(id::text || place), 6),
    180000
FROM feed_post, generate_series(0, 2) AS place;

INSERT INTO feed_postphoto
    (id, school_id, created_at, post_id, asset_id, position, width, height, placeholder, colour)
SELECT uuidv7(asset.created_at - now()), school_id, created_at, name::uuid, id,
    row_number() OVER (PARTITION BY name) - 1, width, height, placeholder, colour
FROM media_asset AS asset;

-- ── what families did with them ──────────────────────────────────────────────
CREATE TEMPORARY TABLE reader AS
SELECT post.id, post.school_id, post.published_at, guardian_id,
    abs(hashtext(post.id::text || guardian_id::text)) % 100 AS luck
FROM feed_post AS post
JOIN schools_enrollment AS stay ON stay.school_id = post.school_id
    AND published_at >= starts_on AND (ends_on IS NULL OR published_at < ends_on + 1)
    AND (whole_school OR stay.group_id = ANY (group_ids))
JOIN schools_guardianship AS tie USING (student_id)
GROUP BY post.id, guardian_id;

INSERT INTO feed_reading (id, school_id, created_at, post_id, user_id)
SELECT uuidv7(published_at - now()), school_id, published_at, id, guardian_id FROM reader
WHERE luck < 60 AND published_at < now() - interval '1 day';

INSERT INTO feed_like (id, school_id, created_at, post_id, user_id)
SELECT uuidv7(published_at - now()), school_id, published_at, id, guardian_id FROM reader
WHERE luck < 12;

INSERT INTO feed_comment (id, school_id, created_at, post_id, author_id, byline, text, key)
SELECT uuidv7(published_at - now()), school_id, published_at + interval '1 hour', id, guardian_id,
    'Ouder Van', 'Wat leuk, daar hebben we thuis over gepraat.', gen_random_uuid()
FROM reader WHERE luck = 50;

UPDATE feed_post SET
    like_count = (SELECT count(*) FROM feed_like WHERE post_id = feed_post.id),
    comment_count = (SELECT count(*) FROM feed_comment WHERE post_id = feed_post.id);

RESET session_replication_role;
