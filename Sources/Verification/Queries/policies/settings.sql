-- Settings that functions read: the name in each call of current_setting.
select p.proname as name, m.parts[1] as setting
from pg_catalog.pg_proc p
cross join lateral pg_catalog.regexp_matches(p.prosrc, 'current_setting\s*\(\s*''([^'']+)''', 'gi') as m (parts)
where p.oid >= 16384
order by 1, 2
