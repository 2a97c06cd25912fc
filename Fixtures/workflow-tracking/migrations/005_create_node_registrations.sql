-- The services that are there, and whether they are well. They serve all namespaces.
-- schemacheck:allow missing-rls services serve all namespaces
create table node_registrations (
    node_id uuid primary key default gen_random_uuid(),
    node_type varchar(100) not null,
    node_version varchar(50) not null,
    capabilities jsonb not null default '{}' check (jsonb_typeof(capabilities) = 'object'),
    endpoints jsonb not null default '{}' check (jsonb_typeof(endpoints) = 'object'),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    health_status varchar(50) not null default 'UNKNOWN'
        check (health_status in ('HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN')),
    last_heartbeat timestamptz not null default now()
);

create index idx_node_registrations_type_health on node_registrations (node_type, health_status, last_heartbeat desc);
create index idx_node_registrations_health on node_registrations (health_status, last_heartbeat);
create index idx_node_registrations_heartbeat on node_registrations (last_heartbeat);

grant select, insert, update, delete on node_registrations to workflow_app;
