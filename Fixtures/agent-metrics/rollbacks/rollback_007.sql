drop index "Agent_totalExecutions_idx";
