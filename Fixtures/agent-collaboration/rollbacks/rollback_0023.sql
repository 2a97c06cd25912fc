comment on table shared_documents is null;
comment on table workspaces is null;
comment on table workflows is null;
comment on table tasks is null;
drop statistics workflows_tenant_type;
drop statistics tasks_status_priority;
