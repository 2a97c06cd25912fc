-- What the session holds and has done so far in its transaction: what, which relation, and the mode, file or number.
select 'lock', l.relation::text, l.mode
from pg_catalog.pg_locks l
where l.locktype = 'relation' and l.granted and l.pid = pg_catalog.pg_backend_pid()
union all
select 'file', l.relation::text, coalesce(pg_catalog.pg_relation_filenode(l.relation)::text, '')
from pg_catalog.pg_locks l
where l.locktype = 'relation' and l.granted and l.pid = pg_catalog.pg_backend_pid() and l.mode = 'AccessExclusiveLock'
union all
select 'scan', s.relid::text, s.seq_scan::text
from pg_catalog.pg_stat_xact_user_tables s
where s.seq_scan > 0
union all
select 'wal', '', pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text
