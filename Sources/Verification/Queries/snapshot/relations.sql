-- Tables, views, materialised views and sequences, without those of extensions.
select case c.relkind
         when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view'
         when 'S' then 'sequence' when 'f' then 'foreign table' end as kind,
       n.nspname || '.' || c.relname as name,
       pg_catalog.concat_ws(', ',
         case when c.relpersistence = 'u' then 'unlogged' end,
         case when c.relrowsecurity then 'row security' end,
         case when c.relforcerowsecurity then 'forced' end,
         (select 'owned by ' || tn.nspname || '.' || t.relname || '.' || a.attname
          from pg_catalog.pg_depend d
          join pg_catalog.pg_class t on t.oid = d.refobjid
          join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
          join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
          where c.relkind = 'S' and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype in ('a', 'i'))) as facts,
       pg_catalog.concat_ws(' ',
         pg_catalog.pg_get_userbyid(c.relowner),
         pg_catalog.array_to_string(c.reloptions, ', '),
         c.relreplident,
         pg_catalog.pg_get_partkeydef(c.oid),
         pg_catalog.pg_get_expr(c.relpartbound, c.oid),
         case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end,
         (select pg_catalog.concat_ws(' ', s.seqtypid::pg_catalog.regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle)
          from pg_catalog.pg_sequence s where s.seqrelid = c.oid)) as definition
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
