-- Unique indexes, those of constraints included.
select i.indrelid::int8 as table_oid,
       x.relname as name,
       (select pg_catalog.json_agg(a.attname order by u.position)
        from pg_catalog.unnest(i.indkey::int2[]) with ordinality as u (number, position)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.number
        where u.position <= i.indnkeyatts) as columns,
       i.indexprs is not null as has_expressions,
       (select pg_catalog.json_agg(a.attname)
        from pg_catalog.pg_depend d
        join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = i.indexrelid
          and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = i.indrelid and d.refobjsubid > 0)
         as mentioned,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) as condition,
       pg_catalog.pg_get_indexdef(i.indexrelid) ~ 'NULLS NOT DISTINCT' as has_equal_nulls,
       exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
         as is_constraint
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.indisunique and not x.relispartition
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by i.indrelid, x.relname
