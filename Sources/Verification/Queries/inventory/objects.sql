-- The objects that a project may declare, without those of extensions; partitions and their indexes are part of a whole.
with own as (
  select c.oid, c.relkind, c.relispartition,
         case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid >= 16384 and c.relpersistence <> 't'
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
)
select 'tables' as kind, name from own where relkind in ('r', 'p', 'f') and not relispartition
union all
select 'views', name from own where relkind in ('v', 'm')
union all
select 'indexes', name from own where relkind in ('i', 'I') and not relispartition
union all
select 'sequences', own.name from own where own.relkind = 'S' and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = own.oid and d.deptype in ('a', 'i'))
union all
select 'triggers', own.name || '.' || t.tgname
from pg_catalog.pg_trigger t join own on own.oid = t.tgrelid where not t.tgisinternal and t.tgparentid = 0
union all
select 'policies', own.name || '.' || p.polname from pg_catalog.pg_policy p join own on own.oid = p.polrelid
union all
select 'functions', case n.nspname when 'public' then '' else n.nspname || '.' end || p.proname
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'types', case n.nspname when 'public' then '' else n.nspname || '.' end || t.typname
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and (select c.relkind from pg_catalog.pg_class c where c.oid = t.typrelid) = 'c')
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
