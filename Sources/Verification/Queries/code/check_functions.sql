-- What the extension plpgsql_check has against functions: trigger functions once for each table that they are for.
select n.nspname as schema,
       p.proname as name,
       c.relname as on_table,
       f.lineno as line,
       f.sqlstate as sql_state,
       f.message as message,
       f.level as level
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
left join lateral (
  select distinct t.tgrelid, t.tgoldtable, t.tgnewtable
  from pg_catalog.pg_trigger t where t.tgfoid = p.oid and t.tgparentid = 0) as trigger on true
left join pg_catalog.pg_class c on c.oid = trigger.tgrelid
cross join lateral plpgsql_check_function_tb(
  p.oid, coalesce(trigger.tgrelid, 0), fatal_errors := false, performance_warnings := false, extra_warnings := false,
  oldtable := trigger.tgoldtable, newtable := trigger.tgnewtable) as f
where p.oid >= 16384 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and (p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype or trigger.tgrelid is not null)
  and p.prorettype <> 'pg_catalog.event_trigger'::pg_catalog.regtype
  -- What is put together at run time can't be judged before.
  and f.statement is distinct from 'EXECUTE'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
