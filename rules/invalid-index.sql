-- Indexes that no query uses because building them failed.
-- severity: warning
-- category: apply
select n.nspname as schema,
       i.relname as object,
       'index' as kind,
       'the index is invalid: building it concurrently did not succeed' as detail
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_namespace n on n.oid = i.relnamespace
where not x.indisvalid and i.relkind = 'i'
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = x.indrelid and d.deptype = 'e')
