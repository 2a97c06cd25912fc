-- What the transactions say of each user and agent.
insert into "UserAgentInteraction" (
  "userId", "agentId", "totalExecutions", "successfulExecutions", "firstExecutedAt", "lastExecutedAt"
)
select
  "userId", "agentId", count(*), count(*) filter (where "status" = 'succeeded'), min("createdAt"), max("createdAt")
from "Transaction"
group by "userId", "agentId"
on conflict ("userId", "agentId") do update set
  "totalExecutions" = excluded."totalExecutions",
  "successfulExecutions" = excluded."successfulExecutions",
  "firstExecutedAt" = excluded."firstExecutedAt",
  "lastExecutedAt" = excluded."lastExecutedAt",
  "updatedAt" = now();
