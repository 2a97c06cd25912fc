-- Which agents belong to a workspace, and what they may do there.
create table workspace_members (
    workspace_id uuid not null,
    agent_id varchar(255) not null,
    tenant_id uuid not null,

    role member_role not null default 'member',
    permissions jsonb not null default '["read", "write"]',

    joined_at timestamptz not null default current_timestamp,
    last_seen_at timestamptz not null default current_timestamp,

    member_state jsonb not null default '{}',

    primary key (workspace_id, agent_id),
    foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id) on delete cascade,

    constraint valid_permissions check (jsonb_typeof(permissions) = 'array'),
    constraint valid_member_state check (jsonb_typeof(member_state) = 'object')
);

create index idx_workspace_members_workspace on workspace_members (tenant_id, workspace_id);
create index idx_workspace_members_agent_id on workspace_members (agent_id);
create index idx_workspace_members_role on workspace_members (workspace_id, role);
create index idx_workspace_members_last_seen on workspace_members (last_seen_at);

grant select, insert, update, delete on workspace_members to collaboration_app;
alter table workspace_members enable row level security;
alter table workspace_members force row level security;

create policy members_tenant_isolation on workspace_members to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
