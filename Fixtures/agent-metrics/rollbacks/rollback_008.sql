drop index "Agent_avgRating_idx";
