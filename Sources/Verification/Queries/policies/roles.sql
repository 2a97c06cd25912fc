-- Roles that could be somebody's, with the number of tables with row level security that they have rights on.
select r.rolname as name,
       (select pg_catalog.count(*)
        from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and c.relrowsecurity and c.oid >= 16384 and n.nspname !~ '^pg_'
          and pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')) as tables
from pg_catalog.pg_roles r
where not r.rolsuper and not r.rolbypassrls and r.rolname !~ '^pg_'
order by 2 desc, 1
