-- Triggers that were switched off and not on again.
-- severity: warning
-- category: design
select n.nspname as schema,
       c.relname || '.' || t.tgname as object,
       'trigger' as kind,
       'the trigger is disabled' as detail
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where t.tgenabled = 'D' and not t.tgisinternal and t.tgparentid = 0
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
