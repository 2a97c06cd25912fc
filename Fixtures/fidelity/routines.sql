-- Functions, procedures, triggers, rules and DO blocks.
CREATE TABLE notes (id INT PRIMARY KEY, body TEXT, touched TIMESTAMPTZ, author TEXT DEFAULT CURRENT_USER);
CREATE TABLE history (note_id INT, body TEXT);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.touched := now();
    RETURN NEW;
END;
$$;
CREATE TRIGGER notes_touch BEFORE INSERT OR UPDATE OF body ON notes FOR EACH ROW
    WHEN (NEW.body IS NOT NULL) EXECUTE FUNCTION touch();
CREATE TRIGGER notes_missing AFTER DELETE ON notes FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE TRIGGER notes_touch AFTER DELETE ON notes FOR EACH STATEMENT EXECUTE FUNCTION touch();
CREATE OR REPLACE TRIGGER notes_touch BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE notes DISABLE TRIGGER notes_touch;
ALTER TRIGGER notes_touch ON notes RENAME TO notes_touched;
DROP FUNCTION touch();
CREATE FUNCTION add(a INT, b INT DEFAULT 1) RETURNS INT LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION add(a TEXT, b TEXT) RETURNS TEXT LANGUAGE sql RETURN a || b;
CREATE FUNCTION add(a INT, b INT) RETURNS INT LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION pairs(n INT) RETURNS TABLE (x INT, y TEXT) LANGUAGE sql BEGIN ATOMIC SELECT n, 'a'; SELECT n, 'b'; END;
CREATE FUNCTION last_of(VARIADIC items ANYARRAY) RETURNS ANYELEMENT LANGUAGE sql AS 'SELECT items[array_upper(items, 1)]';
CREATE VIEW uses AS
SELECT add(1) AS one, add('a', 'b') AS two, p.x, p.y, last_of(1.5, 2) AS three, notes.body
FROM notes, pairs(notes.id) p;
SELECT add(1, 2, 3);
SELECT add(true, false);
SELECT p.z FROM pairs(1) p;
CREATE PROCEDURE forget(older INTERVAL) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM notes WHERE touched < now() - older;
    COMMIT;
END;
$$;
CALL forget('1 day');
CALL forget();
CREATE AGGREGATE longest(TEXT) (SFUNC = textcat, STYPE = TEXT, INITCOND = '');
CREATE RULE keep AS ON DELETE TO notes DO ALSO (
    INSERT INTO history VALUES (OLD.id, OLD.body);
    NOTIFY gone
);
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['red', 'green'] LOOP
        EXECUTE format('CREATE TABLE %I (id INT REFERENCES notes)', 'notes_' || name);
    END LOOP;
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'notes' AND column_name = 'pinned') THEN
        ALTER TABLE notes ADD COLUMN pinned BOOLEAN;
    END IF;
    BEGIN
        CREATE TABLE notes (id INT);
    EXCEPTION WHEN duplicate_table THEN
        CREATE TABLE notes_again (id INT);
    END;
END;
$$;
DROP FUNCTION add(INT, INT);
DROP FUNCTION add;
DROP VIEW uses;
DROP FUNCTION add(INT, INT), pairs;
DROP ROUTINE last_of(ANYARRAY);
DROP PROCEDURE nothing;
ALTER FUNCTION add(TEXT, TEXT) RENAME TO join_words;
ALTER FUNCTION join_words(TEXT, TEXT) SECURITY DEFINER SET search_path = public;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION touch();
COMMENT ON FUNCTION join_words(TEXT, TEXT) IS 'joins';
