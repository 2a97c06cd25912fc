-- What was done to each document, in order.
create sequence document_operation_seq;

create table document_operations (
    id uuid primary key default uuid_generate_v4(),
    document_id uuid not null,
    tenant_id uuid not null,

    agent_id varchar(255) not null,
    operation_type varchar(50) not null check (operation_type in ('insert', 'delete', 'update', 'move', 'format')),
    operation_data jsonb not null,

    vector_clock jsonb not null,
    sequence_number bigint not null default nextval('document_operation_seq'),

    timestamp timestamptz not null default current_timestamp,

    parent_operation_id uuid,
    is_applied boolean not null default false,

    unique (tenant_id, id),
    foreign key (tenant_id, document_id) references shared_documents (tenant_id, id) on delete cascade,
    foreign key (tenant_id, parent_operation_id) references document_operations (tenant_id, id),
    constraint valid_operation_data check (jsonb_typeof(operation_data) = 'object'),
    constraint valid_vector_clock check (jsonb_typeof(vector_clock) = 'object')
) with (autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);

create index idx_operations_document on document_operations (tenant_id, document_id);
create index idx_operations_timestamp on document_operations (document_id, timestamp);
create index idx_operations_sequence on document_operations (document_id, sequence_number);
create index idx_operations_not_applied on document_operations (document_id) where is_applied = false;
create index idx_operations_parent on document_operations (tenant_id, parent_operation_id)
    where parent_operation_id is not null;

grant select, insert, update, delete on document_operations to collaboration_app;
grant usage on sequence document_operation_seq to collaboration_app;
alter table document_operations enable row level security;
alter table document_operations force row level security;

create policy operations_tenant_isolation on document_operations to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
