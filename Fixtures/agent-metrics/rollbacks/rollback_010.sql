delete from "UserAgentInteraction" where "lastExecutedAt" is not null;
