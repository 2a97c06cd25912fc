-- What happened during an execution.
set lock_timeout = '5s';

create table "AgentLog" (
  "id" text not null primary key,
  "executionId" text not null references "AgentExecution" ("executionId") on delete cascade on update cascade,
  "agentId" text not null references "Agent" ("id") on delete cascade on update cascade,
  "userId" text not null references "User" ("id") on delete cascade on update cascade,
  "category" text not null check ("category" in ('execution', 'performance', 'security', 'billing', 'system')),
  "level" text not null check ("level" in ('debug', 'info', 'warn', 'error')),
  "message" text not null,
  "context" jsonb,
  "metadata" jsonb,
  "timestamp" timestamp(3) not null default current_timestamp
);

create index "AgentLog_executionId_idx" on "AgentLog" ("executionId");
create index "AgentLog_agentId_timestamp_idx" on "AgentLog" ("agentId", "timestamp");
create index "AgentLog_userId_timestamp_idx" on "AgentLog" ("userId", "timestamp");
create index "AgentLog_category_level_timestamp_idx" on "AgentLog" ("category", "level", "timestamp");

reset lock_timeout;
