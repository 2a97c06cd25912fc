-- Tasks, partitioned by month. The key carries the tenant, so that references stay within it, and the partition key.
create table tasks (
    id uuid not null default uuid_generate_v4(),
    tenant_id uuid not null,
    type varchar(100) not null,
    status task_status not null default 'pending',
    priority task_priority not null default 'normal',

    created_by varchar(255) not null,
    assigned_to varchar(255),

    parent_task_id uuid,
    parent_created_at timestamptz,

    title varchar(500) not null constraint title_not_empty check (length(trim(title)) > 0),
    description text,
    parameters jsonb not null default '{}',
    result jsonb,
    error text,

    max_retries integer not null default 3 constraint valid_max_retries check (max_retries >= 0 and max_retries <= 10),
    retry_count integer not null default 0,
    timeout_seconds integer not null default 3600 constraint valid_timeout check (timeout_seconds > 0),

    created_at timestamptz not null default current_timestamp,
    assigned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default current_timestamp,
    deleted_at timestamptz,

    primary key (tenant_id, id, created_at),
    constraint tasks_parent foreign key (tenant_id, parent_task_id, parent_created_at)
        references tasks (tenant_id, id, created_at) on delete cascade,
    constraint retry_count_valid check (retry_count >= 0 and retry_count <= max_retries),
    constraint parameters_is_object check (jsonb_typeof(parameters) = 'object'),
    constraint result_is_object check (result is null or jsonb_typeof(result) = 'object')
) partition by range (created_at);

create table tasks_2024_01 partition of tasks for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table tasks_2024_02 partition of tasks for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
-- What the job that creates partitions ahead has missed.
create table tasks_default partition of tasks default;

create index idx_tasks_assigned_to on tasks (assigned_to) where assigned_to is not null and deleted_at is null;
create index idx_tasks_status on tasks (status)
    where status not in ('completed', 'failed', 'cancelled') and deleted_at is null;
create index idx_tasks_tenant_status_priority on tasks (tenant_id, status, priority)
    where status in ('pending', 'assigned') and deleted_at is null;
create index idx_tasks_parent on tasks (tenant_id, parent_task_id, parent_created_at) where parent_task_id is not null;
create index idx_tasks_created_at on tasks (created_at);
create index idx_tasks_list_covering on tasks (tenant_id, assigned_to, status)
    include (title, priority)
    where deleted_at is null;

create trigger update_tasks_updated_at before update on tasks
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on tasks to collaboration_app;

alter table tasks enable row level security;
alter table tasks force row level security;
-- Partitions are reached through tasks only.
alter table tasks_2024_01 enable row level security;
alter table tasks_2024_02 enable row level security;
alter table tasks_default enable row level security;

create policy tasks_tenant_isolation on tasks to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));

-- Restrictive: it takes away from what the tenant sees, and adds nothing.
create policy tasks_soft_delete on tasks as restrictive for select to collaboration_app
    using (deleted_at is null);

-- Partitioned tables store nothing: each partition has its own settings.
alter table tasks_2024_01 set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
alter table tasks_2024_02 set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
alter table tasks_default set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
