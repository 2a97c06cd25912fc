-- How well workflows and agents do, and what would make them do better.

set lock_timeout = '5s';

create table workflow_performance_summary (
    id uuid primary key default uuid_generate_v4(),
    workflow_execution_id uuid unique references workflow_state_live (workflow_execution_id) on delete cascade,
    campaign_id uuid references campaigns (id) on delete set null,

    execution_strategy varchar(50),
    total_agents integer not null,
    successful_agents integer not null default 0,
    failed_agents integer not null default 0,

    planned_duration_minutes integer,
    actual_duration_minutes integer,
    -- (actual - planned) / planned * 100
    duration_variance_percent float,

    average_agent_quality_score float
        check (average_agent_quality_score >= 0 and average_agent_quality_score <= 1),
    overall_workflow_score float check (overall_workflow_score >= 0 and overall_workflow_score <= 1),

    total_tokens_used integer not null default 0,
    estimated_cost_usd decimal(10, 4) not null default 0.0000,
    cost_per_agent_avg decimal(10, 4) not null default 0.0000,

    error_count integer not null default 0,
    recovery_attempts integer not null default 0,
    successful_recoveries integer not null default 0,

    parallel_efficiency_score float,
    dependency_satisfaction_rate float,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table agent_performance_benchmarks (
    id uuid primary key default uuid_generate_v4(),
    agent_name varchar(100) not null,
    agent_type varchar(100) not null,

    avg_execution_time_seconds float,
    median_execution_time_seconds float,
    p95_execution_time_seconds float,

    avg_quality_score float,
    median_quality_score float,

    success_rate float check (success_rate >= 0 and success_rate <= 1),
    failure_rate float check (failure_rate >= 0 and failure_rate <= 1),

    avg_tokens_per_execution float,
    avg_cost_per_execution decimal(8, 4),

    sample_size integer not null check (sample_size > 0),
    last_execution timestamptz,
    benchmark_window_days integer not null default 30,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    unique (agent_name, agent_type, benchmark_window_days)
);

create table workflow_optimization_recommendations (
    id uuid primary key default uuid_generate_v4(),
    workflow_execution_id uuid references workflow_state_live (workflow_execution_id) on delete cascade,

    recommendation_type varchar(50) not null check (recommendation_type in
        ('execution_order', 'parallel_optimization', 'agent_replacement', 'timeout_adjustment', 'cost_reduction',
         'quality_improvement')),
    priority varchar(20) not null default 'medium' check (priority in ('low', 'medium', 'high', 'critical')),

    title varchar(255) not null,
    description text not null,
    expected_improvement text,
    implementation_effort varchar(20) check (implementation_effort in ('low', 'medium', 'high')),

    expected_time_savings_minutes integer,
    expected_cost_savings_percent float,
    expected_quality_improvement_percent float,

    affected_agents text[],
    required_changes jsonb,

    status varchar(20) not null default 'open' check (status in ('open', 'accepted', 'rejected', 'implemented')),
    implementation_notes text,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table workflow_comparison_analysis (
    id uuid primary key default uuid_generate_v4(),

    baseline_workflow_id uuid not null,
    comparison_workflow_id uuid not null,

    duration_improvement_percent float,
    cost_improvement_percent float,
    quality_improvement_percent float,
    success_rate_improvement_percent float,

    agent_level_comparison jsonb,
    recommendation_summary text,

    analysis_type varchar(50) not null default 'automatic' check (analysis_type in ('automatic', 'manual', 'a_b_test')),
    confidence_score float check (confidence_score >= 0 and confidence_score <= 1),

    created_at timestamptz not null default now(),

    unique (baseline_workflow_id, comparison_workflow_id)
);

create index idx_workflow_performance_campaign on workflow_performance_summary (campaign_id, created_at desc);
create index idx_workflow_performance_strategy
    on workflow_performance_summary (execution_strategy, overall_workflow_score desc);
create index idx_workflow_performance_duration
    on workflow_performance_summary (actual_duration_minutes, created_at desc);
create index idx_workflow_performance_cost
    on workflow_performance_summary (estimated_cost_usd desc, created_at desc);

create index idx_agent_benchmarks_success_rate
    on agent_performance_benchmarks (success_rate desc, avg_execution_time_seconds);
create index idx_agent_benchmarks_updated on agent_performance_benchmarks (updated_at);

create index idx_optimization_recommendations_workflow
    on workflow_optimization_recommendations (workflow_execution_id, priority, status);
create index idx_optimization_recommendations_type
    on workflow_optimization_recommendations (recommendation_type, priority);
create index idx_optimization_recommendations_status
    on workflow_optimization_recommendations (status, created_at desc);

create index idx_workflow_comparison_improvement
    on workflow_comparison_analysis (duration_improvement_percent desc, quality_improvement_percent desc);

create trigger update_workflow_performance_summary_updated_at
    before update on workflow_performance_summary
    for each row execute function update_updated_at_column();

create trigger update_agent_performance_benchmarks_updated_at
    before update on agent_performance_benchmarks
    for each row execute function update_updated_at_column();

create trigger update_workflow_optimization_recommendations_updated_at
    before update on workflow_optimization_recommendations
    for each row execute function update_updated_at_column();

grant select, insert, update, delete on workflow_performance_summary to credilinq_app;
grant select, insert, update, delete on agent_performance_benchmarks to credilinq_app;
grant select, insert, update, delete on workflow_optimization_recommendations to credilinq_app;
grant select, insert, update, delete on workflow_comparison_analysis to credilinq_app;

comment on table workflow_performance_summary is 'What each finished workflow execution took and cost';
comment on table agent_performance_benchmarks is 'Rolling figures of each agent, by length of the window in days';
comment on table workflow_optimization_recommendations is 'What would improve a workflow, and what became of the advice';
comment on table workflow_comparison_analysis is 'Two workflow executions side by side';

reset lock_timeout;
