-- Row level security policies with the roles that they are for.
select p.polrelid::int8 as table_oid,
       p.polname as name,
       p.polpermissive as is_permissive,
       case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end
         as command,
       (select pg_catalog.json_agg(case r.role when 0 then 'public' else pg_catalog.pg_get_userbyid(r.role)::text end)
        from pg_catalog.unnest(p.polroles) as r (role)) as roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) as condition,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check_condition
from pg_catalog.pg_policy p
order by p.polrelid, p.polname
