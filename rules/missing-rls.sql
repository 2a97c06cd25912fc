-- Tables without row level security beside tables that have it, where somebody other than the owner may read them.
-- severity: warning
-- category: security
select n.nspname as schema,
       c.relname as object,
       'table' as kind,
       'row level security is off, and others than the owner have rights' as detail
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and not c.relrowsecurity
  and exists (select from pg_catalog.aclexplode(c.relacl) a where a.grantee <> c.relowner)
  and exists (
    select from pg_catalog.pg_class o
    where o.relnamespace = c.relnamespace and o.relkind in ('r', 'p') and o.relrowsecurity)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
