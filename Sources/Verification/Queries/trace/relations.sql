-- The relations that others may be using, with the file that holds their rows.
select c.oid::text, n.nspname, c.relname, coalesce(pg_catalog.pg_relation_filenode(c.oid)::text, ''),
       c.relkind in ('r', 'p')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm', 'v', 'f')
  and n.nspname <> 'information_schema'
  and n.nspname !~ '^pg_'
