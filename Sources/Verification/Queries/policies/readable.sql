-- Views and materialised views that somebody may read.
select c.oid::int8 as oid,
       n.nspname as schema,
       c.relname as name,
       c.relkind = 'm' as is_materialized,
       (select pg_catalog.json_agg(r.rolname)
        from pg_catalog.pg_roles r
        where not r.rolsuper and pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT')
          and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')) as readers
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and c.oid >= 16384
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname
