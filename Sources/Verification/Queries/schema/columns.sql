-- The columns of tables.
select a.attrelid::int8 as table_oid,
       a.attnum::int as number,
       a.attname as name,
       a.atttypid::int8 as type,
       a.atttypmod as modifier,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name,
       a.attnotnull as is_not_null,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) as default_value,
       a.attidentity <> '' as is_identity,
       a.attgenerated <> '' as is_generated,
       pg_catalog.pg_get_serial_sequence(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), a.attname)
         as sequence
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by a.attrelid, a.attnum
