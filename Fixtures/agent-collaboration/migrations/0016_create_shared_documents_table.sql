-- Documents that agents write together.
create table shared_documents (
    id uuid primary key default uuid_generate_v4(),
    workspace_id uuid,
    tenant_id uuid not null,

    title varchar(255) not null constraint doc_title_not_empty check (length(trim(title)) > 0),
    content text,
    content_type varchar(50) not null default 'text' check (content_type in ('text', 'markdown', 'json', 'yaml', 'code')),
    language varchar(50),

    version integer not null default 1 constraint doc_version_positive check (version > 0),
    is_locked boolean not null default false,
    locked_by varchar(255),
    locked_at timestamptz,
    lock_expires_at timestamptz,

    created_by varchar(255) not null,
    updated_by varchar(255),
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp,
    deleted_at timestamptz,

    metadata jsonb not null default '{}',

    unique (tenant_id, id),
    foreign key (tenant_id, workspace_id) references workspaces (tenant_id, id) on delete cascade,
    constraint valid_metadata check (jsonb_typeof(metadata) = 'object'),
    constraint lock_consistency check (
        (not is_locked and locked_by is null and locked_at is null and lock_expires_at is null)
        or (is_locked and locked_by is not null and locked_at is not null and lock_expires_at is not null)
    )
);

create index idx_documents_workspace on shared_documents (tenant_id, workspace_id);
create index idx_documents_created_by on shared_documents (created_by);
create index idx_documents_updated_at on shared_documents (updated_at) where deleted_at is null;

create trigger update_documents_updated_at before update on shared_documents
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on shared_documents to collaboration_app;
alter table shared_documents enable row level security;
alter table shared_documents force row level security;

create policy documents_tenant_isolation on shared_documents to collaboration_app
    using (tenant_id = (select current_tenant_id()))
    with check (tenant_id = (select current_tenant_id()));
