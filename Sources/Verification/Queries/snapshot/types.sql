-- Enums, composite types, domains and ranges, without those of tables and extensions.
select 'type' as kind,
       n.nspname || '.' || t.typname as name,
       case t.typtype
         when 'e' then 'enum ('
           || coalesce((select pg_catalog.string_agg(e.enumlabel, ', ' order by e.enumsortorder)
                        from pg_catalog.pg_enum e where e.enumtypid = t.oid), '') || ')'
         when 'd' then 'domain over ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
         when 'c' then 'composite'
         when 'r' then 'range'
         when 'b' then 'base'
         else 'shell' end as facts,
       pg_catalog.concat_ws(' ', pg_catalog.pg_get_userbyid(t.typowner), t.typdefault,
         case when t.typnotnull then 'not null' end,
         (select pg_catalog.string_agg(k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid), ', ' order by k.conname)
          from pg_catalog.pg_constraint k where k.contypid = t.oid),
         (select pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
          from pg_catalog.pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0)) as definition
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where (t.typtype in ('e', 'd', 'r') or t.typtype = 'b' and t.typelem = 0 or t.typtype = 'p' and not t.typisdefined
       or t.typtype = 'c' and exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
