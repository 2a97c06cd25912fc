-- Comments on everything that migrations make.
select 'comment' as kind, object.kind || ' ' || object.name as name, d.description as facts, '' as definition
from pg_catalog.pg_description d
join lateral (
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
           when 'i' then 'index' when 'f' then 'foreign table' else 'table' end,
         n.nspname || '.' || c.relname
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and c.oid = d.objoid and d.objsubid = 0
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select 'column', n.nspname || '.' || c.relname || '.' || a.attname
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
  where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and c.oid = d.objoid and d.objsubid > 0
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  union all
  select case p.prokind when 'p' then 'procedure' else 'function' end,
         n.nspname || '.' || p.proname || '('
         || coalesce((select pg_catalog.string_agg(pg_catalog.format_type(u.type, null), ', ' order by u.position)
                      from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality as u (type, position)), '') || ')'
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass and p.oid = d.objoid
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = p.oid and e.deptype = 'e')
  union all
  select 'constraint', n.nspname || '.' || c.relname || '.' || k.conname
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = d.objoid
  union all
  select 'trigger', n.nspname || '.' || c.relname || '.' || t.tgname
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and t.oid = d.objoid
  union all
  select 'policy', n.nspname || '.' || c.relname || '.' || p.polname
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass and p.oid = d.objoid
  union all
  select 'type', n.nspname || '.' || t.typname
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass and t.oid = d.objoid
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and e.objid = t.oid and e.deptype = 'e')
  union all
  select 'schema', n.nspname
  from pg_catalog.pg_namespace n
  where d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and n.oid = d.objoid
    and n.nspname <> 'public' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
) as object (kind, name) on true
-- Of objects that initdb makes (PostgreSQL source, transam.h: FirstNormalObjectId) there are thousands.
where d.objoid >= 16384
