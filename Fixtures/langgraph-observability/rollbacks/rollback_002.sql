drop table execution_plan_revisions;
drop table error_recovery_logs;
drop table error_classifications;
