-- Tables with row level security that no policy opens to anybody.
-- severity: info
-- category: security
select n.nspname as schema,
       c.relname as object,
       'table' as kind,
       'row level security is on and there is no policy: only the owner sees rows' as detail
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
  and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
