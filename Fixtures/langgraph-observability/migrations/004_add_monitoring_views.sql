-- What dashboards read, and the functions that workers call.

create view v_workflow_status_dashboard as
select
    wsl.workflow_execution_id,
    ep.campaign_id,
    c.name as campaign_name,
    ep.execution_strategy,
    ep.total_agents,
    wsl.current_step,

    -- round() with a number of digits takes numeric only.
    case
        when ep.total_agents > 0
        then round(coalesce(array_length(wsl.completed_agents, 1), 0)::numeric / ep.total_agents * 100, 2)
        else 0
    end as progress_percentage,

    coalesce(array_length(wsl.current_agents_running, 1), 0) as agents_running,
    coalesce(array_length(wsl.completed_agents, 1), 0) as agents_completed,
    coalesce(array_length(wsl.failed_agents, 1), 0) as agents_failed,
    coalesce(array_length(wsl.waiting_agents, 1), 0) as agents_waiting,

    wsl.start_time,
    wsl.estimated_completion_time,
    wsl.actual_completion_time,

    case
        when wsl.actual_completion_time is not null then 'completed'
        when coalesce(array_length(wsl.current_agents_running, 1), 0) > 0 then 'running'
        when coalesce(array_length(wsl.failed_agents, 1), 0) = ep.total_agents then 'failed'
        when coalesce(array_length(wsl.completed_agents, 1), 0)
            + coalesce(array_length(wsl.failed_agents, 1), 0) = ep.total_agents then 'completed'
        else 'pending'
    end as workflow_status,

    case
        when wsl.start_time is not null and wsl.actual_completion_time is not null
        then extract(epoch from (wsl.actual_completion_time - wsl.start_time)) / 60.0
        when wsl.start_time is not null
        then extract(epoch from (now() - wsl.start_time)) / 60.0
        else null
    end as elapsed_minutes,

    ep.estimated_duration_minutes,
    wsl.last_heartbeat,

    case
        when wsl.last_heartbeat < now() - interval '2 minutes' then 'stale'
        when coalesce(array_length(wsl.failed_agents, 1), 0) > 0 then 'degraded'
        else 'healthy'
    end as health_status,

    wsl.created_at as workflow_started_at
from workflow_state_live wsl
join execution_plans ep on wsl.workflow_execution_id = ep.workflow_execution_id
left join campaigns c on ep.campaign_id = c.id;

create view v_agent_execution_timeline as
select
    lae.workflow_id,
    lae.agent_name,
    lae.agent_type,
    lae.step_name,
    lae.start_time,
    lae.end_time,
    lae.duration,
    lae.status,
    lae.input_tokens,
    lae.output_tokens,
    lae.total_tokens,
    lae.cost,
    lae.retry_count,

    ad.depends_on_agents,
    ad.execution_order,
    ad.parallel_group_id,

    lag(lae.end_time) over by_order as previous_agent_end_time,
    lead(lae.start_time) over by_order as next_agent_start_time,
    extract(epoch from (lae.start_time - lag(lae.end_time) over by_order)) / 60.0 as wait_time_minutes
from langgraph_agent_executions lae
join execution_plans ep on lae.workflow_id = ep.workflow_execution_id
join agent_dependencies ad on ep.id = ad.execution_plan_id and lae.agent_name = ad.agent_name
window by_order as (partition by lae.workflow_id order by ad.execution_order);

create view v_workflow_performance_analytics as
select
    date_trunc('day', wps.created_at) as execution_date,
    wps.execution_strategy,

    count(*) as total_workflows,
    count(*) filter (where wps.successful_agents = wps.total_agents) as successful_workflows,
    count(*) filter (where wps.failed_agents > 0) as failed_workflows,

    round(avg(wps.actual_duration_minutes), 2) as avg_duration_minutes,
    round(avg(wps.duration_variance_percent)::numeric, 2) as avg_duration_variance_percent,
    round(avg(wps.average_agent_quality_score)::numeric, 3) as avg_quality_score,

    round(avg(wps.total_tokens_used)) as avg_tokens_per_workflow,
    round(avg(wps.estimated_cost_usd), 4) as avg_cost_per_workflow,

    round(avg(wps.error_count), 1) as avg_errors_per_workflow,
    round(avg(wps.successful_recoveries::numeric / nullif(wps.recovery_attempts, 0)), 3) as avg_recovery_rate
from workflow_performance_summary wps
where wps.created_at >= now() - interval '30 days'
group by date_trunc('day', wps.created_at), wps.execution_strategy;

-- The last 30 days of each agent beside its last 90.
create view v_agent_performance_trends as
select
    recent.agent_name,
    recent.agent_type,
    recent.avg_execution_time_seconds,
    recent.success_rate,
    recent.avg_quality_score,
    recent.avg_cost_per_execution,

    longer.avg_execution_time_seconds as prev_avg_execution_time,
    longer.success_rate as prev_success_rate,
    longer.avg_quality_score as prev_avg_quality_score,

    row_number() over (
        partition by recent.agent_type
        order by recent.success_rate desc, recent.avg_execution_time_seconds asc
    ) as performance_rank,

    recent.sample_size,
    recent.last_execution,
    recent.updated_at
from agent_performance_benchmarks recent
left join agent_performance_benchmarks longer
    on longer.agent_name = recent.agent_name
    and longer.agent_type = recent.agent_type
    and longer.benchmark_window_days = 90
where recent.benchmark_window_days = 30;

create function get_workflow_progress(p_workflow_execution_id uuid)
returns table (
    workflow_execution_id uuid,
    progress_percentage numeric,
    current_status text,
    agents_running text[],
    agents_completed text[],
    agents_failed text[],
    agents_waiting text[],
    elapsed_minutes numeric,
    estimated_completion_minutes integer,
    health_status text
)
language plpgsql stable as $$
begin
    return query
    select
        vws.workflow_execution_id,
        vws.progress_percentage,
        vws.workflow_status,
        wsl.current_agents_running,
        wsl.completed_agents,
        wsl.failed_agents,
        wsl.waiting_agents,
        vws.elapsed_minutes,
        vws.estimated_duration_minutes,
        vws.health_status
    from v_workflow_status_dashboard vws
    join workflow_state_live wsl on vws.workflow_execution_id = wsl.workflow_execution_id
    where vws.workflow_execution_id = p_workflow_execution_id;
end;
$$;

create function update_workflow_heartbeat(p_workflow_execution_id uuid) returns boolean
language plpgsql as $$
begin
    update workflow_state_live
    set last_heartbeat = now()
    where workflow_execution_id = p_workflow_execution_id;

    return found;
end;
$$;

create function refresh_agent_benchmarks(p_window_days integer default 30) returns integer
language plpgsql as $$
declare
    updated_count integer := 0;
    agent record;
begin
    for agent in
        select distinct lae.agent_name, lae.agent_type
        from langgraph_agent_executions lae
        where lae.start_time >= now() - make_interval(days => p_window_days)
    loop
        insert into agent_performance_benchmarks (
            agent_name, agent_type,
            avg_execution_time_seconds, median_execution_time_seconds, p95_execution_time_seconds,
            avg_quality_score, success_rate, failure_rate,
            avg_tokens_per_execution, avg_cost_per_execution,
            sample_size, last_execution, benchmark_window_days
        )
        select
            agent.agent_name,
            agent.agent_type,
            avg(lae.duration / 1000.0),
            percentile_cont(0.5) within group (order by lae.duration / 1000.0),
            percentile_cont(0.95) within group (order by lae.duration / 1000.0),
            avg((lae.metadata->>'quality_score')::float),
            avg(case when lae.status = 'success' then 1.0 else 0.0 end),
            avg(case when lae.status <> 'success' then 1.0 else 0.0 end),
            avg(lae.total_tokens),
            avg(lae.cost),
            count(*),
            max(lae.start_time),
            p_window_days
        from langgraph_agent_executions lae
        where lae.agent_name = agent.agent_name
          and lae.agent_type = agent.agent_type
          and lae.start_time >= now() - make_interval(days => p_window_days)
        on conflict (agent_name, agent_type, benchmark_window_days) do update set
            avg_execution_time_seconds = excluded.avg_execution_time_seconds,
            median_execution_time_seconds = excluded.median_execution_time_seconds,
            p95_execution_time_seconds = excluded.p95_execution_time_seconds,
            avg_quality_score = excluded.avg_quality_score,
            success_rate = excluded.success_rate,
            failure_rate = excluded.failure_rate,
            avg_tokens_per_execution = excluded.avg_tokens_per_execution,
            avg_cost_per_execution = excluded.avg_cost_per_execution,
            sample_size = excluded.sample_size,
            last_execution = excluded.last_execution;

        updated_count := updated_count + 1;
    end loop;

    return updated_count;
end;
$$;

grant select on v_workflow_status_dashboard to credilinq_app;
grant select on v_agent_execution_timeline to credilinq_app;
grant select on v_workflow_performance_analytics to credilinq_app;
grant select on v_agent_performance_trends to credilinq_app;
grant execute on function get_workflow_progress(uuid) to credilinq_app;
grant execute on function update_workflow_heartbeat(uuid) to credilinq_app;
grant execute on function refresh_agent_benchmarks(integer) to credilinq_app;

comment on view v_workflow_status_dashboard is 'Every workflow execution with its progress and health';
comment on view v_agent_execution_timeline is 'What each agent of a workflow did, in the order of the plan';
comment on view v_workflow_performance_analytics is 'Figures of the last 30 days by day and strategy';
comment on view v_agent_performance_trends is 'Each agent''s rank within its type, and how it changed';
