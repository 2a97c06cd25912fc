-- Conflicts between agents, and how they were resolved.
create table conflict_resolutions (
    id uuid primary key default uuid_generate_v4(),
    tenant_id uuid not null,
    resource_type varchar(50) not null,
    resource_id uuid not null,
    conflict_type varchar(50) not null,
    description text,
    resolution_strategy varchar(50),
    details jsonb not null default '{}',
    resolved_by varchar(255),
    resolved_at timestamptz,
    created_at timestamptz not null default current_timestamp,

    constraint valid_details check (jsonb_typeof(details) = 'object')
);

create index idx_conflicts_tenant_id on conflict_resolutions (tenant_id);
create index idx_conflicts_resource on conflict_resolutions (resource_type, resource_id);
create index idx_conflicts_created_at on conflict_resolutions (created_at);

grant select, insert, update, delete on conflict_resolutions to collaboration_app;
alter table conflict_resolutions enable row level security;
alter table conflict_resolutions force row level security;

create policy conflicts_tenant_isolation on conflict_resolutions to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
