-- no-transaction
create index concurrently "Agent_totalExecutions_idx" on "Agent" ("totalExecutions");
