-- Objects that few migrations make: rules, statistics, publications, event triggers, settings of the database.
select 'rule' as kind, schemaname || '.' || tablename || '.' || rulename as name, '' as facts, definition
from pg_catalog.pg_rules
where schemaname <> 'information_schema' and schemaname !~ '^pg_'
union all
select 'statistics', n.nspname || '.' || s.stxname, '', pg_catalog.pg_get_statisticsobjdef(s.oid)
from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
union all
select 'publication', p.pubname::text, '', pg_catalog.concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate)
from pg_catalog.pg_publication p
union all
select 'event trigger', t.evtname::text, '', pg_catalog.concat_ws(' ', t.evtevent, t.evtfoid::pg_catalog.regproc, t.evtenabled)
from pg_catalog.pg_event_trigger t
union all
select 'setting', coalesce(r.rolname, 'every role') || ': ' || pg_catalog.split_part(u.item, '=', 1), '', u.item
from pg_catalog.pg_db_role_setting s
left join pg_catalog.pg_roles r on r.oid = s.setrole
cross join pg_catalog.unnest(s.setconfig) as u (item)
where s.setdatabase = 0 or s.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
