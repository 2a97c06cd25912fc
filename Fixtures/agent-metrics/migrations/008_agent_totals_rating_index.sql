-- no-transaction
create index concurrently "Agent_avgRating_idx" on "Agent" ("avgRating");
