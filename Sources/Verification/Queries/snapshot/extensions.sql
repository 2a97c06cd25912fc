-- Extensions beside the one that every database has.
select 'extension' as kind, e.extname::text as name, '' as facts, n.nspname || ' ' || e.extversion as definition
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
