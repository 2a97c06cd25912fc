-- Statistics over columns that depend on each other, and what the tables are for.
create statistics tasks_status_priority on status, priority from tasks;
create statistics workflows_tenant_type on tenant_id, type from workflows;

comment on table tasks is 'Tasks, and who is to do them';
comment on table workflows is 'What several agents do in which order';
comment on table workspaces is 'Where agents work together';
comment on table shared_documents is 'Documents that agents write together';
