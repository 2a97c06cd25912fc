-- Totals beside each agent. Constant defaults write no row anew.
set lock_timeout = '5s';

alter table "Agent"
  add column "lastExecutedAt" timestamp(3),
  add column "totalExecutions" integer not null default 0,
  add column "avgRating" double precision,
  add column "totalUsers" integer not null default 0;

reset lock_timeout;
