-- Row level security policies.
select 'policy' as kind,
       schemaname || '.' || tablename || '.' || policyname as name,
       pg_catalog.lower(permissive) || ' ' || pg_catalog.lower(cmd) || ' to '
       || (select pg_catalog.string_agg(role::text, ', ' order by role::text) from pg_catalog.unnest(roles) as r (role)) as facts,
       pg_catalog.concat_ws(' with check ', qual, with_check) as definition
from pg_catalog.pg_policies
