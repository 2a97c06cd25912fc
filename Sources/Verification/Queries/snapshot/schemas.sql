-- The schemas that users made.
select 'schema' as kind,
       n.nspname::text as name,
       '' as facts,
       pg_catalog.pg_get_userbyid(n.nspowner)::text as definition
from pg_catalog.pg_namespace n
where n.nspname <> 'public' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.objid = n.oid and d.deptype = 'e')
