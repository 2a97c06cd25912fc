drop function jsonb_merge_recursive(jsonb, jsonb);
drop function validate_jsonb_keys(jsonb, text[]);
drop function current_tenant_id();
drop function update_updated_at_column();
drop type member_role;
drop type workspace_visibility;
drop type delegation_type;
drop type workflow_status;
drop type workflow_type;
drop type task_priority;
drop type task_status;
-- The extension stays: others may use it by now.
