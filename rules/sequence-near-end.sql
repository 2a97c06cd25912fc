-- Sequences that have used up more than three quarters of their numbers, or start beyond them.
-- severity: warning
-- category: design
select n.nspname as schema,
       c.relname as object,
       'sequence' as kind,
       'the sequence is at ' || coalesce(pg_catalog.pg_sequence_last_value(c.oid), s.seqstart) || ' of ' || s.seqmax as detail
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where s.seqincrement > 0 and not s.seqcycle
  and coalesce(pg_catalog.pg_sequence_last_value(c.oid), s.seqstart)::numeric - s.seqmin > 0.75 * (s.seqmax::numeric - s.seqmin)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
