drop table "AgentMetrics";
