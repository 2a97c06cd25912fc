-- Functions and procedures, without those of extensions.
select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
       n.nspname || '.' || p.proname || '(' || coalesce(argument.types, '') || ')' as name,
       pg_catalog.concat_ws(', ',
         case when p.prokind <> 'a' then l.lanname end,
         case when p.prokind = 'a' then null when p.provolatile = 'i' then 'immutable' when p.provolatile = 's' then 'stable' else 'volatile' end,
         case when p.prosecdef then 'security definer' end,
         case when p.prokind <> 'p' then 'returns ' || case when p.proretset then 'setof ' else '' end
           || pg_catalog.format_type(p.prorettype, null) end) as facts,
       pg_catalog.pg_get_userbyid(p.proowner) || ' '
       || case when p.prokind = 'a' then '' else pg_catalog.pg_get_functiondef(p.oid) end as definition
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
left join lateral (
  select pg_catalog.string_agg(pg_catalog.format_type(u.type, null), ', ' order by u.position) as types
  from pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) with ordinality as u (type, position)) argument on true
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  -- The server makes functions with range types.
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'i'
      and d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass)
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
