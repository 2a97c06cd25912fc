drop function refresh_agent_benchmarks(integer);
drop function update_workflow_heartbeat(uuid);
drop function get_workflow_progress(uuid);
drop view v_agent_performance_trends;
drop view v_workflow_performance_analytics;
drop view v_agent_execution_timeline;
drop view v_workflow_status_dashboard;
