drop table workspace_members;
