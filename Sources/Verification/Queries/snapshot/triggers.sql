-- Triggers that users made.
select 'trigger' as kind,
       n.nspname || '.' || c.relname || '.' || t.tgname as name,
       case when t.tgtype & 2 = 2 then 'BEFORE' when t.tgtype & 64 = 64 then 'INSTEAD OF' else 'AFTER' end || ' '
       || pg_catalog.concat_ws(' OR ',
            case when t.tgtype & 4 = 4 then 'INSERT' end, case when t.tgtype & 8 = 8 then 'DELETE' end,
            case when t.tgtype & 16 = 16 then 'UPDATE' end, case when t.tgtype & 32 = 32 then 'TRUNCATE' end)
       || case when t.tgtype & 1 = 1 then ' ROW ' else ' STATEMENT ' end || p.proname as facts,
       pg_catalog.pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text as definition
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal and t.tgparentid = 0 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
