-- Tables whose rows nothing tells apart.
-- severity: warning
-- category: design
select n.nspname as schema,
       c.relname as object,
       'table' as kind,
       'the table has no primary key and no unique constraint' as detail
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
  and not exists (select from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisunique)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
