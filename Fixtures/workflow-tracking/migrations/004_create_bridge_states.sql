-- What each bridge has aggregated.
create table bridge_states (
    bridge_id uuid primary key default gen_random_uuid(),
    namespace varchar(255) not null,
    total_workflows_processed bigint not null default 0 check (total_workflows_processed >= 0),
    total_items_aggregated bigint not null default 0 check (total_items_aggregated >= 0),
    aggregation_metadata jsonb not null default '{}' check (jsonb_typeof(aggregation_metadata) = 'object'),
    current_fsm_state varchar(50) not null default 'IDLE',
    last_aggregation_timestamp timestamptz
);

create index idx_bridge_states_namespace_state on bridge_states (namespace, current_fsm_state);
create index idx_bridge_states_state on bridge_states (current_fsm_state);
create index idx_bridge_states_last on bridge_states (last_aggregation_timestamp);

alter table bridge_states enable row level security;
alter table bridge_states force row level security;
grant select, insert, update, delete on bridge_states to workflow_app;

create policy bridge_states_namespace on bridge_states to workflow_app
    using (namespace = current_setting('app.namespace', true))
    with check (namespace = current_setting('app.namespace', true));
