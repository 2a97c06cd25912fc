-- All indexes, those of constraints included.
select 'index' as kind,
       n.nspname || '.' || i.relname as name,
       'on ' || tn.nspname || '.' || t.relname || ' using ' || m.amname || ' (' || part.keys || ')'
       || coalesce(' include (' || part.included || ')', '')
       || case when x.indisunique then ' unique' else '' end
       || case when x.indpred is not null then ' partial' else '' end as facts,
       pg_catalog.pg_get_indexdef(i.oid) || case when x.indisvalid then '' else ' invalid' end as definition
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_namespace n on n.oid = i.relnamespace
join pg_catalog.pg_class t on t.oid = x.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
join pg_catalog.pg_am m on m.oid = i.relam
cross join lateral (
  select pg_catalog.string_agg(
           coalesce(a.attname, 'expression')
           || case when u.position <= x.indnkeyatts and x.indoption[u.position - 1] & 1 = 1 then ' desc' else '' end,
           ', ' order by u.position) filter (where u.position <= x.indnkeyatts) as keys,
         pg_catalog.string_agg(a.attname, ', ' order by u.position) filter (where u.position > x.indnkeyatts) as included
  from pg_catalog.unnest(x.indkey::pg_catalog.int2[]) with ordinality as u (number, position)
  left join pg_catalog.pg_attribute a on a.attrelid = x.indrelid and a.attnum = u.number and u.number > 0) part
where x.indexrelid >= 16384 and tn.nspname <> 'information_schema' and tn.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = t.oid and e.deptype = 'e')
