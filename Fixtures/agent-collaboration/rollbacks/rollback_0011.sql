drop table task_delegations;
