-- The locks of another session.
select l.relation::text, l.mode
from pg_catalog.pg_locks l
where l.locktype = 'relation' and l.granted and l.pid = $1::int
