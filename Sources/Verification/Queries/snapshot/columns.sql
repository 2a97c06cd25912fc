-- The columns of tables and views. Their order is left out: a column that is dropped and added again is the same column.
select 'column' as kind,
       n.nspname || '.' || c.relname || '.' || a.attname as name,
       pg_catalog.concat_ws(', ',
         pg_catalog.format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then 'not null' end,
         case when a.attidentity <> '' then 'identity ' || a.attidentity::text
              when a.attgenerated <> '' then 'generated'
              when a.atthasdef then 'default' end) as facts,
       pg_catalog.concat_ws(' ',
         pg_catalog.pg_get_expr(d.adbin, d.adrelid),
         (select o.collname from pg_catalog.pg_collation o where o.oid = a.attcollation and a.attcollation <> t.typcollation),
         a.attstorage, nullif(a.attcompression, ''), nullif(a.attstattarget, -1),
         -- Some builds keep a version of their own here, which changes with every column that is made.
         (select pg_catalog.string_agg(o.item, ', ' order by o.item) from pg_catalog.unnest(a.attoptions) as o (item)
          where o.item not like 'pg\_attver=%'),
         (select pg_catalog.string_agg(g.item::text, ', ' order by g.item::text) from pg_catalog.unnest(a.attacl) as g (item)))
         as definition
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid and e.deptype = 'e')
