-- The extension stays: it was there before, and other schemas use it.
drop table workflow_state_live;
drop table agent_dependencies;
drop table execution_plans;
drop function update_updated_at_column();
