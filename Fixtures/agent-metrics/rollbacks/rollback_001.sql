drop table "AgentExecution";
