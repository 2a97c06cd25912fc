-- Plans of workflow executions, what their agents depend on, and the live state of each run.

set lock_timeout = '5s';

create extension if not exists "uuid-ossp";

create table execution_plans (
    id uuid primary key default uuid_generate_v4(),
    campaign_id uuid references campaigns (id) on delete cascade,
    -- schemacheck:allow missing-foreign-key a plan is made before its run begins
    workflow_execution_id uuid unique not null,

    execution_strategy varchar(50) not null default 'sequential',
    total_agents integer not null,
    estimated_duration_minutes integer,

    -- The steps in order, with what each waits for.
    planned_sequence jsonb not null,
    agent_configurations jsonb not null default '{}'::jsonb,

    current_step integer not null default 0,
    completed_agents text[] not null default array[]::text[],
    failed_agents text[] not null default array[]::text[],

    created_by_agent varchar(100) not null default 'MasterPlannerAgent',
    planning_reasoning text,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint valid_execution_strategy check (execution_strategy in ('sequential', 'parallel', 'adaptive')),
    constraint positive_total_agents check (total_agents > 0),
    constraint positive_duration check (estimated_duration_minutes > 0)
);

create table agent_dependencies (
    id uuid primary key default uuid_generate_v4(),
    execution_plan_id uuid not null references execution_plans (id) on delete cascade,

    agent_name varchar(100) not null,
    agent_type varchar(100) not null,

    depends_on_agents text[] not null default array[]::text[],
    dependency_type varchar(20) not null default 'hard' check (dependency_type in ('hard', 'soft', 'optional')),
    execution_order integer not null,

    -- Agents of one group may run at the same time.
    parallel_group_id integer,
    is_parallel_eligible boolean not null default false,

    max_retries integer not null default 3 check (max_retries >= 0),
    timeout_minutes integer not null default 30 check (timeout_minutes > 0),
    resource_requirements jsonb not null default '{}'::jsonb,

    created_at timestamptz not null default now(),

    constraint positive_execution_order check (execution_order > 0),
    unique (execution_plan_id, agent_name),
    unique (execution_plan_id, execution_order)
);

create table workflow_state_live (
    workflow_execution_id uuid primary key,

    current_agents_running text[] not null default array[]::text[],
    current_step integer not null default 0,

    completed_agents text[] not null default array[]::text[],
    failed_agents text[] not null default array[]::text[],
    waiting_agents text[] not null default array[]::text[],

    start_time timestamptz,
    estimated_completion_time timestamptz,
    actual_completion_time timestamptz,

    execution_metadata jsonb not null default '{}'::jsonb,
    intermediate_outputs jsonb not null default '{}'::jsonb,

    last_heartbeat timestamptz not null default now(),

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index idx_execution_plans_campaign on execution_plans (campaign_id);
create index idx_execution_plans_strategy on execution_plans (execution_strategy, created_at);
create index idx_execution_plans_created_at on execution_plans (created_at);

create index idx_agent_dependencies_agent_name on agent_dependencies (agent_name);
create index idx_agent_dependencies_parallel_group on agent_dependencies (parallel_group_id)
    where parallel_group_id is not null;

create index idx_workflow_state_live_heartbeat on workflow_state_live (last_heartbeat);
create index idx_workflow_state_live_start_time on workflow_state_live (start_time);
create index idx_workflow_state_live_completion on workflow_state_live (actual_completion_time)
    where actual_completion_time is not null;

create function update_updated_at_column() returns trigger
language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger update_execution_plans_updated_at
    before update on execution_plans
    for each row execute function update_updated_at_column();

create trigger update_workflow_state_live_updated_at
    before update on workflow_state_live
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on execution_plans to credilinq_app;
grant select, insert, update, delete on agent_dependencies to credilinq_app;
grant select, insert, update, delete on workflow_state_live to credilinq_app;

comment on table execution_plans is 'One plan for each workflow execution: its agents in their order';
comment on table agent_dependencies is 'What each agent of a plan waits for, and how it is run';
comment on table workflow_state_live is 'How far each workflow execution has come';

reset lock_timeout;
