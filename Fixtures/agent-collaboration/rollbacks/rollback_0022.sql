-- The rows of the test tenant, where there are any.
delete from tasks where tenant_id = '00000000-0000-0000-0000-000000000001';
delete from workspaces where tenant_id = '00000000-0000-0000-0000-000000000001';
delete from workflows where tenant_id = '00000000-0000-0000-0000-000000000001';
