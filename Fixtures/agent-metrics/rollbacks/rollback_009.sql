delete from "AgentMetrics" where "hour" = -1;
update "Agent" set "totalExecutions" = 0, "totalUsers" = 0 where "stats" is not null;
