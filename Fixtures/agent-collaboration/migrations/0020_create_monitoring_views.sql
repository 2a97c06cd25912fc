-- What operators look at. The views read as whoever asks, so that the policies hold.
create view v_task_statistics with (security_invoker = true) as
select
    tenant_id,
    status,
    priority,
    count(*) as count,
    avg(extract(epoch from (completed_at - created_at))) as avg_duration_seconds,
    percentile_cont(0.5) within group (order by extract(epoch from (completed_at - created_at))) as median_duration_seconds,
    percentile_cont(0.95) within group (order by extract(epoch from (completed_at - created_at))) as p95_duration_seconds
from tasks
where deleted_at is null
group by tenant_id, status, priority;

create view v_active_workflows with (security_invoker = true) as
select
    w.id,
    w.tenant_id,
    w.name,
    w.type,
    count(distinct we.id) filter (where we.status in ('pending', 'running')) as active_executions,
    count(distinct we.id) filter (where we.status = 'completed') as completed_executions,
    count(distinct we.id) filter (where we.status = 'failed') as failed_executions,
    max(we.started_at) as last_execution_started
from workflows w
left join workflow_executions we on w.tenant_id = we.tenant_id and w.id = we.workflow_id
where w.is_active = true and w.deleted_at is null
group by w.id, w.tenant_id, w.name, w.type;

create view v_agent_workload with (security_invoker = true) as
select
    tenant_id,
    assigned_to as agent_id,
    count(*) filter (where status in ('assigned', 'accepted')) as pending_tasks,
    count(*) filter (where status = 'in_progress') as active_tasks,
    count(*) filter (where status = 'completed' and completed_at > current_timestamp - interval '24 hours') as completed_24h,
    avg(extract(epoch from (completed_at - started_at))) filter (where status = 'completed') as avg_task_duration_seconds
from tasks
where deleted_at is null and assigned_to is not null
group by tenant_id, assigned_to;

create view v_workspace_activity with (security_invoker = true) as
select
    w.id,
    w.tenant_id,
    w.name,
    w.type,
    count(distinct wm.agent_id) as member_count,
    count(distinct wm.agent_id) filter (where wm.last_seen_at > current_timestamp - interval '15 minutes') as active_members,
    w.state_version,
    w.last_activity_at,
    count(distinct d.id) as document_count
from workspaces w
left join workspace_members wm on w.tenant_id = wm.tenant_id and w.id = wm.workspace_id
left join shared_documents d on w.tenant_id = d.tenant_id and w.id = d.workspace_id and d.deleted_at is null
where w.deleted_at is null
group by w.id, w.tenant_id, w.name, w.type, w.state_version, w.last_activity_at;

grant select on v_task_statistics, v_active_workflows, v_agent_workload, v_workspace_activity to collaboration_app;
