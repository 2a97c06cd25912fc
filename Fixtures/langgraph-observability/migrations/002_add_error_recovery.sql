-- Which errors there are, how each kind is recovered from, and what was tried.

create table error_classifications (
    id uuid primary key default uuid_generate_v4(),
    -- A regular expression or a plain text that the error's message is searched for.
    error_pattern text not null,
    error_type varchar(50) not null check (error_type in
        ('transient', 'configuration', 'data', 'critical', 'rate_limit', 'timeout', 'permission')),
    recovery_strategy varchar(50) not null check (recovery_strategy in
        ('retry_immediate', 'retry_backoff', 'retry_exponential', 'reload_config', 'skip_agent',
         'manual_intervention', 'alternative_agent')),
    confidence_score float not null check (confidence_score >= 0.0 and confidence_score <= 1.0),
    learning_source varchar(50) not null default 'automatic'
        check (learning_source in ('automatic', 'manual', 'ml_trained')),

    max_retry_attempts integer not null default 3 check (max_retry_attempts >= 0),
    retry_delay_seconds integer not null default 30 check (retry_delay_seconds >= 0),
    backoff_multiplier float not null default 2.0 check (backoff_multiplier >= 1.0),

    usage_count integer not null default 0,
    success_rate float not null default 0.0 check (success_rate >= 0.0 and success_rate <= 1.0),
    last_used timestamptz,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    unique (error_pattern, error_type)
);

create table error_recovery_logs (
    id uuid primary key default uuid_generate_v4(),
    workflow_execution_id uuid references workflow_state_live (workflow_execution_id) on delete cascade,
    -- A row of langgraph_agent_executions, which may be gone before its log.
    agent_execution_id uuid,

    original_error text not null,
    error_classification_id uuid references error_classifications (id),
    error_type varchar(50),

    recovery_strategy varchar(50),
    attempt_number integer not null check (attempt_number > 0),
    recovery_success boolean,
    recovery_duration_ms integer check (recovery_duration_ms >= 0),

    final_result varchar(20) check (final_result in ('success', 'failed', 'skipped', 'manual_required')),
    recovery_notes text,

    created_at timestamptz not null default now()
);

create table execution_plan_revisions (
    id uuid primary key default uuid_generate_v4(),
    execution_plan_id uuid not null references execution_plans (id) on delete cascade,
    revision_number integer not null check (revision_number > 0),

    change_reason varchar(20) not null check (change_reason in
        ('agent_failure', 'dependency_update', 'optimization', 'manual_override', 'error_recovery')),
    change_description text,

    old_sequence jsonb,
    new_sequence jsonb not null,
    affected_agents text[],

    old_estimated_duration integer,
    new_estimated_duration integer,

    revised_by_agent varchar(100) not null default 'MasterPlannerAgent',
    auto_generated boolean not null default true,

    revised_at timestamptz not null default now(),

    unique (execution_plan_id, revision_number)
);

create index idx_error_classifications_pattern on error_classifications
    using gin (to_tsvector('english', error_pattern));
create index idx_error_classifications_type on error_classifications (error_type, confidence_score desc);
create index idx_error_classifications_success_rate on error_classifications (success_rate desc, usage_count desc);

create index idx_error_recovery_workflow on error_recovery_logs (workflow_execution_id);
create index idx_error_recovery_classification on error_recovery_logs (error_classification_id);
create index idx_error_recovery_created_at on error_recovery_logs (created_at);
create index idx_error_recovery_success on error_recovery_logs (recovery_success, created_at);

create index idx_execution_plan_revisions_reason on execution_plan_revisions (change_reason, revised_at);

create trigger update_error_classifications_updated_at
    before update on error_classifications
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on error_classifications to credilinq_app;
grant select, insert, update, delete on error_recovery_logs to credilinq_app;
grant select, insert, update, delete on execution_plan_revisions to credilinq_app;

insert into error_classifications
    (error_pattern, error_type, recovery_strategy, confidence_score, learning_source)
values
    ('rate limit|too many requests|429', 'rate_limit', 'retry_exponential', 0.95, 'manual'),
    ('timeout|timed out|request timeout', 'timeout', 'retry_backoff', 0.90, 'manual'),
    ('connection|network|dns', 'transient', 'retry_immediate', 0.85, 'manual'),
    ('permission|unauthorized|403|401', 'permission', 'reload_config', 0.80, 'manual'),
    ('not found|404|does not exist', 'configuration', 'skip_agent', 0.75, 'manual'),
    ('out of memory|memory error|oom', 'critical', 'manual_intervention', 0.95, 'manual'),
    ('validation error|invalid input', 'data', 'skip_agent', 0.70, 'manual');

comment on table error_classifications is 'How errors are told apart, and how each kind is recovered from';
comment on table error_recovery_logs is 'Every attempt to recover from an error, with its outcome';
comment on table execution_plan_revisions is 'Every change of a plan, with its reason';
