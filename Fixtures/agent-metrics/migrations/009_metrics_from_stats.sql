-- The totals that the program kept in "stats" become a first row of metrics for each agent, and its computed columns.
insert into "AgentMetrics" (
  "agentId", "date", "totalExecutions", "successfulExecutions", "failedExecutions", "avgDuration", "uniqueUsers"
)
select
  "id", current_date,
  coalesce(("stats" ->> 'totalExecutions')::integer, 0),
  coalesce(("stats" ->> 'successfulExecutions')::integer, 0),
  coalesce(("stats" ->> 'failedExecutions')::integer, 0),
  nullif(("stats" ->> 'averageExecutionTime')::double precision, 0),
  coalesce(("stats" ->> 'uniqueUsers')::integer, 0)
from "Agent"
where "stats" is not null
on conflict ("agentId", "date", "hour") do nothing;

update "Agent" set
  "totalExecutions" = coalesce(("stats" ->> 'totalExecutions')::integer, 0),
  "totalUsers" = coalesce(("stats" ->> 'uniqueUsers')::integer, 0)
where "stats" is not null;
