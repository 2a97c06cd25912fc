-- Rows for trying it out, in databases for development and tests only.
do $$
declare
    test_tenant_id uuid := '00000000-0000-0000-0000-000000000001'::uuid;
    test_workspace_id uuid;
begin
    if current_database() like '%\_dev' or current_database() like '%\_test' then
        perform set_config('app.current_tenant', test_tenant_id::text, true);

        insert into workflows (tenant_id, name, type, created_by, agents, steps)
        values (
            test_tenant_id, 'Test Code Review Workflow', 'collaborative', 'test-coordinator',
            '{"analyzer": "code-analyzer-agent", "reviewer": "code-reviewer-agent"}'::jsonb,
            '[
                {"id": "analyze", "agent": "analyzer", "action": "analyze_code"},
                {"id": "review", "agent": "reviewer", "action": "review_findings", "depends_on": ["analyze"]}
            ]'::jsonb
        );

        insert into workspaces (tenant_id, name, type, owner_id)
        values (test_tenant_id, 'Test Collaboration Space', 'general', 'test-agent-1')
        returning id into test_workspace_id;

        insert into workspace_members (workspace_id, agent_id, tenant_id, role)
        values
            (test_workspace_id, 'test-agent-1', test_tenant_id, 'owner'),
            (test_workspace_id, 'test-agent-2', test_tenant_id, 'member');

        insert into tasks (tenant_id, type, title, created_by, assigned_to, priority, status)
        values
            (test_tenant_id, 'code_review', 'Review authentication module', 'test-agent-1', 'test-agent-2', 'high', 'assigned'),
            (test_tenant_id, 'testing', 'Write unit tests for API', 'test-agent-1', null, 'normal', 'pending');
    end if;
end $$;
