-- One row for each run of a workflow. A namespace is a tenant.
create table workflow_executions (
    id uuid primary key default gen_random_uuid(),
    correlation_id uuid not null,
    workflow_type varchar(100) not null,
    current_state varchar(50) not null default 'PENDING'
        check (current_state in ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED')),
    namespace varchar(255) not null,
    started_at timestamptz not null default now(),
    completed_at timestamptz,
    execution_time_ms integer check (execution_time_ms >= 0),
    error_message text,
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    unique (namespace, correlation_id),
    -- What rows of a namespace refer to is in the same namespace.
    unique (namespace, id),
    check (completed_at >= started_at)
);

create index idx_workflow_executions_correlation on workflow_executions (correlation_id);
create index idx_workflow_executions_state on workflow_executions (namespace, current_state, started_at desc);
create index idx_workflow_executions_started on workflow_executions (started_at);

alter table workflow_executions enable row level security;
alter table workflow_executions force row level security;
grant select, insert, update, delete on workflow_executions to workflow_app;

create policy workflow_executions_namespace on workflow_executions to workflow_app
    using (namespace = current_setting('app.namespace', true))
    with check (namespace = current_setting('app.namespace', true));
