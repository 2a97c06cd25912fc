-- Privileges on tables, views and sequences that somebody else than the owner holds.
select 'grant' as kind,
       n.nspname || '.' || c.relname || ' to ' || coalesce(r.rolname, 'PUBLIC') as name,
       pg_catalog.string_agg(distinct a.privilege_type, ', ' order by a.privilege_type) as facts,
       pg_catalog.string_agg(distinct a.privilege_type, ', ' order by a.privilege_type)
         filter (where a.is_grantable) as definition
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral pg_catalog.aclexplode(c.relacl) a
left join pg_catalog.pg_roles r on r.oid = a.grantee
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and a.grantee <> c.relowner
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
group by n.nspname, c.relname, r.rolname
union all
select 'grant', object.name || ' to ' || coalesce(r.rolname, 'PUBLIC'),
       pg_catalog.string_agg(distinct a.privilege_type, ', ' order by a.privilege_type),
       pg_catalog.string_agg(distinct a.privilege_type, ', ' order by a.privilege_type) filter (where a.is_grantable)
from (
  select 'column ' || n.nspname || '.' || c.relname || '.' || t.attname, c.relowner, t.attacl, ''
  from pg_catalog.pg_attribute t
  join pg_catalog.pg_class c on c.oid = t.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where t.attrelid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select 'function ' || n.nspname || '.' || p.proname || '('
         || coalesce((select pg_catalog.string_agg(pg_catalog.format_type(u.type, null), ', ' order by u.position)
                      from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality as u (type, position)), '') || ')',
         p.proowner, p.proacl, 'EXECUTE'
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'schema ' || n.nspname, n.nspowner, n.nspacl, case n.nspname when 'public' then 'USAGE' else '' end
  from pg_catalog.pg_namespace n
  where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select 'type ' || n.nspname || '.' || t.typname, t.typowner, t.typacl, 'USAGE'
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
) as object (name, owner, acl, standard)
cross join lateral pg_catalog.aclexplode(object.acl) a
left join pg_catalog.pg_roles r on r.oid = a.grantee
where a.grantee <> object.owner and (r.rolname is null or r.rolname <> 'postgres')
group by object.name, r.rolname, object.standard
-- What everyone has without being granted is not listed.
having not (r.rolname is null and pg_catalog.string_agg(distinct a.privilege_type, ', ') = object.standard)
union all
select 'grant', object.name || ' to PUBLIC', 'none', ''
from (
  select 'function ' || n.nspname || '.' || p.proname || '('
         || coalesce((select pg_catalog.string_agg(pg_catalog.format_type(u.type, null), ', ' order by u.position)
                      from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality as u (type, position)), '') || ')',
         p.proacl
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select 'schema public', n.nspacl from pg_catalog.pg_namespace n where n.nspname = 'public'
  union all
  select 'type ' || n.nspname || '.' || t.typname, t.typacl
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
) as object (name, acl)
where object.acl is not null
  and not exists (select from pg_catalog.aclexplode(object.acl) a where a.grantee = 0)
union all
select 'default privileges',
       'of ' || pg_catalog.pg_get_userbyid(d.defaclrole) || ' for '
       || case d.defaclobjtype when 'r' then 'table' when 'S' then 'sequence' when 'f' then 'function' when 'T' then 'type'
          else 'schema' end || 's in ' || coalesce(n.nspname, 'every schema') || ' to ' || coalesce(r.rolname, 'PUBLIC'),
       pg_catalog.string_agg(distinct a.privilege_type, ', ' order by a.privilege_type), ''
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
cross join lateral pg_catalog.aclexplode(d.defaclacl) a
left join pg_catalog.pg_roles r on r.oid = a.grantee
where a.grantee <> d.defaclrole and not (d.defaclnamespace = 0 and a.grantee = 0 and d.defaclobjtype in ('f', 'T'))
group by d.defaclrole, d.defaclobjtype, n.nspname, r.rolname
union all
select 'default privileges',
       'of ' || pg_catalog.pg_get_userbyid(d.defaclrole) || ' for '
       || case d.defaclobjtype when 'f' then 'function' else 'type' end || 's in every schema to PUBLIC', 'none', ''
from pg_catalog.pg_default_acl d
where d.defaclnamespace = 0 and d.defaclobjtype in ('f', 'T')
  and not exists (select from pg_catalog.aclexplode(d.defaclacl) a where a.grantee = 0)
