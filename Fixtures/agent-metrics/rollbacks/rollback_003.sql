drop table "AgentLog";
