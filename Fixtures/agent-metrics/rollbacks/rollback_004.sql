drop table "UserAgentInteraction";
