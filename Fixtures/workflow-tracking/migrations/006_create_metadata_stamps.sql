-- What was stamped on which file. Stamps outlive the run that made them.
create table metadata_stamps (
    id uuid primary key default gen_random_uuid(),
    namespace varchar(255) not null,
    workflow_id uuid,
    file_hash varchar(128) not null,
    stamp_data jsonb not null default '{}' check (jsonb_typeof(stamp_data) = 'object'),
    created_at timestamptz not null default now(),
    foreign key (namespace, workflow_id) references workflow_executions (namespace, id)
        on delete set null (workflow_id)
);

create index idx_metadata_stamps_workflow on metadata_stamps (workflow_id, namespace);
create index idx_metadata_stamps_hash on metadata_stamps (file_hash);
create index idx_metadata_stamps_namespace on metadata_stamps (namespace, created_at desc);
create index idx_metadata_stamps_created on metadata_stamps (created_at);

alter table metadata_stamps enable row level security;
alter table metadata_stamps force row level security;
grant select, insert on metadata_stamps to workflow_app;

create policy metadata_stamps_read on metadata_stamps for select to workflow_app
    using (namespace = current_setting('app.namespace', true));
create policy metadata_stamps_write on metadata_stamps for insert to workflow_app
    with check (namespace = current_setting('app.namespace', true));
