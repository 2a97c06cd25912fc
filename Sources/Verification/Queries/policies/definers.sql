-- Functions that run with the rights of their owner, and who may call them.
select p.oid::int8 as oid,
       n.nspname as schema,
       p.proname as name,
       p.prokind = 'p' as is_procedure,
       p.prorettype = 'pg_catalog.bool'::pg_catalog.regtype as is_test,
       p.pronargs - p.pronargdefaults as required,
       coalesce((
         select pg_catalog.json_agg(u.type::int8 order by u.position)
         from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality as u (type, position)), '[]') as arguments,
       (select pg_catalog.json_agg(r.rolname)
        from pg_catalog.pg_roles r
        where not r.rolsuper and pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
          and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')) as callers
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and p.oid >= 16384 and p.prokind in ('f', 'p')
  and p.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
order by n.nspname, p.proname, p.oid
