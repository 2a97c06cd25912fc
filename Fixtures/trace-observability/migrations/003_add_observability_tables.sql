-- Traces of workflow runs, and the spans that they consist of.
set lock_timeout = '5s';

create table traces (
    trace_id uuid primary key default gen_random_uuid(),
    workflow_id varchar(255) not null,
    execution_id varchar(255) unique not null,
    -- A trace belongs to somebody, and goes with him.
    user_id uuid not null references profiles (id) on delete cascade,

    query text,

    started_at timestamptz not null default now(),
    completed_at timestamptz,
    total_duration_ms integer not null default 0,

    status varchar(50) not null default 'running',
    error text,

    total_cost decimal(10, 6) not null default 0.0,
    total_tokens jsonb not null default '{}'::jsonb,

    metadata jsonb not null default '{}'::jsonb,

    constraint valid_status check (status in ('running', 'completed', 'failed', 'cancelled'))
);

create index idx_traces_user_started on traces (user_id, started_at);
create index idx_traces_started_at on traces (started_at);
create index idx_traces_workflow_started on traces (workflow_id, started_at desc);
create index idx_traces_status on traces (status, started_at);
create index idx_traces_metadata_gin on traces using gin (metadata);
create index idx_traces_total_tokens_gin on traces using gin (total_tokens);

create table spans (
    span_id uuid primary key default gen_random_uuid(),
    trace_id uuid not null references traces (trace_id) on delete cascade,
    -- The spans below this one are those that name it here.
    parent_span_id uuid references spans (span_id) on delete set null,

    span_type varchar(50) not null check (span_type in ('workflow', 'agent', 'llm', 'tool', 'api', 'retrieval', 'other')),
    name varchar(255) not null,

    status varchar(50) not null default 'pending',

    started_at timestamptz,
    completed_at timestamptz,
    duration_ms integer not null default 0,

    inputs jsonb not null default '{}'::jsonb,
    outputs jsonb not null default '{}'::jsonb,

    tokens jsonb not null default '{}'::jsonb,
    cost decimal(10, 6) not null default 0.0,
    model varchar(255),
    provider varchar(100),

    error text,
    error_class varchar(100),
    error_stack text,

    api_limits jsonb not null default '{}'::jsonb,
    retry_count integer not null default 0,
    timeout integer,

    evaluation jsonb not null default '{}'::jsonb,
    metadata jsonb not null default '{}'::jsonb,

    constraint valid_span_status check (status in ('pending', 'running', 'completed', 'failed', 'cancelled'))
);

create index idx_spans_trace_started on spans (trace_id, started_at);
create index idx_spans_parent_span_id on spans (parent_span_id);
create index idx_spans_span_type on spans (span_type, started_at);
create index idx_spans_status on spans (status, started_at);
create index idx_spans_tokens_gin on spans using gin (tokens);
create index idx_spans_metadata_gin on spans using gin (metadata);

-- Deletes what has ended, however it ended, and is old enough.
create function cleanup_old_traces(retention_days integer default 90) returns integer
    language plpgsql
    as $$
declare
    deleted_count integer;
begin
    delete from traces
    where started_at < now() - make_interval(days => retention_days)
    and status <> 'running';

    get diagnostics deleted_count = row_count;
    return deleted_count;
end;
$$;

reset lock_timeout;
