alter table "Agent"
  drop column "lastExecutedAt",
  drop column "totalExecutions",
  drop column "avgRating",
  drop column "totalUsers";
