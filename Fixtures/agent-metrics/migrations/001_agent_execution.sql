-- One row for each run of an agent. It goes with the agent and with the user.
set lock_timeout = '5s';

create table "AgentExecution" (
  "id" text not null primary key,
  "agentId" text not null references "Agent" ("id") on delete cascade on update cascade,
  "userId" text not null references "User" ("id") on delete cascade on update cascade,
  "executionId" text not null unique,
  "status" text not null check ("status" in ('success', 'failed', 'timeout', 'error')),
  "duration" integer not null,
  "creditsConsumed" integer not null,
  "httpStatus" integer,
  "errorCode" text,
  "errorMessage" text,
  "inputSize" integer,
  "outputSize" integer,
  "inputType" text,
  "outputType" text,
  "responseTime" integer,
  "processingTime" integer,
  "queueTime" integer,
  "sessionId" text,
  "userAgent" text,
  "ipAddress" text,
  "startedAt" timestamp(3) not null default current_timestamp,
  "completedAt" timestamp(3),
  "createdAt" timestamp(3) not null default current_timestamp
);

create index "AgentExecution_agentId_createdAt_idx" on "AgentExecution" ("agentId", "createdAt");
create index "AgentExecution_userId_createdAt_idx" on "AgentExecution" ("userId", "createdAt");
create index "AgentExecution_status_createdAt_idx" on "AgentExecution" ("status", "createdAt");

reset lock_timeout;
