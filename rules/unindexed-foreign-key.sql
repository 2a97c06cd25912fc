-- Foreign keys without an index that begins with their columns.
-- severity: warning
-- category: design
select n.nspname as schema,
       c.relname || '.' || k.conname as object,
       'constraint' as kind,
       'no index begins with the columns of the foreign key' as detail
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and k.conparentid = 0
  and not exists (
    select from pg_catalog.pg_index x
    where x.indrelid = k.conrelid
      and (x.indkey::pg_catalog.int2[])[0:pg_catalog.cardinality(k.conkey) - 1] operator(pg_catalog.@>) k.conkey)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
