drop table workflow_executions;
