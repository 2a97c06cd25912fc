-- no-transaction
create index concurrently "Agent_lastExecutedAt_idx" on "Agent" ("lastExecutedAt");
