-- Tables that hold rows, partitioned or not, with what a partition takes.
select c.oid::int8 as oid,
       n.nspname as schema,
       c.relname as name,
       c.relkind = 'p' as is_partitioned,
       (select i.inhparent::int8 from pg_catalog.pg_inherits i where i.inhrelid = c.oid and c.relispartition) as parent,
       pg_catalog.pg_get_partition_constraintdef(c.oid) as bound,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT' as is_default_partition,
       case c.relkind when 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
       c.relrowsecurity as has_row_security,
       c.relforcerowsecurity as forces_row_security,
       pg_catalog.pg_get_userbyid(c.relowner) as owner,
       exists (
         select from pg_catalog.pg_trigger t
         where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & 7 = 7) as has_insert_trigger,
       exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as has_triggers
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't'
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname
