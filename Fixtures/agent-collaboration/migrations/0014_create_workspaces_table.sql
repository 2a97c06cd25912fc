-- Where agents work together.
create table workspaces (
    id uuid primary key default uuid_generate_v4(),
    tenant_id uuid not null,
    name varchar(255) not null constraint workspace_name_not_empty check (length(trim(name)) > 0),
    type varchar(50) not null default 'general',

    owner_id varchar(255) not null,
    visibility workspace_visibility not null default 'private',

    -- Two who write at once are told apart by the version.
    state jsonb not null default '{}',
    state_version integer not null default 1,
    last_activity_at timestamptz not null default current_timestamp,

    config jsonb not null default '{}',
    max_members integer not null default 100
        constraint valid_max_members check (max_members > 0 and max_members <= 1000),

    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp,
    deleted_at timestamptz,

    unique (tenant_id, id),
    constraint valid_state check (jsonb_typeof(state) = 'object'),
    constraint valid_config check (jsonb_typeof(config) = 'object')
);

create index idx_workspaces_owner_id on workspaces (owner_id);
create index idx_workspaces_type on workspaces (type) where deleted_at is null;
create index idx_workspaces_last_activity on workspaces (last_activity_at) where deleted_at is null;

create trigger update_workspaces_updated_at before update on workspaces
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on workspaces to collaboration_app;
alter table workspaces enable row level security;
alter table workspaces force row level security;

create policy workspaces_tenant_isolation on workspaces to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
