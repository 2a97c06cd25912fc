-- Types that columns may have: what they are made of.
select t.oid::int8 as oid,
       n.nspname as schema,
       t.typname as name,
       t.typtype as kind,
       t.typnotnull as is_not_null,
       nullif(t.typbasetype, 0)::int8 as base,
       t.typtypmod as modifier,
       case when t.typcategory = 'A' and t.typlen = -1 then nullif(t.typelem, 0)::int8 end as element,
       (select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder)
        from pg_catalog.pg_enum e where e.enumtypid = t.oid) as labels,
       (select pg_catalog.json_agg(pg_catalog.json_build_object('type', a.atttypid::int8, 'modifier', a.atttypmod) order by a.attnum)
        from pg_catalog.pg_attribute a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as fields,
       coalesce(
         (select r.rngsubtype::int8 from pg_catalog.pg_range r where r.rngtypid = t.oid),
         (select r.rngtypid::int8 from pg_catalog.pg_range r where r.rngmultitypid = t.oid)) as subtype,
       (select pg_catalog.json_agg(
          pg_catalog.json_build_object('name', k.conname, 'expression', pg_catalog.pg_get_expr(k.conbin, 0)) order by k.conname)
        from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype in ('b', 'd', 'e', 'r', 'm')
   or t.typtype = 'c' and (select c.relkind from pg_catalog.pg_class c where c.oid = t.typrelid) = 'c'
