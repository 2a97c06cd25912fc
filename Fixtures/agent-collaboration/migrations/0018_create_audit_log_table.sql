-- Who changed what. Rows are only ever added.
create table audit_log (
    id uuid not null default uuid_generate_v4(),
    tenant_id uuid not null,
    table_name varchar(63) not null,
    record_id uuid not null,
    action varchar(20) not null check (action in ('INSERT', 'UPDATE', 'DELETE', 'SELECT')),
    old_data jsonb constraint old_data_is_object check (jsonb_typeof(old_data) = 'object'),
    new_data jsonb constraint new_data_is_object check (jsonb_typeof(new_data) = 'object'),
    changed_fields text[],
    changed_by varchar(255) not null,
    ip_address inet,
    user_agent text,
    changed_at timestamptz not null default current_timestamp,
    primary key (tenant_id, id, changed_at)
) partition by range (changed_at);

create table audit_log_2024_01 partition of audit_log for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table audit_log_2024_02 partition of audit_log for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
create table audit_log_default partition of audit_log default;

create index idx_audit_log_tenant_table on audit_log (tenant_id, table_name);
create index idx_audit_log_record on audit_log (record_id);
create index idx_audit_log_changed_at on audit_log (changed_at);
create index idx_audit_log_changed_by on audit_log (changed_by);

grant select, insert on audit_log to collaboration_app;
alter table audit_log enable row level security;
alter table audit_log force row level security;
alter table audit_log_2024_01 enable row level security;
alter table audit_log_2024_02 enable row level security;
alter table audit_log_default enable row level security;

create policy audit_tenant_reads on audit_log for select to collaboration_app
    using (tenant_id = (select current_tenant_id()));
create policy audit_tenant_adds on audit_log for insert to collaboration_app
    with check (tenant_id = (select current_tenant_id()));
