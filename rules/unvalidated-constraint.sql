-- Constraints that no migration has validated.
-- severity: info
-- category: design
select n.nspname as schema,
       c.relname || '.' || k.conname as object,
       'constraint' as kind,
       'the constraint has not been validated: rows from before it may break it' as detail
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not k.convalidated and k.conparentid = 0
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
