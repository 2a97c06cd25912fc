-- What one database has: with the variable `extension` empty the server's own objects, else those of that extension.
-- One line for each object: kind, name, then what the kind needs.
\set ON_ERROR_STOP on
set search_path = pg_catalog;

create temporary table member as
  select classid, objid from pg_depend d join pg_extension e on e.oid = d.refobjid
  where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and e.extname = :'extension';

create function pg_temp.is_wanted(class regclass, object oid) returns boolean language sql stable as $$
  select case when exists (select from pg_temp.member)
    then exists (select from pg_temp.member m where m.classid = class and m.objid = object)
    else object < 16384 end
$$;

-- A type by its number, or by extension and name where an extension has it.
create function pg_temp.ref(type oid) returns text language sql stable as $$
  select case
    when type = 0 then '0'
    when type < 16384 then type::text
    when t.typelem <> 0 and t.typcategory = 'A' then pg_temp.ref(t.typelem) || '[]'
    else coalesce((select '@' || e.extname || '.' || t.typname from pg_depend d join pg_extension e on e.oid = d.refobjid
      where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'), '0')
    end
  from pg_type t where t.oid = type
$$;

-- extension: name, default version, schema it insists on
select 'e', extname, extversion, (select string_agg(r.name, ',') from pg_available_extension_versions v, unnest(v.requires) r(name)
    where v.name = extname and v.version = extversion),
  (select v.schema from pg_available_extension_versions v where v.name = extname and v.version = extversion)
from pg_extension where extname = :'extension';

-- type: name, number, extension, schema, typtype, category, preferred, element, array, base, subtype, multirange or
-- range, whether it has a collation, whether it takes modifiers
select 't', t.typname, case when :'extension' = '' then t.oid::text else '@' || :'extension' || '.' || t.typname end,
  :'extension', n.nspname, t.typtype, t.typcategory, case when t.typispreferred then 'p' end, pg_temp.ref(t.typelem),
  case when :'extension' = '' then t.typarray::text end, pg_temp.ref(t.typbasetype),
  pg_temp.ref(coalesce(r.rngsubtype, 0)), coalesce((select x.rngmultitypid from pg_range x where x.rngtypid = t.oid), (select x.rngtypid from pg_range x where x.rngmultitypid = t.oid), 0),
  case when t.typcollation <> 0 then 'c' end, case when t.typmodin <> 0 then 'm' end
from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_range r on r.rngtypid = t.oid
where pg_temp.is_wanted('pg_type', t.oid) and n.nspname <> 'pg_toast' and (:'extension' = '' or t.typcategory <> 'A')
  and (t.typtype <> 'c' or :'extension' <> '' or n.nspname = 'pg_catalog');

-- function: name, extension, schema, kind (f, p, a, w), returns a set, result, variadic element, defaults, input types,
-- output columns as name:type, input names, volatility, strict, direct arguments of an ordered-set aggregate
select 'f', p.proname, :'extension', n.nspname, p.prokind, case when p.proretset then 's' end, pg_temp.ref(p.prorettype),
  pg_temp.ref(p.provariadic), p.pronargdefaults,
  (select string_agg(pg_temp.ref(a.type), ',' order by a.place) from unnest(p.proargtypes) with ordinality a(type, place)),
  (select string_agg(coalesce(p.proargnames[a.place], '') || ':' || pg_temp.ref(a.type), ',' order by a.place)
    from unnest(p.proallargtypes) with ordinality a(type, place) where p.proargmodes[a.place] in ('o', 'b', 't')),
  case when p.pronargs > 0 and p.proargnames is not null then
    (select string_agg(coalesce(p.proargnames[a.place], ''), ',' order by a.place)
      from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality a(type, place)
      where p.proargmodes is null or p.proargmodes[a.place] in ('i', 'b', 'v')) end,
  p.provolatile, case when p.proisstrict then 'x' end,
  (select a.aggnumdirectargs from pg_aggregate a where a.aggfnoid = p.oid and a.aggkind <> 'n'), p.oid
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where pg_temp.is_wanted('pg_proc', p.oid);

-- operator: name, extension, schema, left, right, result, function
select 'o', o.oprname, :'extension', n.nspname, pg_temp.ref(o.oprleft), pg_temp.ref(o.oprright), pg_temp.ref(o.oprresult),
  (select p.proname from pg_proc p where p.oid = o.oprcode)
from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
where pg_temp.is_wanted('pg_operator', o.oid) and o.oprresult <> 0;

-- cast: source, extension, target, context (i, a, e), method (b, f, i)
select 'c', pg_temp.ref(castsource), :'extension', pg_temp.ref(casttarget), castcontext, castmethod
from pg_cast where pg_temp.is_wanted('pg_cast', pg_cast.oid);

-- operator class: name, extension, schema, access method, type, default
select 'k', c.opcname, :'extension', n.nspname, a.amname, pg_temp.ref(c.opcintype), case when c.opcdefault then 'd' end
from pg_opclass c join pg_am a on a.oid = c.opcmethod join pg_namespace n on n.oid = c.opcnamespace
where pg_temp.is_wanted('pg_opclass', c.oid);

-- relation: name, extension, schema, relkind, columns as name:type
select 'r', c.relname, :'extension', n.nspname, c.relkind,
  (select string_agg(a.attname || ':' || pg_temp.ref(a.atttypid), ',' order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where (pg_temp.is_wanted('pg_class', c.oid)
    or c.relkind = 'c' and pg_temp.is_wanted('pg_type', c.reltype))
  and c.relkind in ('r', 'v', 'm', 'f', 'S', 'c') and n.nspname <> 'pg_toast';

-- other objects: kind, name, extension, schema, what belongs to the name
select 'x', kind || ' ' || name, :'extension', schema, detail from (
  select 'schema', nspname, '', '' from pg_namespace where pg_temp.is_wanted('pg_namespace', oid)
    and nspname !~ '^pg_t(emp|oast)'
  union all
  select 'collation', collname, nspname, '' from pg_collation c join pg_namespace n on n.oid = collnamespace
    where pg_temp.is_wanted('pg_collation', c.oid) and collname in ('default', 'C', 'POSIX', 'ucs_basic', 'unicode',
      'C.utf8', 'und-x-icu', 'en-x-icu', 'en-US-x-icu', 'de-x-icu', 'fr-x-icu', 'es-x-icu', 'sv-x-icu', 'en_US.utf8')
  union all
  select 'access method', amname, '', amtype::text from pg_am where pg_temp.is_wanted('pg_am', oid)
  union all
  select 'language', lanname, '', '' from pg_language where pg_temp.is_wanted('pg_language', oid)
  union all
  select 'text search configuration', cfgname, nspname, '' from pg_ts_config c join pg_namespace n on n.oid = cfgnamespace
    where pg_temp.is_wanted('pg_ts_config', c.oid)
  union all
  select 'text search dictionary', dictname, nspname, '' from pg_ts_dict c join pg_namespace n on n.oid = dictnamespace
    where pg_temp.is_wanted('pg_ts_dict', c.oid)
  union all
  select 'text search parser', prsname, nspname, '' from pg_ts_parser c join pg_namespace n on n.oid = prsnamespace
    where pg_temp.is_wanted('pg_ts_parser', c.oid)
  union all
  select 'text search template', tmplname, nspname, '' from pg_ts_template c join pg_namespace n on n.oid = tmplnamespace
    where pg_temp.is_wanted('pg_ts_template', c.oid)
  union all
  select 'foreign-data wrapper', fdwname, '', '' from pg_foreign_data_wrapper where pg_temp.is_wanted('pg_foreign_data_wrapper', oid)
  union all
  select 'role', rolname, '', '' from pg_roles where :'extension' = ''
  union all
  select 'tablespace', spcname, '', '' from pg_tablespace where :'extension' = ''
  union all
  select 'operator family', opfname, nspname, amname from pg_opfamily f join pg_namespace n on n.oid = opfnamespace
    join pg_am a on a.oid = opfmethod where pg_temp.is_wanted('pg_opfamily', f.oid)
  union all
  select 'setting', lower(name), '', vartype from pg_settings where :'extension' = ''
) object (kind, name, schema, detail);
