-- What the observability schema presupposes: the application's role, the extension that its administrators installed, and
-- the two tables of the existing system that it refers to.
CREATE ROLE credilinq_app;

CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

CREATE TABLE campaigns (
    id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- One row for each agent that a workflow ran. Durations are milliseconds.
CREATE TABLE langgraph_agent_executions (
    id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
    workflow_id UUID NOT NULL,
    agent_name VARCHAR(100) NOT NULL,
    agent_type VARCHAR(100) NOT NULL,
    step_name TEXT,
    start_time TIMESTAMPTZ NOT NULL,
    end_time TIMESTAMPTZ,
    duration INTEGER,
    status VARCHAR(20) NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    total_tokens INTEGER,
    cost NUMERIC(10, 6),
    retry_count INTEGER NOT NULL DEFAULT 0,
    metadata JSONB NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_langgraph_agent_executions_workflow ON langgraph_agent_executions (workflow_id);
