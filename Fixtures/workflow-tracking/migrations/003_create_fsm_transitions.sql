-- Every change of state of anything that has states. What the entity is, entity_type says: no foreign key can.
-- schemacheck:allow missing-rls an entity may belong to no namespace, and programs only add rows
create table fsm_transitions (
    id uuid primary key default gen_random_uuid(),
    entity_id uuid not null,
    entity_type varchar(50) not null check (entity_type in ('workflow', 'bridge', 'node')),
    from_state varchar(50) not null,
    to_state varchar(50) not null,
    transition_event varchar(100) not null,
    transition_data jsonb not null default '{}' check (jsonb_typeof(transition_data) = 'object'),
    created_at timestamptz not null default now()
);

create index idx_fsm_transitions_entity on fsm_transitions (entity_id, entity_type, created_at);
create index idx_fsm_transitions_type on fsm_transitions (entity_type, created_at);
create index idx_fsm_transitions_states on fsm_transitions (from_state, to_state);
create index idx_fsm_transitions_created on fsm_transitions (created_at);

grant select, insert on fsm_transitions to workflow_app;
