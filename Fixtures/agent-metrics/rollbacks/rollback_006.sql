drop index "Agent_lastExecutedAt_idx";
