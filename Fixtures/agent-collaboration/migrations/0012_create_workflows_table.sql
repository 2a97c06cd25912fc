-- What several agents do in which order.
create table workflows (
    id uuid primary key default uuid_generate_v4(),
    tenant_id uuid not null,
    name varchar(255) not null constraint name_not_empty check (length(trim(name)) > 0),
    type workflow_type not null default 'sequential',
    version integer not null default 1 constraint version_positive check (version > 0),

    created_by varchar(255) not null,
    agents jsonb not null default '{}' constraint valid_agents_jsonb check (jsonb_typeof(agents) = 'object'),
    steps jsonb not null default '[]' constraint valid_steps_jsonb check (jsonb_typeof(steps) = 'array'),
    config jsonb not null default '{}' constraint valid_config_jsonb check (jsonb_typeof(config) = 'object'),

    description text,
    tags text[] not null default '{}',
    is_active boolean not null default true,

    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp,
    deleted_at timestamptz,

    unique (tenant_id, id)
);

create index idx_workflows_name on workflows (name) where deleted_at is null;
create index idx_workflows_tenant_active_type on workflows (tenant_id, is_active, type)
    where is_active = true and deleted_at is null;
create index idx_workflows_tags on workflows using gin (tags);

create trigger update_workflows_updated_at before update on workflows
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on workflows to collaboration_app;
alter table workflows enable row level security;
alter table workflows force row level security;

create policy workflows_tenant_isolation on workflows to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
