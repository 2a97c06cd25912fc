-- The steps of a run, which go with it.
create table workflow_steps (
    id uuid primary key default gen_random_uuid(),
    namespace varchar(255) not null,
    workflow_id uuid not null,
    step_name varchar(255) not null,
    step_order integer not null check (step_order > 0),
    status varchar(50) not null default 'PENDING'
        check (status in ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'SKIPPED')),
    execution_time_ms integer check (execution_time_ms >= 0),
    step_data jsonb not null default '{}' check (jsonb_typeof(step_data) = 'object'),
    error_message text,
    created_at timestamptz not null default now(),
    foreign key (namespace, workflow_id) references workflow_executions (namespace, id) on delete cascade,
    unique (namespace, workflow_id, step_order)
);

create index idx_workflow_steps_workflow on workflow_steps (workflow_id, step_order);
create index idx_workflow_steps_status on workflow_steps (status, created_at);
create index idx_workflow_steps_created on workflow_steps (created_at);

alter table workflow_steps enable row level security;
alter table workflow_steps force row level security;
grant select, insert, update, delete on workflow_steps to workflow_app;

create policy workflow_steps_namespace on workflow_steps to workflow_app
    using (namespace = current_setting('app.namespace', true))
    with check (namespace = current_setting('app.namespace', true));
