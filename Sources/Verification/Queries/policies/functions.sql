-- Functions with their parameters' names and their texts.
select n.nspname as schema,
       p.proname as name,
       coalesce(pg_catalog.to_json(p.proargnames[1:p.pronargs]), '[]') as parameters,
       pg_catalog.pg_get_functiondef(p.oid) as body
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang and l.lanname not in ('c', 'internal')
where p.oid >= 16384 and p.prokind in ('f', 'p')
order by 1, 2, p.oid
