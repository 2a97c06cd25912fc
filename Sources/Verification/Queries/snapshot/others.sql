-- Objects that few migrations make: rules, statistics, publications, event triggers, settings of the database.
select 'rule' as kind, schemaname || '.' || tablename || '.' || rulename as name, '' as facts, definition
from pg_catalog.pg_rules
where schemaname <> 'information_schema' and schemaname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype = 'e'
      and d.objid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', schemaname, tablename)))
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
union all
select 'operator', n.nspname || '.' || o.oprname || '('
       || case when o.oprleft = 0 then '' else pg_catalog.format_type(o.oprleft, null) || ', ' end
       || pg_catalog.format_type(o.oprright, null) || ')', pg_catalog.format_type(o.oprresult, null), o.oprcode::text
from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where o.oid >= 16384 and o.oprcode <> 0 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass and d.objid = o.oid and d.deptype = 'e')
union all
select 'cast', pg_catalog.format_type(c.castsource, null) || ' as ' || pg_catalog.format_type(c.casttarget, null), '', c.castcontext::text
from pg_catalog.pg_cast c
where c.oid >= 16384 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass and d.objid = c.oid and d.deptype in ('e', 'i'))
union all
select 'operator class', n.nspname || '.' || o.opcname, 'using ' || m.amname, o.opcdefault::text
from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace join pg_catalog.pg_am m on m.oid = o.opcmethod
where o.oid >= 16384 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass and d.objid = o.oid and d.deptype = 'e')
union all
select 'operator family', n.nspname || '.' || o.opfname, 'using ' || m.amname, ''
from pg_catalog.pg_opfamily o join pg_catalog.pg_namespace n on n.oid = o.opfnamespace join pg_catalog.pg_am m on m.oid = o.opfmethod
where o.oid >= 16384 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass and d.objid = o.oid and d.deptype = 'e')
union all
select 'collation', n.nspname || '.' || c.collname, '', c.collprovider::text
from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where c.oid >= 16384 and n.nspname <> 'pg_catalog'
union all
select 'conversion', n.nspname || '.' || c.conname, '', ''
from pg_catalog.pg_conversion c join pg_catalog.pg_namespace n on n.oid = c.connamespace where c.oid >= 16384
union all
select 'text search configuration', n.nspname || '.' || c.cfgname, '', ''
from pg_catalog.pg_ts_config c join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace
where c.oid >= 16384
union all
select 'text search dictionary', n.nspname || '.' || c.dictname, '', c.dictinitoption
from pg_catalog.pg_ts_dict c join pg_catalog.pg_namespace n on n.oid = c.dictnamespace
where c.oid >= 16384 and not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
union all
select 'server', s.srvname::text, '', '' from pg_catalog.pg_foreign_server s
union all
select 'foreign-data wrapper', w.fdwname::text, '', '' from pg_catalog.pg_foreign_data_wrapper w
where not exists (
  select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass and d.objid = w.oid and d.deptype = 'e')
union all
select 'role', r.rolname::text, '', '' from pg_catalog.pg_roles r
where r.rolname !~ '^(pg|schemacheck)_' and r.rolname <> 'postgres'
