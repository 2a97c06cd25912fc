-- The constraints of tables; those that a partition or child has of its parent are the parent's.
select k.oid::int8 as oid,
       k.conrelid::int8 as table_oid,
       k.conname as name,
       k.contype as kind,
       (select pg_catalog.json_agg(a.attname order by u.position)
        from pg_catalog.unnest(k.conkey) with ordinality as u (number, position)
        join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) as columns,
       pg_catalog.pg_get_expr(k.conbin, k.conrelid) as expression,
       pg_catalog.pg_get_constraintdef(k.oid) as definition,
       nullif(k.confrelid, 0)::int8 as target,
       (select pg_catalog.json_agg(a.attname order by u.position)
        from pg_catalog.unnest(k.confkey) with ordinality as u (number, position)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) as target_columns,
       k.confdeltype as on_delete,
       k.confupdtype as on_update,
       k.confmatchtype = 'f' as matches_full,
       k.condeferred as is_deferred,
       k.convalidated as is_validated
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0 and (k.coninhcount = 0 or k.conislocal)
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by k.conrelid, k.conname
