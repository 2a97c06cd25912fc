-- Who handed which task to whom.
create table task_delegations (
    id uuid primary key default uuid_generate_v4(),
    tenant_id uuid not null,
    task_id uuid not null,
    task_created_at timestamptz not null,
    from_agent_id varchar(255) not null,
    to_agent_id varchar(255) not null,
    reason text,
    delegation_type delegation_type not null default 'manual',
    metadata jsonb not null default '{}',
    delegated_at timestamptz not null default current_timestamp,

    foreign key (tenant_id, task_id, task_created_at) references tasks (tenant_id, id, created_at) on delete cascade,
    constraint metadata_is_object check (jsonb_typeof(metadata) = 'object')
);

create index idx_delegations_task on task_delegations (tenant_id, task_id, task_created_at);
create index idx_delegations_from_agent on task_delegations (from_agent_id);
create index idx_delegations_to_agent on task_delegations (to_agent_id);
create index idx_delegations_delegated_at on task_delegations (delegated_at);

grant select, insert, update, delete on task_delegations to collaboration_app;
alter table task_delegations enable row level security;
alter table task_delegations force row level security;

create policy delegations_tenant_isolation on task_delegations to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
