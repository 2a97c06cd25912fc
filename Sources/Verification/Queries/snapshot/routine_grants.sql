-- Privileges on functions, types and schemas, and default privileges.
select 'privileges' as kind, object.name, '' as facts,
       (select pg_catalog.string_agg(g.item::text, ', ' order by g.item::text) from pg_catalog.unnest(object.acl) as g (item))
         as definition
from (
  select 'function ' || n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', p.proacl
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'type ' || n.nspname || '.' || t.typname, t.typacl
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select 'schema ' || n.nspname, n.nspacl
  from pg_catalog.pg_namespace n
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select 'defaults of ' || pg_catalog.pg_get_userbyid(d.defaclrole) || ' for ' || d.defaclobjtype::text || ' in '
         || coalesce(n.nspname, 'every schema'), d.defaclacl
  from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
) as object (name, acl)
where object.acl is not null
