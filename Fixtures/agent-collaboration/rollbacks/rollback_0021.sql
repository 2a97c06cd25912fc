drop trigger audit_documents on shared_documents;
drop trigger audit_workspaces on workspaces;
drop trigger audit_workflows on workflows;
drop trigger audit_tasks on tasks;
drop function audit_trigger_function();
