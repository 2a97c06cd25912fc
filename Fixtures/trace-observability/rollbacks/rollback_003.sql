drop function cleanup_old_traces(integer);
drop table spans;
drop table traces;
