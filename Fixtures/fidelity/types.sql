-- Types, domains, sequences, casts and operators.
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
ALTER TYPE mood RENAME VALUE 'angry' TO 'cross';
CREATE TYPE address AS (street TEXT, city VARCHAR(40), lines INT[]);
ALTER TYPE address ADD ATTRIBUTE country CHAR(2), DROP ATTRIBUTE lines;
CREATE TYPE span AS RANGE (SUBTYPE = DOUBLE PRECISION, SUBTYPE_DIFF = float8mi);
CREATE DOMAIN email AS TEXT NOT NULL CHECK (VALUE LIKE '%@%') CONSTRAINT short CHECK (length(VALUE) < 100);
CREATE DOMAIN percent AS NUMERIC(5, 2) DEFAULT 0 CHECK (VALUE BETWEEN 0 AND 100);
ALTER DOMAIN percent DROP DEFAULT;
ALTER DOMAIN percent ADD CONSTRAINT whole CHECK (VALUE = trunc(VALUE)) NOT VALID;
ALTER DOMAIN email DROP CONSTRAINT short;
CREATE TABLE people (
    id INT,
    feels mood DEFAULT 'ok',
    lives address,
    mail email,
    share percent,
    period span,
    many mood[]
);
CREATE VIEW facts AS
SELECT id, (lives).city, lower(period) AS starts, mail || '!' AS loud, coalesce(share, 1) AS share, feels = 'ok' AS fine,
    many[1] AS first_mood, array_agg(id) OVER () AS ids, row_number() OVER (ORDER BY id) AS place
FROM people;
ALTER TABLE people ALTER COLUMN feels SET DEFAULT 'ecstatic';
ALTER TABLE people ALTER COLUMN id TYPE mood;
DROP TYPE mood;
DROP DOMAIN percent;
DROP TYPE span CASCADE;
DROP TYPE address RESTRICT;
CREATE SEQUENCE numbers START 5 INCREMENT BY 2 MINVALUE 1 MAXVALUE 99 CYCLE;
ALTER SEQUENCE numbers OWNED BY people.id RESTART;
CREATE SEQUENCE small AS SMALLINT;
ALTER TABLE people ALTER COLUMN id SET DEFAULT nextval('numbers');
DROP SEQUENCE numbers;
CREATE FUNCTION mood_number(mood) RETURNS INT LANGUAGE sql IMMUTABLE AS $$ SELECT CASE $1 WHEN 'ok' THEN 1 ELSE 0 END $$;
CREATE CAST (mood AS INT) WITH FUNCTION mood_number(mood) AS ASSIGNMENT;
CREATE FUNCTION mood_sum(mood, mood) RETURNS INT LANGUAGE sql IMMUTABLE AS $$ SELECT mood_number($1) + mood_number($2) $$;
CREATE OPERATOR + (LEFTARG = mood, RIGHTARG = mood, FUNCTION = mood_sum);
CREATE VIEW sums AS SELECT feels + feels AS twice FROM people;
SELECT 'ok'::mood + 5;
DROP OPERATOR + (mood, mood);
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE TABLE words (word TEXT COLLATE "C", other TEXT COLLATE nowhere);
CREATE TABLE words (word TEXT COLLATE "C");
ALTER TYPE address RENAME TO place;
ALTER TYPE place RENAME ATTRIBUTE city TO town CASCADE;
CREATE TABLE lists (numbers INT[], small SMALLINT[], words TEXT[]);
CREATE VIEW compared AS
SELECT numbers = '{1}' AS one, small = small AS same, numbers || 2 AS longer, numbers @> ARRAY[1] AS has,
    words && '{a}' AS any_of, array_agg(small) OVER () AS all_of, numbers = small AS mixed
FROM lists;
SELECT numbers = words FROM lists;
SELECT numbers + 1 FROM lists;
