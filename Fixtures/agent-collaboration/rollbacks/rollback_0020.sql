drop view v_workspace_activity;
drop view v_agent_workload;
drop view v_active_workflows;
drop view v_task_statistics;
