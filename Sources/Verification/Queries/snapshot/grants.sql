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
group by n.nspname, c.relname, r.rolname
