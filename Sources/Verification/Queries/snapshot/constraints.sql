-- The constraints of tables.
select 'constraint' as kind,
       n.nspname || '.' || c.relname || '.' || k.conname as name,
       case k.contype
         when 'p' then 'primary key (' || key.names || ')'
         when 'u' then 'unique (' || key.names || ')'
         when 'c' then 'check'
         when 'x' then 'exclusion'
         when 'f' then 'foreign key (' || key.names || ') references ' || fn.nspname || '.' || f.relname
           || ' (' || target.names || ')'
           || ' on delete ' || action.names[pg_catalog.strpos('arcnd', k.confdeltype::text)]
           || ' on update ' || action.names[pg_catalog.strpos('arcnd', k.confupdtype::text)]
       end
       || case when k.condeferrable then ' deferrable' else '' end
       || case when k.condeferred then ' initially deferred' else '' end
       || case when k.convalidated then '' else ' not valid' end as facts,
       pg_catalog.pg_get_constraintdef(k.oid) as definition
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class f on f.oid = k.confrelid
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
cross join (values (array['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT'])) as action (names)
left join lateral (
  select pg_catalog.string_agg(a.attname, ', ' order by u.position) as names
  from pg_catalog.unnest(k.conkey) with ordinality as u (number, position)
  join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) key on true
left join lateral (
  select pg_catalog.string_agg(a.attname, ', ' order by u.position) as names
  from pg_catalog.unnest(k.confkey) with ordinality as u (number, position)
  join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) target on true
where k.oid >= 16384 and k.contype <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = c.oid and e.deptype = 'e')
