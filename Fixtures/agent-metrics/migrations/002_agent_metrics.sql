-- Totals for each agent by day, and by hour where that is known: -1 stands for the whole day.
set lock_timeout = '5s';

create table "AgentMetrics" (
  "id" text not null primary key default gen_random_uuid()::text,
  "agentId" text not null references "Agent" ("id") on delete cascade on update cascade,
  "date" date not null,
  "hour" integer not null default -1 check ("hour" between -1 and 23),
  "totalExecutions" integer not null default 0,
  "successfulExecutions" integer not null default 0,
  "failedExecutions" integer not null default 0,
  "timeoutExecutions" integer not null default 0,
  "errorExecutions" integer not null default 0,
  "avgDuration" double precision,
  "minDuration" integer,
  "maxDuration" integer,
  "p95Duration" integer,
  "p99Duration" integer,
  "uniqueUsers" integer not null default 0,
  "totalCreditsConsumed" bigint not null default 0,
  "avgCreditsPerExecution" numeric,
  "errorCounts" jsonb,
  "createdAt" timestamp(3) not null default current_timestamp,
  "updatedAt" timestamp(3) not null default current_timestamp,
  constraint "AgentMetrics_agentId_date_hour_key" unique ("agentId", "date", "hour")
);

create index "AgentMetrics_date_idx" on "AgentMetrics" ("date");

reset lock_timeout;
