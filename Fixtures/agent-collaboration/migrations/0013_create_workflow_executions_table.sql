-- Single runs of workflows.
create table workflow_executions (
    id uuid primary key default uuid_generate_v4(),
    workflow_id uuid not null,
    tenant_id uuid not null,

    status workflow_status not null default 'pending',
    current_step_index integer not null default 0,
    current_step_id varchar(255),

    triggered_by varchar(255) not null,
    input jsonb not null default '{}',
    context jsonb not null default '{}',
    step_results jsonb not null default '{}',
    output jsonb constraint valid_output check (jsonb_typeof(output) = 'object'),
    error text,

    started_at timestamptz not null default current_timestamp,
    completed_at timestamptz,

    execution_metadata jsonb not null default '{}' constraint valid_execution_metadata check (jsonb_typeof(execution_metadata) = 'object'),

    foreign key (tenant_id, workflow_id) references workflows (tenant_id, id),
    constraint valid_input check (jsonb_typeof(input) = 'object'),
    constraint valid_context check (jsonb_typeof(context) = 'object'),
    constraint valid_step_results check (jsonb_typeof(step_results) = 'object')
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

create index idx_executions_workflow on workflow_executions (tenant_id, workflow_id);
create index idx_executions_status on workflow_executions (status)
    where status not in ('completed', 'failed', 'cancelled');
create index idx_executions_triggered_by on workflow_executions (triggered_by);
create index idx_executions_started_at on workflow_executions (started_at);

grant select, insert, update, delete on workflow_executions to collaboration_app;
alter table workflow_executions enable row level security;
alter table workflow_executions force row level security;

create policy executions_tenant_isolation on workflow_executions to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
