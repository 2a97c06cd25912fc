-- What each user has done with each agent.
set lock_timeout = '5s';

create table "UserAgentInteraction" (
  "id" text not null primary key default gen_random_uuid()::text,
  "userId" text not null references "User" ("id") on delete cascade on update cascade,
  "agentId" text not null references "Agent" ("id") on delete cascade on update cascade,
  "totalExecutions" integer not null default 0,
  "successfulExecutions" integer not null default 0,
  "lastExecutedAt" timestamp(3),
  "firstExecutedAt" timestamp(3),
  "isFavorite" boolean not null default false,
  "rating" integer check ("rating" between 1 and 5),
  "feedback" text,
  "avgExecutionsPerDay" double precision,
  "preferredTimeOfDay" integer check ("preferredTimeOfDay" between 0 and 23),
  "preferredDayOfWeek" integer check ("preferredDayOfWeek" between 0 and 6),
  "createdAt" timestamp(3) not null default current_timestamp,
  "updatedAt" timestamp(3) not null default current_timestamp,
  constraint "UserAgentInteraction_userId_agentId_key" unique ("userId", "agentId")
);

create index "UserAgentInteraction_userId_lastExecutedAt_idx" on "UserAgentInteraction" ("userId", "lastExecutedAt");
create index "UserAgentInteraction_agentId_totalExecutions_idx" on "UserAgentInteraction" ("agentId", "totalExecutions");

reset lock_timeout;
